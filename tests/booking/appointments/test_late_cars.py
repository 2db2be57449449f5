"""A courtesy car that is not back in time is kept, who was to have it is listed, until *Car is back*."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import reading, unit_of_work
from app.errors import StaleVersionError
from app.tenancy.scope import scoped_to
from booking.appointments.history import list_history
from booking.appointments.jobs import prolong_late
from booking.appointments.life_cycle import Status
from booking.appointments.operations.change_status import change_status
from booking.appointments.operations.take_car_back import take_car_back
from booking.appointments.queries import get_appointment
from booking.errors import MoveNotAllowedError, PlaceGoneError, SlotTakenError
from tests.factories.appointments import book
from tests.factories.closings import conflicts
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.moves import DESK, undo_last
from tests.factories.steps import step, view_of
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Eight in the morning in Paris; the workshop closes at six."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CLOSING = MONDAY + 10 * HOUR
TUESDAY = MONDAY + DAY


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    return make_garage(bays=2, technicians=2, courtesy_cars=1)


@pytest.fixture
def lent(garage: MadeGarage, clock: MovableClock) -> int:
    """A visit whose car is ready, with the customer still driving the workshop's."""
    number = book(garage, MONDAY, mode="drop_off", courtesy_car=True)
    with clock.at(MONDAY):
        step(garage, number, Status.ARRIVED)
    with clock.at(MONDAY + HOUR):
        step(garage, number, Status.READY)
    return number


def lend(garage: MadeGarage, at: datetime) -> int:
    return book(garage, at, mode="drop_off", courtesy_car=True)


def car_back(garage: MadeGarage, number: int, *, version: int | None = None) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        take_car_back(session, garage_id=garage.id, appointment_id=number, actor=DESK, version=version)


def collect(garage: MadeGarage, number: int, *, keeps_car: bool) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        change_status(
            session,
            garage_id=garage.id,
            appointment_id=number,
            target=Status.COLLECTED,
            actor=DESK,
            keeps_car=keeps_car,
        )


def tick(clock: MovableClock, at: datetime) -> None:
    with clock.at(at):
        prolong_late()


def car_ends_at(garage: MadeGarage, number: int) -> datetime:
    place = view_of(garage, number).place("courtesy_car")
    assert place is not None
    return place.ends_at


def kinds(garage: MadeGarage, number: int) -> list[str]:
    with scoped_to(garage.id), reading() as session:
        return [line.kind for line in list_history(session, garage.id, number)]


def is_out(garage: MadeGarage, number: int) -> bool:
    with scoped_to(garage.id), reading() as session:
        return get_appointment(session, garage.id, number).is_car_out


def test_a_car_that_is_not_back_is_kept_for_the_next_open_day(
    garage: MadeGarage, clock: MovableClock, lent: int
) -> None:
    tick(clock, CLOSING - HOUR)
    assert car_ends_at(garage, lent) == CLOSING
    for _ in range(2):
        tick(clock, CLOSING)
    assert car_ends_at(garage, lent) == CLOSING + DAY
    assert kinds(garage, lent).count("car_late") == 1
    with clock.at(CLOSING + HOUR), pytest.raises(SlotTakenError):
        lend(garage, TUESDAY + HOUR)


def test_over_the_weekend_it_is_kept_until_monday_evening(garage: MadeGarage, clock: MovableClock) -> None:
    friday = MONDAY + 4 * DAY
    number = lend(garage, friday)
    with clock.at(friday):
        step(garage, number, Status.ARRIVED)
    tick(clock, friday + 10 * HOUR)
    assert car_ends_at(garage, number) == CLOSING + 7 * DAY


def test_who_has_it_next_is_in_conflict_until_it_is_back(
    garage: MadeGarage, clock: MovableClock, lent: int
) -> None:
    following = lend(garage, TUESDAY + HOUR)
    tick(clock, CLOSING)
    assert car_ends_at(garage, lent) == TUESDAY + HOUR
    with clock.at(CLOSING):
        assert conflicts(garage) == {following: [("car_late", "Car 1")]}
    with clock.at(TUESDAY):
        assert conflicts(garage) == {following: [("car_late", "Car 1")], lent: [("car_out", "Car 1")]}
        car_back(garage, lent)
        assert conflicts(garage) == {}


def test_after_a_week_it_takes_nothing_more(garage: MadeGarage, clock: MovableClock, lent: int) -> None:
    for day in range(10):
        tick(clock, CLOSING + day * DAY)
    assert car_ends_at(garage, lent) == CLOSING + 7 * DAY


def test_the_car_is_back_and_free_at_once(garage: MadeGarage, clock: MovableClock, lent: int) -> None:
    with clock.at(MONDAY + 2 * HOUR):
        before = view_of(garage, lent).appointment.version
        car_back(garage, lent, version=before)
        view = view_of(garage, lent)
        assert (view.status, view.appointment.version) == (Status.READY, before + 1)
        assert (car_ends_at(garage, lent), is_out(garage, lent)) == (MONDAY + 2 * HOUR, False)
        lend(garage, MONDAY + 3 * HOUR)
        with pytest.raises(MoveNotAllowedError):
            car_back(garage, lent)
        with pytest.raises(StaleVersionError):
            car_back(garage, lent, version=before)
    tick(clock, CLOSING + HOUR)
    assert "car_late" not in kinds(garage, lent)


def test_a_car_that_was_not_back_after_all_is_out_again(
    garage: MadeGarage, clock: MovableClock, lent: int
) -> None:
    with clock.at(MONDAY + 2 * HOUR):
        car_back(garage, lent)
        undo_last(garage, lent)
        assert (car_ends_at(garage, lent), is_out(garage, lent)) == (CLOSING, True)
        car_back(garage, lent)
        lend(garage, MONDAY + 3 * HOUR)
        with pytest.raises(PlaceGoneError):
            undo_last(garage, lent)


def test_who_collects_brings_the_car_back(garage: MadeGarage, clock: MovableClock, lent: int) -> None:
    with clock.at(MONDAY + 2 * HOUR):
        collect(garage, lent, keeps_car=False)
        assert (car_ends_at(garage, lent), is_out(garage, lent)) == (MONDAY + 2 * HOUR, False)
        undo_last(garage, lent)
        assert (view_of(garage, lent).status, is_out(garage, lent)) == (Status.READY, True)
        assert car_ends_at(garage, lent) == CLOSING


def test_who_collects_and_keeps_the_car_still_has_it(
    garage: MadeGarage, clock: MovableClock, lent: int
) -> None:
    with clock.at(MONDAY + 2 * HOUR):
        collect(garage, lent, keeps_car=True)
    assert (car_ends_at(garage, lent), is_out(garage, lent)) == (CLOSING, True)
    tick(clock, CLOSING)
    assert car_ends_at(garage, lent) == CLOSING + DAY
    with clock.at(TUESDAY):
        car_back(garage, lent)
    assert (view_of(garage, lent).status, is_out(garage, lent)) == (Status.COLLECTED, False)


def test_collecting_is_undone_though_the_car_was_lent_to_somebody_else(
    garage: MadeGarage, clock: MovableClock, lent: int
) -> None:
    with clock.at(MONDAY + 2 * HOUR):
        collect(garage, lent, keeps_car=False)
        lend(garage, MONDAY + 3 * HOUR)
        undo_last(garage, lent)
    assert (view_of(garage, lent).status, is_out(garage, lent)) == (Status.READY, False)


def test_nobody_who_has_not_come_has_a_car(garage: MadeGarage, clock: MovableClock) -> None:
    number = lend(garage, MONDAY)
    tick(clock, CLOSING)
    assert (car_ends_at(garage, number), is_out(garage, number)) == (CLOSING, False)
