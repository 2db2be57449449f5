"""``/r/<token>``: a message's link leads to its appointment, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.db.unit_of_work import reading
from app.security.links import show_link
from app.tenancy.scope import scoped_to
from booking.appointments.operations.book import MANAGE
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import short_token
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    with app.app_context():
        return make_garage()


def book_one(app: Flask, garage: MadeGarage) -> tuple[str, str]:
    """Book with one message planned; the token of its short link, and of the manage link."""
    with app.app_context():
        appointment_id = book(garage, WEDNESDAY_NINE, customer=replace(CAMILLE, email=None))
        short = short_token(garage)
        with scoped_to(garage.id), reading() as session:
            manage = show_link(session, garage_id=garage.id, purpose=MANAGE, subject_id=appointment_id)
    return short, manage


def test_the_short_link_leads_to_the_appointment(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    short, manage = book_one(app, garage)
    answer = client.get(f"/r/{short}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/a/{manage}")


def test_the_short_link_keeps_a_language_that_was_chosen(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    short, _ = book_one(app, garage)
    assert client.get(f"/r/{short}?lang=en").headers["Location"].endswith("?lang=en")


def test_a_language_that_we_do_not_speak_is_not_carried_on(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    short, manage = book_one(app, garage)
    assert client.get(f"/r/{short}?lang=//evil.example").headers["Location"] == f"/a/{manage}"


@pytest.mark.parametrize("token", ["A" * 22, "short", "A" * 23])
def test_a_short_link_that_was_never_made_leads_nowhere(
    client: CarefulClient, garage: MadeGarage, token: str
) -> None:
    assert client.get(f"/r/{token}").status_code == 404


def test_a_manage_token_is_no_short_link(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    _, manage = book_one(app, garage)
    assert client.get(f"/r/{manage}").status_code == 404
