"""A day's load looked at closely: by skill and bay, and what still fits, or the rule that binds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.rooms import list_rooms
from booking.resources.models import Resource
from calendars.board.load import BoardLoad, get_board_load
from tests.factories.appointments import book
from tests.factories.closings import away, store
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SERVICES: list[dict[str, Any]] = [
    {"code": "oil", "skills": ["mechanics"]},
    {"code": "gearbox", "minutes": 600, "modes": ["wait"], "online": False, "skills": ["gearboxes"]},
]


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """Both technicians are mechanics, one knows gearboxes."""
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(bays=2, technicians=2, services=SERVICES, garage={"locale": "en"})
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
        with scoped_to(made.id), unit_of_work() as session:
            for row in session.query(Resource).filter_by(garage_id=made.id, kind="technician"):
                row.tags = ["mechanics", "gearboxes"] if row.name == "Tech 1" else ["mechanics"]
    return made


def load_of(app: Flask, garage: MadeGarage) -> BoardLoad:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return get_board_load(
            session, garage.workshop, on=MONDAY.date(), today=datetime(2026, 12, 1, tzinfo=UTC).date()
        )


def test_each_skill_counts_the_time_of_all_who_have_it(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, MONDAY)
    load = load_of(app, garage)
    assert [(row.name, row.note, row.booked_minutes, row.open_minutes) for row in load.skills] == [
        ("Gearboxes", "Tech 1", 0, 510),
        ("Mechanics", "Tech 1, Tech 2", 45, 1020),
    ]
    assert [(row.name, row.booked_minutes, row.open_minutes) for row in load.bays] == [
        ("Bay 1", 45, 510),
        ("Bay 2", 0, 510),
    ]


def test_what_fits_is_counted_and_what_does_not_says_why(app: Flask, garage: MadeGarage) -> None:
    oil, gearbox = load_of(app, garage).rooms
    assert (oil.by_phone.arrivals, oil.by_phone.first_at, oil.by_phone.reason) == (15, MONDAY, None)
    assert oil.online == oil.by_phone
    assert (gearbox.online, gearbox.by_phone.arrivals, gearbox.by_phone.reason) == (None, 0, "not_in_time")


def test_a_full_day_names_the_rule_that_binds(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        store(garage, away(garage, "Tech 1", MONDAY, MONDAY + 12 * HOUR))
        for hours in (0, 1, 2, 3, 6, 7, 8, 9):
            book(garage, MONDAY + hours * HOUR)
    oil, gearbox = load_of(app, garage).rooms
    assert oil.online is not None
    # The rule that came nearest to a place: at a quarter past five nobody would be done by six.
    assert (oil.online.arrivals, oil.online.reason) == (0, "not_in_time")
    assert gearbox.by_phone.reason == "not_in_time"


def test_the_page_says_it(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    desk = signed_in(client, "desk@martin.example")
    page = desk.get("/desk/lyon/load?on=2026-12-07").text
    assert "Working hours leave no room to finish the work in time." in page
    assert "not booked online" in page
    assert "/desk/lyon/load?on=2026-12-07" in desk.get("/desk/lyon/day?on=2026-12-07").text
    assert "What still fits" not in desk.get("/desk/lyon/load?on=2026-11-30").text


def test_it_costs_the_same_number_of_statements(app: Flask, garage: MadeGarage, database: Database) -> None:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        list_rooms(session, garage.workshop, on=MONDAY.date())
        with count_statements(database.engine) as few:
            list_rooms(session, garage.workshop, on=MONDAY.date())
    with app.app_context():
        for hours in (0, 1, 2):
            book(garage, MONDAY + hours * HOUR)
    with app.app_context(), scoped_to(garage.id), reading() as session:
        list_rooms(session, garage.workshop, on=MONDAY.date())
        with count_statements(database.engine) as many:
            list_rooms(session, garage.workshop, on=MONDAY.date())
    assert many.count == few.count <= 5, many
