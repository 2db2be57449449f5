"""A car that is ready early frees the rest of its work at once, and takes it again when it was not ready."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import reading
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.appointments.former import with_former
from booking.appointments.life_cycle import Status
from booking.appointments.queries import AppointmentView, get_appointment_view
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.moves import undo_last
from tests.factories.steps import step, view_of
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Eight in the morning in Paris."""
MINUTE = timedelta(minutes=1)
LONG = {"minutes": 180}


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    return make_garage(courtesy_cars=1, services=[LONG])


def ends(view: AppointmentView) -> dict[str, datetime]:
    return {place.kind: place.ends_at for place in view.places}


def known_view(garage: MadeGarage, number: int) -> AppointmentView:
    """The visit as the board knows it."""
    with scoped_to(garage.id), reading() as session:
        return with_former(session, garage.id, [get_appointment_view(session, garage.id, number)])[0]


def make_ready(garage: MadeGarage, clock: MovableClock, number: int, at: datetime) -> AppointmentView:
    clock.move_to(at)
    step(garage, number, Status.ARRIVED, Status.READY)
    return view_of(garage, number)


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        (60 * MINUTE, 60),
        (61 * MINUTE, 65),
        (60 * MINUTE + timedelta(microseconds=1), 65),
        (178 * MINUTE, 180),
    ],
)
def test_bay_and_technician_are_free_from_the_next_five_minutes_on(
    garage: MadeGarage, clock: MovableClock, at: timedelta, kept: int
) -> None:
    number = book(garage, MONDAY)
    promised = view_of(garage, number).appointment.ready_at
    with clock.at(MONDAY + at):
        step(garage, number, Status.ARRIVED, Status.READY)
    view, ends_at = view_of(garage, number), MONDAY + kept * MINUTE
    assert ends(view) == {"bay": ends_at, "technician": ends_at}
    assert (view.appointment.work_ends_at, view.appointment.ready_at) == (ends_at, promised)


def test_what_is_freed_can_be_booked(garage: MadeGarage, clock: MovableClock) -> None:
    number = book(garage, MONDAY)
    make_ready(garage, clock, number, MONDAY + 45 * MINUTE)
    assert book(garage, MONDAY + 60 * MINUTE, source="desk") != number


def test_work_that_would_begin_later_keeps_nothing(garage: MadeGarage, clock: MovableClock) -> None:
    number = book(garage, MONDAY)
    view = make_ready(garage, clock, number, MONDAY - 20 * MINUTE)
    assert (view.places, view.appointment.work_starts_at, view.appointment.work_ends_at) == ((), None, None)


@pytest.mark.parametrize("more", [(), (Status.COLLECTED,)], ids=["ready", "collected"])
def test_work_done_before_its_turn_is_still_known_by_its_bay(
    garage: MadeGarage, clock: MovableClock, more: tuple[Status, ...]
) -> None:
    number, done_at = book(garage, MONDAY), MONDAY - 20 * MINUTE
    with clock.at(done_at):
        step(garage, number, Status.ARRIVED, Status.READY, *more)
    view = known_view(garage, number)
    assert {(place.kind, place.name, place.starts_at, place.ends_at) for place in view.former} == {
        ("bay", "Bay 1", done_at, done_at),
        ("technician", "Tech 1", done_at, done_at),
    }
    assert view.place("bay") is None
    assert view.where("bay") in view.former


def test_work_that_is_to_be_done_again_has_its_place_and_no_former_one(
    garage: MadeGarage, clock: MovableClock
) -> None:
    number = book(garage, MONDAY)
    make_ready(garage, clock, number, MONDAY - 20 * MINUTE)
    undo_last(garage, number)
    view = known_view(garage, number)
    assert view.former == ()
    assert view.where("bay") == view.place("bay") is not None


def test_a_car_ready_late_gives_nothing_back(garage: MadeGarage, clock: MovableClock) -> None:
    number = book(garage, MONDAY)
    before = view_of(garage, number).places
    assert make_ready(garage, clock, number, MONDAY + 200 * MINUTE).places == before


def test_the_courtesy_car_stays_out(garage: MadeGarage, clock: MovableClock) -> None:
    number = book(garage, MONDAY, mode="drop_off", courtesy_car=True)
    before = ends(view_of(garage, number))
    after = ends(make_ready(garage, clock, number, MONDAY + 60 * MINUTE))
    assert after["courtesy_car"] == before["courtesy_car"]
    assert after["bay"] < before["bay"]


def test_undoing_takes_the_rest_again(garage: MadeGarage, clock: MovableClock) -> None:
    number = book(garage, MONDAY, mode="drop_off", courtesy_car=True)
    before = view_of(garage, number)
    make_ready(garage, clock, number, MONDAY + 60 * MINUTE)
    undo_last(garage, number)
    after = view_of(garage, number)
    assert after.status == Status.ARRIVED
    assert ends(after) == ends(before)
    assert after.appointment.work_ends_at == before.appointment.work_ends_at


def test_a_managers_step_back_goes_on_in_what_is_left_where_the_rest_is_taken(
    garage: MadeGarage, clock: MovableClock
) -> None:
    number = book(garage, MONDAY)
    make_ready(garage, clock, number, MONDAY + 43 * MINUTE)
    book(garage, MONDAY + 60 * MINUTE, source="desk")
    clock.advance(minutes=10)
    undo_last(garage, number, at_any_time=True)
    view = view_of(garage, number)
    assert (view.status, set(ends(view).values())) == (Status.ARRIVED, {MONDAY + 45 * MINUTE})


def test_being_ready_raises_the_calendars_version(garage: MadeGarage, clock: MovableClock) -> None:
    def version() -> int:
        with scoped_to(garage.id), reading() as session:
            return get_version(session, garage.id, garage.workshop.id)

    number = book(garage, MONDAY)
    before = version()
    make_ready(garage, clock, number, MONDAY + 60 * MINUTE)
    assert version() > before
