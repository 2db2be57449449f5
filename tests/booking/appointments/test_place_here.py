"""A car that came after all has lost its place; the desk gives it another while it is here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.nearest import list_nearest_for_desk
from booking.appointments.queries import get_appointment_view
from booking.appointments.requests import MoveRequest
from booking.errors import InTheWayError, MoveNotAllowedError
from notifications.outbox.models import State
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import list_rows
from tests.factories.moves import move_desk, undo_last
from tests.factories.steps import step, view_of
from tests.support.clock import MovableClock

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    """Strict about arrivals: one at a time, on the hour, a day ahead."""
    clock.move_to(EIGHT - timedelta(days=6))
    return make_garage(rules={"arrivals_per_slot": 1, "slot_minutes": 60, "notice_minutes": 1440})


@pytest.fixture
def late(garage: MadeGarage, clock: MovableClock) -> int:
    """Nobody came at eight, so the place was given up; at twenty to ten the car is here."""
    number = book(garage, EIGHT)
    clock.move_to(EIGHT + HOUR)
    step(garage, number, Status.NO_SHOW)
    clock.move_to(EIGHT + timedelta(minutes=100))
    step(garage, number, Status.ARRIVED)
    return number


def test_it_is_placed_without_asking_about_an_arrival_that_has_happened(
    garage: MadeGarage, late: int
) -> None:
    at = EIGHT + timedelta(minutes=105)
    move_desk(garage, late, at)
    view = view_of(garage, late)
    assert {place.kind: (place.starts_at, place.ends_at) for place in view.places} == {
        "bay": (at, at + timedelta(minutes=45)),
        "technician": (at, at + timedelta(minutes=45)),
    }
    assert (view.status, view.appointment.ready_at) == (Status.ARRIVED, at + timedelta(minutes=45))
    assert list_rows(garage, kind="changed", state=State.PLANNED) == []


def test_also_once_its_work_has_begun_and_only_where_no_car_is(
    garage: MadeGarage, late: int, clock: MovableClock
) -> None:
    step(garage, late, Status.IN_PROGRESS)
    with clock.at(EIGHT - timedelta(days=3)):
        book(garage, EIGHT + 2 * HOUR)
    with pytest.raises(InTheWayError) as refused:
        move_desk(garage, late, EIGHT + 2 * HOUR)
    assert refused.value.reason == "both_busy"
    move_desk(garage, late, EIGHT + timedelta(minutes=165))
    assert view_of(garage, late).place("bay") is not None


def test_what_is_free_near_it_is_offered(garage: MadeGarage, late: int) -> None:
    with scoped_to(garage.id), reading() as session:
        view = get_appointment_view(session, garage.id, late)
        request = MoveRequest(EIGHT + timedelta(hours=4))
        near = list_nearest_for_desk(session, view, request, workshop=garage.workshop)
    assert near
    assert near[0].arrives_at > EIGHT + timedelta(minutes=100)


def test_with_a_place_its_work_is_moved_until_it_has_begun(garage: MadeGarage, late: int) -> None:
    move_desk(garage, late, EIGHT + 2 * HOUR)
    move_desk(garage, late, EIGHT + 3 * HOUR)
    moved = view_of(garage, late).appointment
    assert (moved.arrives_at, moved.work_starts_at) == (EIGHT + 2 * HOUR, EIGHT + 3 * HOUR)
    step(garage, late, Status.IN_PROGRESS)
    with pytest.raises(MoveNotAllowedError):
        move_desk(garage, late, EIGHT + 2 * HOUR)


def test_its_first_place_can_be_taken_back(garage: MadeGarage, late: int) -> None:
    move_desk(garage, late, EIGHT + 2 * HOUR)
    undo_last(garage, late)
    assert view_of(garage, late).places == ()
    move_desk(garage, late, EIGHT + 3 * HOUR)
    assert view_of(garage, late).appointment.arrives_at == EIGHT + 3 * HOUR
