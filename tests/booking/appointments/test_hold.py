"""Holds: whose they are, how long they last, what they count for, and how many there may be."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

import booking.appointments.operations.hold as hold_module
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment, Hold
from booking.appointments.operations.book import book_appointment
from booking.appointments.operations.hold import release_hold
from booking.appointments.requests import CUSTOMER, BookingRequest, VisitQuestion
from booking.appointments.slots import list_offered
from booking.drafts.jobs import forget_past_holds
from booking.errors import SlotTakenError
from booking.resources.models import Occupancy
from tests.factories.appointments import CAMILLE, PEUGEOT, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.holds import hold
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)
NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
TWO = datetime(2026, 11, 24, 13, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)
TIMING = {"code": "timing", "minutes": 240, "modes": ["drop_off"], "name": {"en": "Timing belt"}}


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    """One bay and one technician: 510 minutes a day."""
    clock.move_to(MONDAY)
    return make_garage(services=[{}, TIMING])


def offered(garage: MadeGarage, *, own: int | None = None) -> set[datetime]:
    with scoped_to(garage.id), reading() as session:
        question = VisitQuestion(("oil",), "wait", own_hold_id=own)
        slots = list_offered(session, garage.workshop, question, first_on=TUESDAY, last_on=TUESDAY)
    return {slot.arrives_at for slot in slots}


def count(garage: MadeGarage, *, kind: str) -> int:
    """Occupancies of one kind."""
    with scoped_to(garage.id), reading() as session:
        rows = select(func.count(Occupancy.id)).where(
            Occupancy.garage_id == garage.id, Occupancy.kind == kind
        )
        return session.scalar(rows) or 0


def book_own(garage: MadeGarage, arrives_at: datetime, own: int | None) -> int:
    request = BookingRequest(
        visit=VisitQuestion(("oil",), "wait", own_hold_id=own),
        arrives_at=arrives_at,
        customer=CAMILLE,
        vehicle=PEUGEOT,
        source="page",
    )
    with scoped_to(garage.id), unit_of_work() as session:
        return book_appointment(session, workshop=garage.workshop, request=request, actor=CUSTOMER).id


def test_a_held_slot_is_offered_to_its_owner_alone(garage: MadeGarage) -> None:
    own = hold(garage, NINE)
    assert (NINE in offered(garage), NINE in offered(garage, own=own)) == (False, True)


def test_a_held_slot_cannot_be_booked_by_somebody_else(garage: MadeGarage) -> None:
    hold(garage, NINE)
    with pytest.raises(SlotTakenError):
        book(garage, NINE)


def test_a_hold_becomes_its_owners_appointment(garage: MadeGarage) -> None:
    own = hold(garage, NINE)
    book_own(garage, NINE, own)
    assert (count(garage, kind="hold"), count(garage, kind="job")) == (0, 2)


def test_a_hold_is_over_after_ten_minutes(garage: MadeGarage, clock: MovableClock) -> None:
    hold(garage, NINE)
    clock.advance(minutes=9, seconds=50)
    early = NINE in offered(garage)
    clock.advance(seconds=20)
    assert (early, NINE in offered(garage)) == (False, True)


def test_an_expired_hold_gives_way_in_the_database(garage: MadeGarage, clock: MovableClock) -> None:
    hold(garage, NINE)
    clock.advance(minutes=11)
    book(garage, NINE)
    assert (count(garage, kind="hold"), count(garage, kind="job")) == (0, 2)


def test_who_comes_after_the_expiry_is_asked_like_anybody(garage: MadeGarage, clock: MovableClock) -> None:
    own = hold(garage, NINE)
    clock.advance(minutes=11)
    book(garage, NINE)
    with pytest.raises(SlotTakenError):
        book_own(garage, NINE, own)


def test_choosing_another_time_moves_the_hold(garage: MadeGarage) -> None:
    own = hold(garage, NINE)
    again = hold(garage, TEN, own=own)
    assert (again, NINE in offered(garage), TEN in offered(garage)) == (own, True, False)


def test_the_same_time_chosen_again_keeps_its_expiry(garage: MadeGarage, clock: MovableClock) -> None:
    own = hold(garage, NINE)
    clock.advance(minutes=8)
    assert hold(garage, NINE, own=own) == own
    clock.advance(minutes=3)
    assert NINE in offered(garage)


def test_a_slot_given_back_is_free_at_once(garage: MadeGarage) -> None:
    own = hold(garage, NINE)
    assert own is not None
    with scoped_to(garage.id), unit_of_work() as session:
        release_hold(session, workshop=garage.workshop, hold_id=own)
    assert NINE in offered(garage)


def test_an_address_holds_three_at_most(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY)
    garage = make_garage(bays=9, technicians=9)
    held = [hold(garage, NINE + timedelta(days=day)) for day in range(3)]
    assert [own is not None for own in held] == [True, True, True]
    assert hold(garage, TWO) is None
    assert hold(garage, TWO, address="somebody else") is not None


def test_holds_take_a_quarter_of_the_days_minutes_at_most(garage: MadeGarage) -> None:
    held = [hold(garage, at, address=str(at)) for at in (NINE, TEN, TWO)]
    assert [own is not None for own in held] == [True, True, False]  # 90 of 127 minutes, then 135


def test_beyond_the_quarter_the_slot_is_decided_at_booking(garage: MadeGarage) -> None:
    for at in (NINE, TEN, TWO):
        hold(garage, at, address=str(at))
    assert TWO in offered(garage)
    book(garage, TWO)


def test_one_hold_is_always_allowed(garage: MadeGarage) -> None:
    assert hold(garage, NINE - timedelta(hours=1), services=("timing",), mode="drop_off") is not None


def test_holds_count_for_the_cap(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY)
    garage = make_garage(bays=2, technicians=2, services=[{"max_per_day": 1}])
    hold(garage, NINE)
    with pytest.raises(SlotTakenError) as refusal:
        book(garage, TWO)
    assert refusal.value.reason == "cap"


def test_holds_count_for_the_online_share(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY)
    garage = make_garage(rules={"online_share": 10})  # 51 of 510 minutes
    hold(garage, NINE)
    with pytest.raises(SlotTakenError) as refusal:
        book(garage, TWO)
    assert refusal.value.reason == "online_share"


def test_a_time_that_is_not_offered_cannot_be_held(garage: MadeGarage) -> None:
    book(garage, NINE)
    with pytest.raises(SlotTakenError):
        hold(garage, NINE)


def test_a_hold_raises_no_version(garage: MadeGarage) -> None:
    def version() -> int:
        with scoped_to(garage.id), reading() as session:
            return get_version(session, garage.id, garage.workshop.id)

    before = version()
    hold(garage, NINE)
    assert version() == before


def test_a_kept_slot_is_not_lost_to_the_notice_while_typing(app_context: Flask, clock: MovableClock) -> None:
    garage = make_garage(rules={"notice_minutes": 60})
    clock.move_to(NINE - timedelta(minutes=62))
    own = hold(garage, NINE)
    clock.advance(minutes=5)
    assert book_own(garage, NINE, own)


def test_housekeeping_forgets_what_is_over(garage: MadeGarage, clock: MovableClock) -> None:
    hold(garage, NINE)
    clock.advance(minutes=5)
    hold(garage, TEN, address="somebody else")
    clock.advance(minutes=6)
    forget_past_holds()
    with scoped_to(garage.id), reading() as session:
        left = session.scalars(select(Hold.arrives_at).where(Hold.garage_id == garage.id)).all()
    assert (left, count(garage, kind="hold")) == ([TEN], 2)


DAY_MINUTES = 1530
"""Of three technicians: 382 may be held, eight visits."""


def abandon(clock: MovableClock, *, visitors: int) -> tuple[bool, int, int]:
    """One visitor a second chooses a slot and goes: whether the day is as before ten minutes after the last.

    Besides the most minutes that were held at any time, and how many got a hold.
    """
    clock.move_to(MONDAY)
    garage = make_garage(bays=3, technicians=3)
    free = sorted(offered(garage))
    kept = most = 0
    for number in range(visitors):
        with clock.at(MONDAY + timedelta(seconds=number)):
            with suppress(SlotTakenError):
                kept += hold(garage, free[number % len(free)], address=str(number)) is not None
            most = max(most, _held_minutes(garage))
    with scoped_to(garage.id), reading() as session:
        mine = select(func.count(Appointment.id)).where(Appointment.garage_id == garage.id)
        assert session.scalar(mine) == 0
    with clock.at(MONDAY + timedelta(seconds=visitors, minutes=10)):
        return sorted(offered(garage)) == free, most, kept


@pytest.mark.parametrize("visitors", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_abandoned_holds_keep_to_their_share_and_leave_no_trace(
    app_context: Flask, clock: MovableClock, visitors: int
) -> None:
    is_as_before, most, kept = abandon(clock, visitors=visitors)
    assert is_as_before
    assert most * 4 <= DAY_MINUTES
    assert kept >= 8  # they did fill their share, or nothing was tried


def test_without_their_bound_abandoned_holds_take_more_than_their_share(
    app_context: Flask, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hold_module, "_is_within_bounds", lambda *_, **__: True)
    is_as_before, most, _kept = abandon(clock, visitors=30)
    assert most * 4 > DAY_MINUTES
    assert is_as_before


def test_without_their_end_abandoned_holds_leave_a_trace(
    app_context: Flask, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hold_module, "HELD_FOR", timedelta(days=1))
    is_as_before, most, _kept = abandon(clock, visitors=30)
    assert not is_as_before
    assert most * 4 <= DAY_MINUTES


def _held_minutes(garage: MadeGarage) -> int:
    """Counted from the table, past the product: what live holds take of the technicians."""
    from app import clock as product_clock  # noqa: PLC0415  # the moment that the product sees

    with scoped_to(garage.id), reading() as session:
        live = select(func.sum(Hold.work_minutes)).where(
            Hold.garage_id == garage.id, Hold.expires_at > product_clock.now()
        )
        return session.scalar(live) or 0
