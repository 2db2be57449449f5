"""The places that the desk is offered instead of one that is not free."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.moving import DeskPlace
from booking.appointments.nearest import list_nearest_for_desk
from booking.appointments.queries import get_appointment_view
from booking.appointments.requests import MoveRequest
from booking.resources.queries import list_resources
from tests.factories.appointments import book
from tests.factories.busy import fill_calendar
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.moves import move_desk
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
TEN = MONDAY + timedelta(hours=2)
MINUTES = timedelta(minutes=1)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    return make_garage(bays=2, technicians=2)


def ids_of(garage: MadeGarage) -> dict[str, int]:
    with scoped_to(garage.id), reading() as session:
        return {row.name: row.id for row in list_resources(session, garage.id, garage.workshop.id)}


def near(garage: MadeGarage, number: int, arrives_at: datetime, bay_id: int | None = None) -> list[DeskPlace]:
    with scoped_to(garage.id), reading() as session:
        view = get_appointment_view(session, garage.id, number)
        request = MoveRequest(arrives_at, bay_id)
        return list_nearest_for_desk(session, view, request, workshop=garage.workshop)


def test_each_offer_is_taken_by_the_move_that_names_it(garage: MadeGarage) -> None:
    number, other = book(garage, MONDAY), book(garage, TEN)
    bay = ids_of(garage)["Bay 1"]
    move_desk(garage, other, TEN, bay_id=bay)
    offers = near(garage, number, TEN, bay_id=bay)
    assert [each.arrives_at for each in offers] == [TEN - 60 * MINUTES, TEN, TEN + 60 * MINUTES]
    assert [each.bay_id == bay for each in offers] == [True, False, True]
    for each in offers:
        move_desk(garage, number, each.arrives_at, bay_id=each.bay_id, technician_id=each.technician_id)


def test_where_the_named_one_has_no_place_anybody_is_offered(garage: MadeGarage) -> None:
    number = book(garage, MONDAY + timedelta(days=14))
    fill_calendar(garage, 48 * 8, first_at=MONDAY - timedelta(days=4))
    names = ids_of(garage)
    offers = near(garage, number, TEN, bay_id=names["Bay 1"])
    assert [each.arrives_at for each in offers] == [TEN - 30 * MINUTES, TEN, TEN + 30 * MINUTES]
    assert {each.bay_id for each in offers} == {names["Bay 2"]}


def test_the_present_place_is_no_offer(garage: MadeGarage) -> None:
    number = book(garage, MONDAY)
    closed = MONDAY - timedelta(hours=1)
    assert [each.arrives_at for each in near(garage, number, closed)] == [
        MONDAY - timedelta(days=2, hours=15),
        MONDAY + 30 * MINUTES,
    ]


def test_nothing_past_is_offered(garage: MadeGarage, clock: MovableClock) -> None:
    number = book(garage, MONDAY + timedelta(days=1))
    with clock.at(TEN + 2 * MINUTES):
        offers = near(garage, number, MONDAY - timedelta(hours=1))
    assert [each.arrives_at for each in offers] == [TEN + 30 * MINUTES]


def test_no_offer_asks_to_pass_a_rule(app_context: Flask, clock: MovableClock) -> None:
    """Monday is too soon, Tuesday's reception has one place in half an hour; a later time needs no notice."""
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    garage = make_garage(bays=2, technicians=2, rules={"arrivals_per_slot": 1, "notice_minutes": 1440})
    number = book(garage, MONDAY + timedelta(days=1))
    book(garage, MONDAY + timedelta(days=1, minutes=30))
    with clock.at(TEN + 2 * MINUTES):
        offers = near(garage, number, MONDAY - timedelta(hours=1))
        assert [each.arrives_at for each in offers] == [MONDAY + timedelta(days=1, hours=1)]
        move_desk(garage, number, offers[0].arrives_at)


def test_the_promise_comes_with_the_offer(garage: MadeGarage) -> None:
    number = book(garage, MONDAY, mode="drop_off")
    offers = near(garage, number, MONDAY + timedelta(hours=4))
    assert (offers[0].arrives_at, offers[0].ready_at) == (
        MONDAY + timedelta(hours=3, minutes=30),
        MONDAY + timedelta(hours=5, minutes=45),
    )


def test_a_full_workshop_offers_nothing(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    full = make_garage()
    number = book(full, MONDAY + timedelta(days=42))
    fill_calendar(full, 48 * 38, first_at=MONDAY - timedelta(days=4))
    assert near(full, number, TEN) == []


def test_past_three_full_days_the_weeks_after_are_looked_through(
    app_context: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    full = make_garage()
    number = book(full, MONDAY + timedelta(days=42))
    fill_calendar(full, 48 * 8, first_at=MONDAY - timedelta(days=4))
    assert [each.arrives_at for each in near(full, number, TEN)] == [MONDAY + timedelta(days=4)]
