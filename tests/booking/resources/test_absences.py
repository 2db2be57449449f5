"""Leave, blocks and closings as they are stored: pieces, versions, taken back once, what stood stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.unit_of_work import reading, unit_of_work
from app.errors import NotFoundError, StaleVersionError
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.appointments.touched import load_standing
from booking.availability.engine.opening import spans_on
from booking.resources.models import Occupancy
from booking.resources.operations import close_range, enter_absence, remove_absence, reopen
from booking.resources.queries import get_rules, list_absences, list_busy, list_exceptions
from booking.resources.requests import AwayRequest
from tests.factories.closings import away, closing, store
from tests.factories.garages import MadeGarage, make_garage
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
MONDAY_ON = date(2026, 12, 7)
OFFICE = ((480, 720), (810, 1080))


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    return make_garage(bays=2)


def pieces(garage: MadeGarage) -> list[tuple[str, datetime, datetime]]:
    with scoped_to(garage.id), reading() as session:
        rows = session.scalars(
            select(Occupancy).where(Occupancy.garage_id == garage.id).order_by(Occupancy.starts_at)
        )
        return [(row.kind, row.starts_at, row.ends_at) for row in rows]


def version_of(garage: MadeGarage) -> int:
    with scoped_to(garage.id), reading() as session:
        return get_version(session, garage.id, garage.workshop.id)


def open_on(garage: MadeGarage, on: date) -> object:
    with scoped_to(garage.id), reading() as session:
        return spans_on(load_standing(session, garage.workshop).hours, on)


def take_back(garage: MadeGarage, version: int, *, of: MadeGarage | None = None) -> None:
    """Take back the only leave or block; ``of`` looks for it in another garage."""
    with scoped_to(garage.id), reading() as session:
        rows = list_absences(session, garage.id, garage.workshop.id, after=MONDAY)
        absence_id = rows[0][0].id
    there = of or garage
    with scoped_to(there.id), unit_of_work() as session:
        remove_absence(
            session,
            garage_id=there.id,
            workshop_id=there.workshop.id,
            absence_id=absence_id,
            version=version,
        )


def test_a_long_leave_is_stored_in_pieces_of_14_days_that_join(garage: MadeGarage) -> None:
    ends_at = MONDAY + timedelta(days=30)
    store(garage, away(garage, "Tech 1", MONDAY, ends_at))
    rows = pieces(garage)
    assert [kind for kind, _, _ in rows] == ["leave"] * 3
    assert [rows[0][1], rows[-1][2]] == [MONDAY, ends_at]
    assert [row[2] for row in rows[:-1]] == [row[1] for row in rows[1:]]
    assert max(row[2] - row[1] for row in rows) == timedelta(days=14)


def test_entering_and_taking_back_raise_the_calendars_version(garage: MadeGarage) -> None:
    versions = [version_of(garage)]
    store(garage, away(garage, "Bay 1", MONDAY, MONDAY + timedelta(hours=1)))
    versions.append(version_of(garage))
    take_back(garage, 1)
    versions.append(version_of(garage))
    store(garage, closing(MONDAY_ON))
    versions.append(version_of(garage))
    assert versions == sorted(set(versions))


def test_taking_back_one_of_two_leaves_keeps_what_the_other_shares_with_it(garage: MadeGarage) -> None:
    for days in (14, 20):
        store(garage, away(garage, "Tech 1", MONDAY, MONDAY + timedelta(days=days)))
    take_back(garage, 1)
    assert len(pieces(garage)) == 2
    take_back(garage, 1)
    assert pieces(garage) == []


def test_the_same_leave_sent_twice_is_entered_once(garage: MadeGarage) -> None:
    for _sent in range(2):
        store(garage, away(garage, "Tech 1", MONDAY, MONDAY + timedelta(days=2), label="Holiday"))
    assert len(pieces(garage)) == 1


def test_the_second_of_two_who_take_it_back_gets_a_conflict(garage: MadeGarage) -> None:
    store(garage, away(garage, "Tech 1", MONDAY, MONDAY + timedelta(hours=1)))
    with scoped_to(garage.id), reading() as session:
        (absence, _), *_ = list_absences(session, garage.id, garage.workshop.id, after=MONDAY)
    take_back(garage, 1)
    with pytest.raises(StaleVersionError), scoped_to(garage.id), unit_of_work() as session:
        remove_absence(
            session,
            garage_id=garage.id,
            workshop_id=garage.workshop.id,
            absence_id=absence.id,
            version=absence.version,
        )


def test_nobody_takes_back_what_is_another_garages(garage: MadeGarage) -> None:
    other = make_garage(slug="other", workshop_slug="paris")
    store(garage, away(garage, "Tech 1", MONDAY, MONDAY + timedelta(hours=1)))
    with pytest.raises(NotFoundError):
        take_back(garage, 1, of=other)


def test_a_resource_of_another_garage_is_not_there(garage: MadeGarage) -> None:
    other = make_garage(slug="other", workshop_slug="paris")
    foreign = away(other, "Tech 1", MONDAY, MONDAY + timedelta(hours=1))
    with pytest.raises(NotFoundError), scoped_to(garage.id), unit_of_work() as session:
        enter_absence(
            session,
            garage_id=garage.id,
            workshop_id=garage.workshop.id,
            request=AwayRequest(foreign.resource_id, foreign.starts_at, foreign.ends_at),
            user_id=None,
        )


def test_hours_closed_one_after_the_other_are_taken_back_as_one(garage: MadeGarage) -> None:
    store(garage, closing(MONDAY_ON, span=(480, 600)))
    store(garage, closing(MONDAY_ON, span=(900, 1080)))
    assert open_on(garage, MONDAY_ON) == ((600, 720), (810, 900))
    with scoped_to(garage.id), reading() as session:
        (row,) = list_exceptions(session, garage.id, garage.workshop.id)
    assert (row.closed, row.version) == ([[480, 600], [900, 1080]], 2)
    with pytest.raises(StaleVersionError):
        open_again(garage, row.id, version=1)
    open_again(garage, row.id, version=2)
    assert open_on(garage, MONDAY_ON) == OFFICE


def test_a_closing_stands_before_special_hours_and_gives_them_back(garage: MadeGarage) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        special = close_range(
            session,
            garage_id=garage.id,
            workshop_id=garage.workshop.id,
            request=closing(MONDAY_ON),
        )
        special.closed, special.hours = None, [[540, 660]]
    store(garage, closing(MONDAY_ON, span=(540, 600)))
    assert open_on(garage, MONDAY_ON) == ((600, 660),)
    with scoped_to(garage.id), reading() as session:
        newest = list_exceptions(session, garage.id, garage.workshop.id)[-1]
    open_again(garage, newest.id, version=1)
    assert open_on(garage, MONDAY_ON) == ((540, 660),)


def test_a_stretch_over_days_closes_what_lies_in_it_and_is_taken_back_as_one(garage: MadeGarage) -> None:
    friday, tuesday = date(2026, 12, 4), date(2026, 12, 8)
    store(garage, closing(friday, tuesday, span=(840, 600)))
    days = [open_on(garage, friday + timedelta(days=number)) for number in range(6)]
    assert days == [((480, 720), (810, 840)), (), (), (), ((600, 720), (810, 1080)), OFFICE]
    with scoped_to(garage.id), reading() as session:
        (row,) = list_exceptions(session, garage.id, garage.workshop.id)
    open_again(garage, row.id, version=1)
    assert [open_on(garage, on) for on in (friday, MONDAY_ON, tuesday)] == [OFFICE] * 3


def test_hours_closed_within_a_stretch_stay_closed_once_it_is_taken_back(garage: MadeGarage) -> None:
    store(garage, closing(date(2026, 12, 4), MONDAY_ON, span=(840, 600)))
    store(garage, closing(MONDAY_ON, span=(660, 720)))
    assert open_on(garage, MONDAY_ON) == ((600, 660), (810, 1080))
    with scoped_to(garage.id), reading() as session:
        stretch, _ = list_exceptions(session, garage.id, garage.workshop.id)
    open_again(garage, stretch.id, version=1)
    assert open_on(garage, MONDAY_ON) == ((480, 660), (810, 1080))


def test_hours_that_change_beneath_a_closing_stay_closed(garage: MadeGarage) -> None:
    store(garage, closing(MONDAY_ON, span=(480, 600)))
    with scoped_to(garage.id), unit_of_work() as session:
        get_rules(session, garage.id, garage.workshop.id).hours = {"mon": [[420, 840]]}
    assert open_on(garage, MONDAY_ON) == ((420, 480), (600, 840))


def test_leave_may_lie_over_leave(garage: MadeGarage) -> None:
    for hours in (1, 2):
        store(garage, away(garage, "Tech 1", MONDAY, MONDAY + timedelta(hours=hours)))
    with scoped_to(garage.id), reading() as session:
        busy = list_busy(
            session, garage.id, garage.workshop.id, starts_at=MONDAY, ends_at=MONDAY + timedelta(days=1)
        )
    assert len(busy) == 2


def open_again(garage: MadeGarage, exception_id: int, *, version: int) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        reopen(
            session,
            garage_id=garage.id,
            workshop_id=garage.workshop.id,
            exception_id=exception_id,
            version=version,
        )
