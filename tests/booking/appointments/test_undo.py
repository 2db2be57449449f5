"""Undoing: the actor for ten seconds, a manager later; a place only while it is free."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.history import list_history
from booking.appointments.life_cycle import MOVES, Status
from booking.appointments.requests import Actor
from booking.errors import PlaceGoneError, UndoNotAllowedError
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.moves import move_desk, undo_last
from tests.factories.steps import cancel, put_in, step, view_of
from tests.support.clock import MovableClock

MONDAY_EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
MONDAY_NINE = MONDAY_EIGHT + timedelta(hours=1)
STEPS = [(before, after) for before, targets in MOVES.items() for after in sorted(targets)]


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    return make_garage()


@pytest.mark.parametrize(("before", "after"), STEPS, ids=[f"{a}-{b}" for a, b in STEPS])
def test_every_step_of_the_table_is_undone_with_its_place(
    garage: MadeGarage, clock: MovableClock, before: Status, after: Status
) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    clock.move_to(MONDAY_EIGHT + timedelta(minutes=5))  # nobody has failed to come before
    put_in(garage, appointment_id, status=before.value)
    was = view_of(garage, appointment_id)
    step(garage, appointment_id, after)
    undo_last(garage, appointment_id)
    now = view_of(garage, appointment_id)
    assert (now.status, now.places) == (before, was.places)
    assert now.appointment.work_starts_at == was.appointment.work_starts_at
    assert now.appointment.version == 3


def test_a_move_is_undone_to_the_very_place(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    garage = make_garage(bays=2, technicians=2)
    appointment_id = book(garage, MONDAY_EIGHT)
    before = view_of(garage, appointment_id)
    move_desk(garage, appointment_id, MONDAY_NINE)
    undo_last(garage, appointment_id)
    after = view_of(garage, appointment_id)
    assert after.places == before.places
    clocks = ("arrives_at", "work_starts_at", "work_ends_at", "ready_at")
    assert all(getattr(after.appointment, name) == getattr(before.appointment, name) for name in clocks)


def test_a_cancellation_is_undone_with_its_reason_gone(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    cancel(garage, appointment_id, reason="no part")
    undo_last(garage, appointment_id)
    now = view_of(garage, appointment_id)
    assert (now.status, now.appointment.cancel_reason, len(now.places)) == ("confirmed", "", 2)


def test_a_place_given_to_another_is_not_taken_back(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    cancel(garage, appointment_id)
    book(garage, MONDAY_EIGHT)
    with pytest.raises(PlaceGoneError):
        undo_last(garage, appointment_id)
    assert view_of(garage, appointment_id).status == "cancelled"


def test_undoing_leaves_a_line(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    step(garage, appointment_id, Status.ARRIVED)
    undo_last(garage, appointment_id)
    with scoped_to(garage.id), reading() as session:
        lines = list_history(session, garage.id, appointment_id)
    assert [(line.kind, line.to_status) for line in lines] == [
        ("undone", "confirmed"),
        ("status", "arrived"),
        ("booked", "confirmed"),
    ]
    assert lines[0].detail == {"undid": "status"}
    assert all(later.at >= earlier.at for later, earlier in pairwise(lines))


def test_the_ten_seconds_end(garage: MadeGarage, clock: MovableClock) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    step(garage, appointment_id, Status.ARRIVED)
    clock.advance(seconds=10)
    undo_last(garage, appointment_id)
    step(garage, appointment_id, Status.ARRIVED)
    clock.advance(seconds=16)
    with pytest.raises(UndoNotAllowedError):
        undo_last(garage, appointment_id)


def test_only_its_actor_undoes_a_step(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    step(garage, appointment_id, Status.ARRIVED)
    with pytest.raises(UndoNotAllowedError):
        undo_last(garage, appointment_id, actor=Actor("system"))


def test_a_manager_goes_one_step_back_at_any_time_and_no_further(
    garage: MadeGarage, clock: MovableClock
) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    step(garage, appointment_id, Status.ARRIVED)
    step(garage, appointment_id, Status.READY)
    clock.advance(hours=5)
    undo_last(garage, appointment_id, actor=Actor("system"), at_any_time=True)
    assert view_of(garage, appointment_id).status == "arrived"
    with pytest.raises(UndoNotAllowedError):
        undo_last(garage, appointment_id, at_any_time=True)


def test_a_booking_itself_is_not_undone(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY_EIGHT)
    with pytest.raises(UndoNotAllowedError):
        undo_last(garage, appointment_id, at_any_time=True)
