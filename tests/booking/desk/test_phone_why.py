"""Booking by telephone: why the day or time that the customer would like is not among the places."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.auth.roles import Role
from tests.factories.busy import fill_calendar
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

NOW = datetime(2026, 12, 7, 6, 0, tzinfo=UTC)
"""Monday, seven o'clock in Lyon: an hour before the workshop opens."""
TAKEN = "Every bay and every technician able to do the work is taken then."


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(NOW)
    with app.app_context():
        made = make_garage(garage={"locale": "en"})
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def ask(desk: CarefulClient, **wish: str) -> str:
    """The part of the page with the places for an oil change."""
    token = csrf_token(desk.get("/desk/lyon/book").text)
    form = {"csrf_token": token, "service": "oil", "mode": "wait"} | wish
    return desk.post("/desk/lyon/book/places", data=form).text


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"on": "2026-12-13"}, "The workshop is closed then."),
        ({"on": "2026-12-08", "at": "10:10"}, "This is not one of the workshop’s arrival times."),
        ({"on": "2026-12-08", "at": "17:30"}, "Working hours leave no room to finish the work in time."),
        ({"on": "2026-12-08", "at": "12:30"}, "The workshop is closed then."),
    ],
)
def test_a_wish_that_the_hours_do_not_allow_is_told(
    desk: CarefulClient, wish: dict[str, str], said: str
) -> None:
    part = ask(desk, **wish)
    assert said in part
    assert part.count('name="arrives_at"') == 3


def test_a_full_day_and_a_taken_time_are_told(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        fill_calendar(garage, 48, first_at=NOW + timedelta(hours=17))
    assert TAKEN in ask(desk, on="2026-12-08", at="10:00")
    assert "Working hours leave no room" in ask(desk, on="2026-12-08")
    assert TAKEN not in ask(desk, on="2026-12-09")


@pytest.mark.parametrize("wish", [{}, {"on": "2026-12-08"}, {"on": "2026-12-08", "at": "10:00"}])
def test_what_is_free_needs_no_word(desk: CarefulClient, wish: dict[str, str]) -> None:
    part = ask(desk, **wish)
    assert part.count('name="arrives_at"') == 3
    assert "muted" not in part
