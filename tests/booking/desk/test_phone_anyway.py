"""Booking by phone at a wished time that soft rules forbid: all are named, and passed by one press."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.auth.roles import Role
from booking.appointments.models import Appointment
from booking.appointments.queries import AppointmentView
from tests.factories.appointments import book
from tests.factories.closings import away, store
from tests.factories.customers import rows_of
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.steps import view_of
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

NOW = datetime(2026, 12, 7, 6, 0, tzinfo=UTC)
"""Monday, seven o'clock in Lyon: an hour before the workshop opens."""
TUESDAY = datetime(2026, 12, 8, 7, 0, tzinfo=UTC)
SATURDAY = {"on": "2026-12-12", "at": "10:05"}
FORM = {
    "do": "anyway",
    "key": "a-key-of-sixteen-characters",
    "plate": "ab 123 cd",
    "phone": "06 39 98 00 11",
    "service": "oil",
    "mode": "wait",
    "name": "Inès Roche",
    "locale": "fr",
}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """One car may arrive at a time; notice binds customers, not the desk."""
    clock.move_to(NOW)
    with app.app_context():
        rules = {"arrivals_per_slot": 1, "notice_minutes": 1440}
        made = make_garage(garage={"locale": "en"}, rules=rules, bays=2, technicians=2, courtesy_cars=2)
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def send(desk: CarefulClient, part: str = "", **changes: Any) -> TestResponse:
    token = csrf_token(desk.get("/desk/lyon/book").text)
    data = {name: value for name, value in (FORM | changes).items() if value}
    return desk.post(f"/desk/lyon/book{part}", data=data | {"csrf_token": token})


def places(desk: CarefulClient, **changes: Any) -> str:
    """The part of the page with the places, in plain characters."""
    return unescape(send(desk, "/places", **changes).text)


def passed_in(page: str) -> list[str]:
    """The rules that the page's *Place anyway* would pass; none without the button."""
    found = re.search(r'name="passed" value="([^"]*)"', page)
    return found[1].split() if found else []


def stored(app: Flask, garage: MadeGarage) -> list[AppointmentView]:
    with app.app_context():
        return [view_of(garage, row.id) for row in rows_of(garage, Appointment)]


def test_all_rules_that_the_wished_time_breaks_are_named(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        book(garage, TUESDAY + timedelta(hours=2))
    page = places(desk, on="2026-12-08", at="09:50")
    assert passed_in(page) == ["no_slot_time", "reception"]
    assert "Tue 8 Dec at 9:50 breaks these rules:" in page
    assert "This is not one of the workshop’s arrival times." in page
    assert "The reception desk has no room for another car at that time." in page
    assert page.count('name="arrives_at"') == 3, "the free places stand beside it"


def test_placed_anyway_the_visit_takes_its_place_and_the_history_keeps_the_rules(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    passed = passed_in(places(desk, **SATURDAY))
    assert passed == ["closed"]
    answer = send(desk, **SATURDAY, passed=" ".join(passed))
    assert answer.status_code == 303, answer.text
    (view,) = stored(app, garage)
    assert view.appointment.arrives_at == datetime(2026, 12, 12, 9, 5, tzinfo=UTC)
    assert {place.kind for place in view.places} == {"bay", "technician"}
    page = unescape(desk.get(answer.headers["Location"]).text)
    assert "Booked at the desk, by Camille Perrot. Placed anyway: The workshop is closed then." in page
    assert "No visit is to be re-planned" in desk.get("/desk/conflicts").text


def test_rules_that_the_desk_has_not_read_are_passed_by_nobody(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    """Between reading and pressing, the technicians have gone on leave."""
    wish = {"on": "2026-12-08", "at": "08:05"}
    passed = passed_in(places(desk, **wish))
    with app.app_context():
        for name in ("Tech 1", "Tech 2"):
            store(garage, away(garage, name, TUESDAY, TUESDAY + timedelta(days=1)))
    refused = send(desk, **wish, passed=" ".join(passed))
    assert refused.status_code == 409
    assert "That time passes other rules by now." in refused.text
    assert passed_in(refused.text) == ["no_slot_time", "leave"]
    assert 'value="Inès Roche"' in refused.text
    assert stored(app, garage) == []


def test_another_car_is_passed_by_nobody(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, TUESDAY + timedelta(hours=2))
        book(garage, TUESDAY + timedelta(hours=2.5))
    wish = {"on": "2026-12-08", "at": "10:10"}
    page = places(desk, **wish)
    assert passed_in(page) == []
    assert "Place anyway" not in page
    assert send(desk, **wish, passed="no_slot_time reception").status_code == 409
    assert len(stored(app, garage)) == 2


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"on": "2026-12-12"}, 422),
        (SATURDAY | {"at": "10:03"}, 422),
        ({"on": "2026-12-07", "at": "06:00"}, 409),
    ],
)
def test_what_is_no_time_or_past_is_not_placed(
    desk: CarefulClient, app: Flask, garage: MadeGarage, wish: dict[str, str], status: int
) -> None:
    assert send(desk, **wish, passed="closed no_slot_time notice").status_code == status
    assert stored(app, garage) == []


def test_the_courtesy_car_that_is_proposed_is_named(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        book(garage, TUESDAY, source="desk", mode="drop_off", courtesy_car=True)
    page = places(desk, mode="courtesy_car", on="2026-12-07")
    assert "ready: 8:45 · Car 1" in page
    page = places(desk, mode="courtesy_car", on="2026-12-08")
    assert page.count(" · Car 2") == 3
    assert "Car 1" not in page
    assert " · Car" not in places(desk, mode="drop_off", on="2026-12-08")
