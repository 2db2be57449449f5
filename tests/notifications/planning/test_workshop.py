"""What the workshop is told by e-mail: each thing a customer does online, nothing the desk did itself."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.operations.change_status import cancel_appointment, change_status
from booking.appointments.requests import API, CUSTOMER, Actor
from notifications.content.garage_texts import GARAGE_KINDS
from notifications.outbox.models import Message, State
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import list_rows
from tests.factories.moves import move_desk, move_online
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
THURSDAY_NINE = WEDNESDAY_NINE + timedelta(days=1)
DESK = "desk@martin.example"
STAFF = Actor("staff", None)
UNREACHABLE = replace(CAMILLE, email=None, sms_consent=False)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    return make_garage(email=DESK)


def told(garage: MadeGarage) -> list[Message]:
    return [row for row in list_rows(garage) if row.kind in GARAGE_KINDS]


def kinds(garage: MadeGarage) -> list[str]:
    return [row.kind for row in told(garage)]


def cancel(garage: MadeGarage, appointment_id: int, actor: Actor) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        cancel_appointment(session, garage_id=garage.id, appointment_id=appointment_id, actor=actor)


@pytest.mark.parametrize("source", ["page", "widget", "api"])
def test_each_booking_online_is_told_at_once(garage: MadeGarage, source: str) -> None:
    book(garage, WEDNESDAY_NINE, source=source, customer=UNREACHABLE)
    (row,) = told(garage)
    assert (row.kind, row.channel, row.recipient) == ("garage_booked", "email", DESK)
    assert timedelta() <= row.due_at - MONDAY < timedelta(seconds=30)
    assert row.state == State.PLANNED


def test_the_workshop_reads_its_garages_language_whatever_the_customers(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE, customer=replace(CAMILLE, locale="en"))
    assert [row.locale for row in told(garage)] == ["fr"]


def test_a_booking_by_the_desk_is_no_news_to_it(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE, source="desk")
    assert kinds(garage) == []


def test_a_request_asks_for_an_answer(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY)
    garage = make_garage(email=DESK, rules={"approval": True})
    book(garage, WEDNESDAY_NINE)
    assert kinds(garage) == ["garage_requested"]


@pytest.mark.parametrize("actor", [CUSTOMER, API], ids=["page", "api"])
def test_a_cancellation_online_is_told_beside_the_booking(garage: MadeGarage, actor: Actor) -> None:
    cancel(garage, book(garage, WEDNESDAY_NINE), actor)
    assert kinds(garage) == ["garage_booked", "garage_cancelled"]
    assert {row.state for row in told(garage)} == {State.PLANNED}


def test_a_move_online_is_told_beside_the_booking(garage: MadeGarage) -> None:
    move_online(garage, book(garage, WEDNESDAY_NINE), THURSDAY_NINE)
    booked, moved = told(garage)
    assert (booked.kind, booked.arrives_at, booked.state) == ("garage_booked", WEDNESDAY_NINE, State.PLANNED)
    assert (moved.kind, moved.arrives_at, moved.state) == ("garage_moved", THURSDAY_NINE, State.PLANNED)


def test_what_the_desk_changes_is_no_news_and_stops_none(garage: MadeGarage) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE)
    move_desk(garage, appointment_id, THURSDAY_NINE)
    cancel(garage, appointment_id, STAFF)
    assert [(row.kind, row.state) for row in told(garage)] == [("garage_booked", State.PLANNED)]


def test_a_step_of_the_desk_is_no_news(garage: MadeGarage) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, source="desk")
    with scoped_to(garage.id), unit_of_work() as session:
        change_status(
            session,
            garage_id=garage.id,
            appointment_id=appointment_id,
            target=Status.ARRIVED,
            actor=STAFF,
        )
    assert kinds(garage) == []


def test_a_workshop_without_an_address_is_told_nothing(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY)
    garage = make_garage()
    cancel(garage, book(garage, WEDNESDAY_NINE), CUSTOMER)
    assert kinds(garage) == []


def test_what_does_not_come_about_is_not_told(garage: MadeGarage) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE)
    with suppress(ZeroDivisionError), scoped_to(garage.id), unit_of_work() as session:
        cancel_appointment(session, garage_id=garage.id, appointment_id=appointment_id, actor=CUSTOMER)
        _ = 1 / 0
    assert kinds(garage) == ["garage_booked"]
