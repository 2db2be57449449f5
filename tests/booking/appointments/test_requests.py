"""Requests where the garage decides first: accepted, declined, or expired by time, exactly once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import reading, unit_of_work
from app.errors import StaleVersionError
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.appointments.history import HistoryLine, list_history
from booking.appointments.jobs import expire_requests
from booking.appointments.life_cycle import Status
from booking.appointments.operations.change_status import expire_request
from booking.errors import MoveNotAllowedError, RequestExpiredError, TooLateToCancelError
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.moves import move_desk, move_online, undo_last
from tests.factories.steps import decline, put_in, step, view_of
from tests.support.clock import MovableClock

MADE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
EXPIRES = MADE + timedelta(hours=24)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MADE)
    return make_garage(rules={"approval": True})


def ask(garage: MadeGarage, clock: MovableClock, *, made_at: datetime = MADE, **changes: object) -> int:
    """A request made online at exactly that moment, for Monday at eight."""
    with clock.at(made_at):
        return book(garage, MONDAY, **changes)


def lines_of(garage: MadeGarage, number: int) -> list[HistoryLine]:
    with scoped_to(garage.id), reading() as session:
        return list_history(session, garage.id, number)


def expire(garage: MadeGarage, number: int) -> bool:
    with scoped_to(garage.id), unit_of_work() as session:
        return expire_request(session, garage_id=garage.id, appointment_id=number)


@pytest.mark.parametrize(
    ("before_arrival", "expires_before_arrival"),
    [
        (timedelta(hours=72), timedelta(hours=48)),
        (timedelta(hours=26), timedelta(hours=2)),
        (timedelta(hours=10), timedelta(hours=2)),
        (timedelta(hours=2), timedelta(0)),
        (timedelta(minutes=30), timedelta(0)),
    ],
)
def test_a_request_expires_after_a_day_or_two_hours_ahead_or_at_its_arrival(
    garage: MadeGarage, clock: MovableClock, before_arrival: timedelta, expires_before_arrival: timedelta
) -> None:
    number = ask(garage, clock, made_at=MONDAY - before_arrival)
    assert view_of(garage, number).appointment.expires_at == MONDAY - expires_before_arrival


def test_a_booking_at_the_desk_needs_no_decision(garage: MadeGarage, clock: MovableClock) -> None:
    view = view_of(garage, ask(garage, clock, source="desk"))
    assert (view.status, view.appointment.expires_at) == (Status.CONFIRMED, None)


def test_an_accepted_request_keeps_its_place_and_no_longer_expires(
    garage: MadeGarage, clock: MovableClock
) -> None:
    number = ask(garage, clock)
    places = view_of(garage, number).places
    step(garage, number, Status.CONFIRMED, version=1)
    clock.move_to(EXPIRES + timedelta(minutes=1))
    expire_requests()
    view = view_of(garage, number)
    assert (view.status, view.places, view.appointment.expires_at) == (Status.CONFIRMED, places, None)


def test_a_declined_request_gives_its_place_back_with_the_reason(
    garage: MadeGarage, clock: MovableClock
) -> None:
    number = ask(garage, clock)
    decline(garage, number, reason="Our lift is being repaired", version=1)
    view, line = view_of(garage, number), lines_of(garage, number)[0]
    assert (view.status, view.places) == (Status.DECLINED, ())
    assert view.appointment.cancel_reason == line.detail["reason"] == "Our lift is being repaired"
    assert ask(garage, clock) != number


def test_declining_is_undone_with_the_reason_gone(garage: MadeGarage, clock: MovableClock) -> None:
    number = ask(garage, clock)
    before = view_of(garage, number)
    decline(garage, number, reason="Full")
    undo_last(garage, number)
    after = view_of(garage, number)
    assert (after.status, after.places) == (Status.REQUESTED, before.places)
    assert (after.appointment.cancel_reason, after.appointment.expires_at) == (
        "",
        before.appointment.expires_at,
    )


@pytest.mark.parametrize("status", [status for status in Status if status != Status.REQUESTED])
def test_only_a_request_is_declined(garage: MadeGarage, clock: MovableClock, status: Status) -> None:
    number = ask(garage, clock)
    put_in(garage, number, status=status.value)
    with pytest.raises(MoveNotAllowedError):
        decline(garage, number, reason="No")
    assert view_of(garage, number).appointment.cancel_reason == ""


def test_a_request_expires_at_its_moment_and_not_before(garage: MadeGarage, clock: MovableClock) -> None:
    number = ask(garage, clock)
    with clock.at(EXPIRES - timedelta(microseconds=1)):
        expire_requests()
    assert view_of(garage, number).status == Status.REQUESTED
    with clock.at(EXPIRES):
        expire_requests()
    view = view_of(garage, number)
    assert (view.status, view.places, view.appointment.version) == (Status.EXPIRED, (), 2)


def test_expiring_twice_is_once(garage: MadeGarage, clock: MovableClock) -> None:
    number = ask(garage, clock)
    clock.move_to(EXPIRES)
    assert [expire(garage, number), expire(garage, number)] == [True, False]
    expire_requests()
    assert [(line.to_status, line.actor) for line in lines_of(garage, number)] == [
        ("expired", "system"),
        ("requested", "customer"),
    ]


def test_expiring_raises_the_calendars_version_and_looking_in_vain_does_not(
    garage: MadeGarage, clock: MovableClock
) -> None:
    number = ask(garage, clock)

    def version() -> int:
        with scoped_to(garage.id), reading() as session:
            return get_version(session, garage.id, garage.workshop.id)

    before = version()
    expire(garage, number)
    assert version() == before
    clock.move_to(EXPIRES)
    expire(garage, number)
    assert version() == before + 1


@pytest.mark.parametrize("decision", ["accept", "decline"])
def test_a_decision_at_the_moment_of_expiry_comes_too_late(
    garage: MadeGarage, clock: MovableClock, decision: str
) -> None:
    number = ask(garage, clock)

    def decide() -> None:
        if decision == "accept":
            step(garage, number, Status.CONFIRMED, version=1)
        else:
            decline(garage, number, version=1)

    with clock.at(EXPIRES):
        with pytest.raises(RequestExpiredError):
            decide()  # no scheduler has come by yet
        assert view_of(garage, number).status == Status.REQUESTED
        expire_requests()
        with pytest.raises(RequestExpiredError):
            decide()  # from the page as it was before
    assert view_of(garage, number).status == Status.EXPIRED


def test_the_second_of_two_decisions_is_a_clear_conflict(garage: MadeGarage, clock: MovableClock) -> None:
    number = ask(garage, clock)
    step(garage, number, Status.CONFIRMED, version=1)
    with pytest.raises(StaleVersionError):
        decline(garage, number, reason="Full", version=1)
    assert view_of(garage, number).status == Status.CONFIRMED


# --- until when a request that has changed may be decided ----------------------------------------


def ends_at(garage: MadeGarage, number: int) -> datetime | None:
    return view_of(garage, number).appointment.expires_at


def test_a_move_by_the_customer_asks_anew(garage: MadeGarage, clock: MovableClock) -> None:
    number = ask(garage, clock)
    with clock.at(EXPIRES - timedelta(hours=1)):
        move_online(garage, number, MONDAY + timedelta(days=1))
    assert ends_at(garage, number) == EXPIRES + timedelta(hours=23)
    with clock.at(EXPIRES + timedelta(hours=1)):  # the customer's question, not the desk's move, counts
        move_desk(garage, number, MONDAY + timedelta(days=2))
    assert ends_at(garage, number) == EXPIRES + timedelta(hours=23)


def test_a_move_by_the_desk_gives_it_no_further_time(garage: MadeGarage, clock: MovableClock) -> None:
    number = ask(garage, clock)
    with clock.at(EXPIRES - timedelta(hours=1)):
        move_desk(garage, number, MONDAY + timedelta(days=1))
    assert ends_at(garage, number) == EXPIRES
    with clock.at(EXPIRES - timedelta(minutes=30)):
        move_desk(garage, number, EXPIRES + timedelta(hours=1))
    assert ends_at(garage, number) == EXPIRES


def test_a_request_whose_time_is_over_is_moved_no_more(garage: MadeGarage, clock: MovableClock) -> None:
    number = ask(garage, clock)
    with clock.at(EXPIRES):
        with pytest.raises(RequestExpiredError):
            move_desk(garage, number, MONDAY + timedelta(days=1))
        with pytest.raises(TooLateToCancelError):
            move_online(garage, number, MONDAY + timedelta(days=1))
        expire_requests()
    assert view_of(garage, number).status == Status.EXPIRED


def test_a_request_that_is_opened_again_after_its_time_has_another_day(
    garage: MadeGarage, clock: MovableClock
) -> None:
    number = ask(garage, clock)
    step(garage, number, Status.CONFIRMED)
    again_at = EXPIRES + timedelta(hours=6)
    with clock.at(again_at):
        undo_last(garage, number, at_any_time=True)
    assert ends_at(garage, number) == again_at + timedelta(hours=24)


def test_opened_again_on_the_day_itself_it_ends_with_the_arrival(
    garage: MadeGarage, clock: MovableClock
) -> None:
    number = ask(garage, clock)
    step(garage, number, Status.CONFIRMED)
    with clock.at(MONDAY - timedelta(hours=1)):
        undo_last(garage, number, at_any_time=True)
    assert ends_at(garage, number) == MONDAY


def test_requests_of_every_garage_expire(garage: MadeGarage, clock: MovableClock) -> None:
    other = make_garage(slug="other", rules={"approval": True})
    numbers = [(each, ask(each, clock)) for each in (garage, other)]
    clock.move_to(EXPIRES)
    expire_requests()
    assert [view_of(each, number).status for each, number in numbers] == [Status.EXPIRED, Status.EXPIRED]
