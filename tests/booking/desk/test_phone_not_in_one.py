"""Booking by telephone what no bay and technician can do together: said instead of places."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.auth.roles import Role
from tests.factories.garages import make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import text_of

NOW = datetime(2026, 12, 7, 6, 0, tzinfo=UTC)
SERVICES: list[dict[str, Any]] = [
    {"name": {"en": "Oil change"}},
    {"code": "test", "name": {"en": "Brake test"}, "equipment": ["lane"]},
]
SAID = "These services cannot be done in one visit here. Please book separately: Brake test."
FORM = {
    "key": "a-key-of-sixteen-characters",
    "service": ["oil", "test"],
    "mode": "wait",
    "plate": "AB 123 CD",
    "name": "Inès Roche",
    "phone": "06 39 98 00 11",
    "locale": "fr",
    "arrives_at": "2026-12-07T08:00:00+01:00",
}


@pytest.fixture
def desk(client: CarefulClient, app: Flask, clock: MovableClock) -> CarefulClient:
    clock.move_to(NOW)
    with app.app_context():
        made = make_garage(garage={"locale": "en"}, services=SERVICES)
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
    return signed_in(client, "desk@martin.example")


@pytest.mark.parametrize(("part", "status"), [("/places", 200), ("", 422)])
def test_the_form_names_what_to_book_separately(desk: CarefulClient, part: str, status: int) -> None:
    token = csrf_token(desk.get("/desk/lyon/book").text)
    answer = desk.post(f"/desk/lyon/book{part}", data=FORM | {"csrf_token": token, "do": "book"})
    assert answer.status_code == status
    assert SAID in text_of(answer)
