"""What is offered over many days is what is booked on one of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.requests import VisitQuestion
from booking.appointments.slots import OfferedSlot, list_offered
from tests.factories.garages import MadeGarage, make_garage
from tests.support.clock import MovableClock

ARRIVAL = date(2026, 10, 6)
TWO_DAYS_A_WEEK = {"tue": [[480, 720]], "fri": [[480, 720]]}


def list_slots(garage: MadeGarage, first_on: date, last_on: date) -> list[OfferedSlot]:
    question = VisitQuestion(
        service_codes=("oil",), mode="drop_off", vehicle_class="car", energy="unknown", courtesy_car=False
    )
    with scoped_to(garage.id), reading() as session:
        return list_offered(session, garage.workshop, question, first_on=first_on, last_on=last_on)


def test_a_stay_into_the_next_year_keeps_its_holidays_however_it_is_asked_for(
    app_context: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 10, 1, 8, tzinfo=UTC))
    garage = make_garage(
        hours=TWO_DAYS_A_WEEK,
        rules={"horizon_days": 120},
        services=[{"code": "oil", "minutes": 25 * 240, "modes": ["drop_off"], "stay_days": 60}],
    )
    alone = list_slots(garage, ARRIVAL, ARRIVAL)
    among = [
        slot
        for slot in list_slots(garage, ARRIVAL, ARRIVAL + timedelta(days=61))
        if slot.arrives_at.date() == ARRIVAL
    ]
    assert alone
    assert alone == among
    assert alone[0].ready_at.date() == date(2027, 1, 5), "the Friday before is New Year's Day"
