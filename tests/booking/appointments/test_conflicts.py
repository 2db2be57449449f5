"""Leave, blocks and closings over visits that stand: listed with their reason, none dropped, none beside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.conflict_counts import count_conflicts
from booking.appointments.conflicts import list_conflicts
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.queries import get_appointment_view
from booking.appointments.requests import Actor
from booking.errors import ClosedAnywayError, MoreTouchedError
from booking.resources.models import Occupancy, Resource
from tests.factories.appointments import book
from tests.factories.busy import fill_calendar
from tests.factories.closings import away, closing, conflicts, resource_id, store, touched_by
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.moves import move_desk
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Eight in the morning in Paris."""
MONDAY_ON, TUESDAY_ON = date(2026, 12, 7), date(2026, 12, 8)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ANY_HOUR = ("closed", "no_slot_time")


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    return make_garage(bays=2, technicians=2, courtesy_cars=1)


def test_nothing_is_in_conflict_with_the_hours_it_was_booked_in(garage: MadeGarage) -> None:
    book(garage, MONDAY)
    book(garage, MONDAY + 3 * HOUR, mode="drop_off")
    assert conflicts(garage) == {}


def test_leave_lists_the_visits_of_that_technician_alone(garage: MadeGarage) -> None:
    first, second = book(garage, MONDAY), book(garage, MONDAY)
    leave = away(garage, "Tech 1", MONDAY, MONDAY + 10 * HOUR)
    assert store(garage, leave) == [first]
    assert conflicts(garage) == {first: [("leave", "Tech 1")]}
    with scoped_to(garage.id), reading() as session:
        for visit in (first, second):
            assert len(get_appointment_view(session, garage.id, visit).places) == 2


def test_a_block_lists_what_stands_on_the_bay_and_who_has_the_courtesy_car(garage: MadeGarage) -> None:
    visit = book(garage, MONDAY, mode="drop_off", courtesy_car=True)
    store(garage, away(garage, "Bay 1", MONDAY, MONDAY + HOUR))
    store(garage, away(garage, "Car 1", MONDAY + 8 * HOUR, MONDAY + 9 * HOUR))
    assert conflicts(garage) == {visit: [("block", "Bay 1"), ("block", "Car 1")]}


def test_leave_that_ends_as_the_work_begins_touches_nothing(garage: MadeGarage) -> None:
    book(garage, MONDAY + HOUR)
    assert store(garage, away(garage, "Tech 1", MONDAY, MONDAY + HOUR)) == []
    assert store(garage, away(garage, "Tech 1", MONDAY + HOUR + timedelta(minutes=45), MONDAY + DAY)) == []
    assert conflicts(garage) == {}


def test_imported_busy_time_is_listed_too(garage: MadeGarage) -> None:
    visit = book(garage, MONDAY)
    technician_id = resource_id(garage, "Tech 1")
    with scoped_to(garage.id), unit_of_work() as session:
        session.add(
            Occupancy(
                garage_id=garage.id,
                workshop_id=garage.workshop.id,
                resource_id=technician_id,
                kind="imported",
                starts_at=MONDAY,
                ends_at=MONDAY + HOUR,
            )
        )
    assert conflicts(garage) == {visit: [("imported", "Tech 1")]}


def test_closing_dates_lists_whoever_comes_or_is_worked_on_then(garage: MadeGarage) -> None:
    monday, tuesday = book(garage, MONDAY), book(garage, MONDAY + DAY)
    assert store(garage, closing(TUESDAY_ON, TUESDAY_ON + DAY)) == [tuesday]
    assert conflicts(garage) == {tuesday: [("arrival", ""), ("closed", "")]}
    assert monday not in conflicts(garage)


def test_closing_hours_spares_a_visit_whose_work_still_fits(garage: MadeGarage) -> None:
    early, late = book(garage, MONDAY), book(garage, MONDAY + 3 * HOUR)
    assert store(garage, closing(MONDAY_ON, span=(8 * 60 + 45, 11 * 60))) == []
    assert store(garage, closing(MONDAY_ON, span=(11 * 60 + 30, 12 * 60))) == [late]
    assert conflicts(garage) == {late: [("closed", "")]}
    assert early not in conflicts(garage)


def test_own_hours_that_changed_are_a_conflict_with_that_technician(garage: MadeGarage) -> None:
    visit = book(garage, MONDAY + 2 * HOUR)
    with scoped_to(garage.id), unit_of_work() as session:
        rows = select(Resource).where(Resource.garage_id == garage.id, Resource.name == "Tech 1")
        session.scalars(rows).one().hours = {"mon": [[480, 600]]}
    assert conflicts(garage) == {visit: [("off", "Tech 1")]}


def test_a_drop_off_that_pauses_at_noon_is_in_conflict_when_its_afternoon_closes(garage: MadeGarage) -> None:
    visit = book(garage, MONDAY + 3 * HOUR + timedelta(minutes=30), mode="drop_off")
    assert touched_by(garage, closing(MONDAY_ON, span=(14 * 60 + 30, 18 * 60))) == []
    assert store(garage, closing(MONDAY_ON, span=(13 * 60 + 30, 18 * 60))) == [visit]
    assert conflicts(garage) == {visit: [("closed", "")]}


def test_a_visit_that_is_moved_or_cancelled_leaves_the_list(garage: MadeGarage) -> None:
    moved, cancelled = book(garage, MONDAY), book(garage, MONDAY)
    store(garage, closing(MONDAY_ON))
    assert set(conflicts(garage)) == {moved, cancelled}
    move_desk(garage, moved, MONDAY + DAY)
    with scoped_to(garage.id), unit_of_work() as session:
        cancel_appointment(session, garage_id=garage.id, appointment_id=cancelled, actor=Actor("staff"))
    assert conflicts(garage) == {}


def test_what_was_yesterday_is_past_re_planning(garage: MadeGarage, clock: MovableClock) -> None:
    book(garage, MONDAY)
    store(garage, closing(MONDAY_ON))
    clock.move_to(MONDAY + DAY)
    assert conflicts(garage) == {}


def test_dates_that_are_closed_as_they_are_need_no_closing(garage: MadeGarage) -> None:
    with pytest.raises(ClosedAnywayError):
        store(garage, closing(MONDAY_ON - 2 * DAY, MONDAY_ON - DAY))


def test_what_the_desk_agreed_to_is_no_conflict_until_something_new_is_in_the_way(garage: MadeGarage) -> None:
    late, early = book(garage, MONDAY), book(garage, MONDAY + HOUR)
    move_desk(garage, late, MONDAY + 10 * HOUR - timedelta(minutes=15), anyway=ANY_HOUR)
    store(garage, away(garage, "Tech 1", MONDAY + DAY, MONDAY + 2 * DAY))
    technician = resource_id(garage, "Tech 1")
    move_desk(garage, early, MONDAY + DAY, anyway=("leave",), technician_id=technician)
    assert conflicts(garage) == {}
    assert store(garage, closing(MONDAY_ON, span=(16 * 60, 18 * 60))) == [late]
    assert store(garage, away(garage, "Tech 1", MONDAY + DAY, MONDAY + DAY + HOUR)) == [early]
    assert conflicts(garage) == {late: [("arrival", ""), ("closed", "")], early: [("leave", "Tech 1")]}


def test_the_count_costs_one_statement_until_something_changes(
    database: Database, garage: MadeGarage
) -> None:
    book(garage, MONDAY)
    store(garage, closing(MONDAY_ON))
    assert [_counting(database, garage) for _ in range(3)][1:] == [(1, 1), (1, 1)]
    later = book(garage, MONDAY + DAY)
    store(garage, away(garage, "Tech 1", MONDAY + DAY, MONDAY + 2 * DAY))
    (cost, count), again = _counting(database, garage), _counting(database, garage)
    assert (count, again, later in conflicts(garage)) == (2, (1, 2), True)
    assert 1 < cost <= 11


def test_a_day_that_passes_ends_what_is_kept(garage: MadeGarage, clock: MovableClock) -> None:
    book(garage, MONDAY)
    store(garage, closing(MONDAY_ON))
    assert len(conflicts(garage)) == 1
    clock.move_to(MONDAY + DAY)
    assert conflicts(garage) == {}


def test_nothing_is_stored_when_more_is_touched_than_was_shown(garage: MadeGarage) -> None:
    first = book(garage, MONDAY)
    wish = closing(MONDAY_ON)
    shown = touched_by(garage, wish)
    second = book(garage, MONDAY)
    with pytest.raises(MoreTouchedError):
        store(garage, wish, seen=shown)
    assert conflicts(garage) == {}
    assert touched_by(garage, wish) == [first, second]
    store(garage, wish)
    assert set(conflicts(garage)) == {first, second}


def test_closing_hours_in_which_it_is_closed_is_refused(garage: MadeGarage) -> None:
    with pytest.raises(ClosedAnywayError):
        store(garage, closing(MONDAY_ON, span=(12 * 60, 13 * 60 + 30)))


def test_another_garages_leave_is_nobodys_conflict_here(garage: MadeGarage) -> None:
    other = make_garage(slug="other", workshop_slug="paris")
    book(garage, MONDAY)
    store(other, away(other, "Tech 1", MONDAY, MONDAY + HOUR))
    assert conflicts(garage) == conflicts(other) == {}


def test_the_list_costs_as_many_statements_for_one_conflict_as_for_many(
    database: Database, garage: MadeGarage
) -> None:
    book(garage, MONDAY)
    store(garage, closing(MONDAY_ON, MONDAY_ON + 13 * DAY))
    one, few = _cost(database, garage)
    fill_calendar(garage, 200, first_at=MONDAY + DAY)
    many, more = _cost(database, garage)
    assert (one, few) == (many, 1)
    assert more > 100


def _counting(database: Database, garage: MadeGarage) -> tuple[int, int]:
    with scoped_to(garage.id), count_statements(database.engine) as spent, reading() as session:
        count = count_conflicts(session, garage.id)
    return spent.count, count


def _cost(database: Database, garage: MadeGarage) -> tuple[int, int]:
    with scoped_to(garage.id), count_statements(database.engine) as spent, reading() as session:
        found = list_conflicts(session, garage.id)
    return spent.count, len(found)
