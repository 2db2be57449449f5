"""A booking from the first page to the confirmation, without scripts."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask

from tests.factories.garages import make_garage
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import Steps, text_of

MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)


def test_four_forms_make_an_appointment(client: CarefulClient, app: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY)
    with app.app_context():
        garage = make_garage()
    answer = Steps(client, garage).book()
    assert answer.status_code == 303
    confirmation = client.get(answer.headers["Location"])
    assert "You're booked in, Camille." in text_of(confirmation)
