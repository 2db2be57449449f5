"""The month at the desk: whole weeks, how full each day is, and what it costs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.customers.operations import VehicleDetails
from calendars.board.month import BoardMonth, get_board_month, month_of, next_month, previous_month
from tests.factories.appointments import book, plan_later
from tests.factories.closings import closing, store
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import make_member, signed_in
from tests.factories.steps import cancel
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

TUESDAY = datetime(2026, 12, 8, 7, 0, tzinfo=UTC)
"""Eight in the morning in Paris."""
MONTH = "/desk/lyon/month?on=2026-12-09"
OTHER = VehicleDetails(plate="AB123CD", country="FR")


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(bays=2, technicians=2, garage={"locale": "en"})
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def december(app: Flask, garage: MadeGarage) -> BoardMonth:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return get_board_month(session, garage.workshop, on=date(2026, 12, 9))


def test_a_sheet_has_whole_weeks_and_says_which_days_are_its_own(app: Flask, garage: MadeGarage) -> None:
    sheet = december(app, garage)
    days = [day.load.on for week in sheet.weeks for day in week]
    assert (days[0], days[-1]) == (date(2026, 11, 30), date(2027, 1, 3))
    assert {len(week) for week in sheet.weeks} == {7}
    assert [day.load.on.day for day in sheet.days] == list(range(1, 32))


def test_whoever_comes_is_counted_and_their_work_fills_the_day(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, TUESDAY)
        cancelled = book(garage, TUESDAY, vehicle=OTHER)
        cancel(garage, cancelled)
        plan_later(garage, TUESDAY, is_wish=False, vehicle=OTHER)
        plan_later(garage, TUESDAY, is_wish=True, vehicle=OTHER)
    day = next(day for day in december(app, garage).days if day.load.on == TUESDAY.date())
    assert day.visits == 2
    assert (day.load.booked_minutes, day.load.open_minutes) == (45, 2 * 510)


def test_a_closed_day_is_empty(app: Flask, garage: MadeGarage, desk: CarefulClient) -> None:
    with app.app_context():
        store(garage, closing(TUESDAY.date()))
    day = next(day for day in december(app, garage).days if day.load.on == TUESDAY.date())
    assert not day.load.is_open
    assert "closed" in desk.get(MONTH).text


@pytest.mark.parametrize(
    ("on", "before", "after"),
    [
        (date(2026, 12, 31), date(2026, 11, 1), date(2027, 1, 1)),
        (date(2027, 1, 31), date(2026, 12, 1), date(2027, 2, 1)),
        (date(2028, 2, 29), date(2028, 1, 1), date(2028, 3, 1)),
    ],
)
def test_months_follow_each_other(on: date, before: date, after: date) -> None:
    assert (previous_month(on), next_month(on)) == (before, after)
    assert month_of(on) == (on.replace(day=1), after - timedelta(days=1))


def test_the_number_of_statements_does_not_grow_with_the_month(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    with app.app_context():
        book(garage, TUESDAY)
    with count_statements(database.engine) as few:
        desk.get(MONTH)
    with app.app_context():
        for number in range(1, 4):
            book(garage, TUESDAY + timedelta(days=number), vehicle=OTHER)
    with count_statements(database.engine) as many:
        desk.get(MONTH)
    assert many.count == few.count, many
    assert many.count <= 21, many


def test_days_and_weeks_are_one_press_away(desk: CarefulClient, garage: MadeGarage) -> None:
    page = desk.get(MONTH).text
    assert "/desk/lyon/day?on=2026-12-08" in page
    assert "/desk/lyon/week?on=2026-12-07" in page
    assert "/desk/lyon/month?on=2027-01-01" in page
    assert "/desk/lyon/month" in desk.get("/desk/lyon/week?on=2026-12-09").text


def test_another_garages_month_is_not_there(app: Flask, desk: CarefulClient) -> None:
    with app.app_context():
        make_garage(slug="other", workshop_slug="nantes")
    assert desk.get("/desk/nantes/month").status_code == 404
