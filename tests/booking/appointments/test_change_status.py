"""The life cycle: allowed steps, refused ones, and what each does to the resources."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.unit_of_work import reading, unit_of_work
from app.errors import NotFoundError, StaleVersionError
from app.tenancy.scope import scoped_to
from booking.appointments.history import list_history
from booking.appointments.life_cycle import ENDED_WITHOUT_WORK, MOVES, Status
from booking.appointments.models import Appointment
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.queries import get_appointment, is_cancellable
from booking.appointments.requests import CUSTOMER
from booking.errors import MoveNotAllowedError, NotDueYetError
from booking.resources.models import Occupancy
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.steps import put_in, step
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
PAIRS = [(a, b) for a in Status for b in Status]


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    return make_garage()


def rows_of(garage: MadeGarage, appointment_id: int) -> int:
    with scoped_to(garage.id), reading() as session:
        where = (Occupancy.garage_id == garage.id, Occupancy.appointment_id == appointment_id)
        return len(session.scalars(select(Occupancy.id).where(*where)).all())


def test_every_step_of_the_table_is_allowed_and_every_other_refused(
    garage: MadeGarage, clock: MovableClock
) -> None:
    appointment_id = book(garage, MONDAY)
    clock.move_to(MONDAY)
    for current, target in PAIRS:
        put_in(garage, appointment_id, status=current.value)
        if target in MOVES[current]:
            step(garage, appointment_id, target)
        elif current == target == Status.CANCELLED:
            step(garage, appointment_id, target)  # cancelling twice is no mistake
        else:
            with pytest.raises(MoveNotAllowedError):
                step(garage, appointment_id, target)


def test_the_table_is_the_one_of_the_design() -> None:
    steps = {(a.value, b.value) for a, targets in MOVES.items() for b in targets}
    assert steps == {
        ("requested", "confirmed"),
        ("requested", "declined"),
        ("requested", "expired"),
        ("requested", "cancelled"),
        ("confirmed", "arrived"),
        ("confirmed", "in_progress"),
        ("confirmed", "cancelled"),
        ("confirmed", "no_show"),
        ("arrived", "in_progress"),
        ("arrived", "ready"),
        ("in_progress", "waiting_parts"),
        ("waiting_parts", "in_progress"),
        ("in_progress", "ready"),
        ("ready", "collected"),
        ("no_show", "arrived"),
    }


@pytest.mark.parametrize("status", sorted(ENDED_WITHOUT_WORK))
def test_a_visit_that_ends_without_work_gives_its_place_back(
    garage: MadeGarage, clock: MovableClock, status: Status
) -> None:
    appointment_id = book(garage, MONDAY)
    before = Status.CONFIRMED if status in MOVES[Status.CONFIRMED] else Status.REQUESTED
    put_in(garage, appointment_id, status=before.value)
    with clock.at(MONDAY):
        step(garage, appointment_id, status)
    assert rows_of(garage, appointment_id) == 0
    book(garage, MONDAY)


def test_a_visit_in_the_workshop_keeps_its_place(garage: MadeGarage, clock: MovableClock) -> None:
    appointment_id = book(garage, MONDAY)
    clock.move_to(MONDAY + timedelta(minutes=30))
    for status in (Status.ARRIVED, Status.IN_PROGRESS, Status.READY, Status.COLLECTED):
        step(garage, appointment_id, status)
        assert rows_of(garage, appointment_id) == 2


def test_each_step_leaves_a_line_of_history(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY)
    step(garage, appointment_id, Status.ARRIVED)
    step(garage, appointment_id, Status.READY)
    with scoped_to(garage.id), reading() as session:
        lines = list_history(session, garage.id, appointment_id)
    assert [(line.from_status, line.to_status) for line in reversed(lines)] == [
        (None, "confirmed"),
        ("confirmed", "arrived"),
        ("arrived", "ready"),
    ]


def test_the_second_of_two_people_gets_a_clear_conflict(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY)
    step(garage, appointment_id, Status.ARRIVED, version=1)
    with pytest.raises(StaleVersionError):
        step(garage, appointment_id, Status.NO_SHOW, version=1)


def test_cancelling_keeps_the_reason(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY)
    with scoped_to(garage.id), unit_of_work() as session:
        cancel_appointment(
            session, garage_id=garage.id, appointment_id=appointment_id, actor=CUSTOMER, reason="Sold the car"
        )
    with scoped_to(garage.id), reading() as session:
        assert get_appointment(session, garage.id, appointment_id).cancel_reason == "Sold the car"


def test_a_visit_of_another_garage_does_not_exist(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY)
    other = make_garage(slug="other")
    with pytest.raises(NotFoundError):
        step(other, appointment_id, Status.ARRIVED)


@pytest.mark.parametrize("current", [Status.REQUESTED, Status.CONFIRMED])
def test_nobody_has_failed_to_come_before_the_time_of_arrival(
    garage: MadeGarage, clock: MovableClock, current: Status
) -> None:
    appointment_id = book(garage, MONDAY)
    put_in(garage, appointment_id, status=current.value)
    error = NotDueYetError if current == Status.CONFIRMED else MoveNotAllowedError
    with clock.at(MONDAY - timedelta(seconds=1)), pytest.raises(error):
        step(garage, appointment_id, Status.NO_SHOW)
    assert rows_of(garage, appointment_id) == 2


def test_coming_after_a_no_show_leaves_the_visit_to_be_placed(
    garage: MadeGarage, clock: MovableClock
) -> None:
    appointment_id = book(garage, MONDAY)
    with clock.at(MONDAY):
        step(garage, appointment_id, Status.NO_SHOW)
        step(garage, appointment_id, Status.ARRIVED)
    with scoped_to(garage.id), reading() as session:
        row: Appointment = get_appointment(session, garage.id, appointment_id)
    assert (row.status, row.work_starts_at) == ("arrived", None)


@pytest.mark.parametrize(("hour", "allowed"), [(2, True), (3, True), (4, False)])
def test_a_customer_may_cancel_until_the_workshops_limit(
    garage: MadeGarage, clock: MovableClock, hour: int, allowed: bool
) -> None:
    appointment_id = book(garage, MONDAY)
    with scoped_to(garage.id), reading() as session:
        row = get_appointment(session, garage.id, appointment_id)
    with clock.at(datetime(2026, 12, 7, hour, 0, tzinfo=UTC)):
        assert is_cancellable(row, cancel_until_minutes=240) is allowed
