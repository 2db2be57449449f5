"""What a change of the appointment does to messages planned before."""

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
from booking.appointments.requests import CUSTOMER, Actor
from notifications.outbox.models import State
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import FakeChannel, add_reminder, list_rows, only_row
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
STAFF = Actor("staff")


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    return make_garage()


def cancel(garage: MadeGarage, appointment_id: int, actor: Actor = CUSTOMER) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        cancel_appointment(session, garage_id=garage.id, appointment_id=appointment_id, actor=actor)


def change(garage: MadeGarage, appointment_id: int, target: Status) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        change_status(session, garage_id=garage.id, appointment_id=appointment_id, target=target, actor=STAFF)


def test_cancelling_voids_the_reminder(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=24)
    cancel(garage, book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY))
    row = only_row(garage, kind="reminder")
    assert (row.state, row.reason) == (State.CANCELLED, "cancelled")


def test_cancelling_leaves_the_messages_of_other_appointments(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=24)
    kept = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    cancel(garage, book(garage, WEDNESDAY_NINE + timedelta(hours=1), customer=BY_SMS_ONLY))
    assert only_row(garage, kind="reminder", appointment_id=kept).state == State.PLANNED


def test_cancelling_leaves_what_has_gone_out_as_it_is(garage: MadeGarage, app_context: Flask) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    cancel(garage, appointment_id)
    assert only_row(garage, kind="confirmed").state == State.ACCEPTED


def test_a_cancelled_appointment_is_told_to_the_customer(garage: MadeGarage) -> None:
    cancel(garage, book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY))
    assert only_row(garage, kind="cancelled").state == State.PLANNED


def test_cancelling_by_the_garage_is_told_by_sms_without_consent(garage: MadeGarage) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=replace(BY_SMS_ONLY, sms_consent=False))
    cancel(garage, appointment_id, STAFF)
    assert only_row(garage).channel == "sms"


def test_cancelling_at_the_desk_is_told_30_seconds_later(garage: MadeGarage, clock: MovableClock) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    noon = MONDAY + timedelta(hours=4)
    with clock.at(noon):
        cancel(garage, appointment_id, STAFF)
    assert only_row(garage, kind="cancelled").due_at == noon + timedelta(seconds=30)


def test_a_granted_request_is_confirmed_and_reminded_of(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY)
    garage = make_garage(rules={"approval": True})
    add_reminder(garage, hours_before=24)
    change(garage, book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY), Status.CONFIRMED)
    assert {row.kind: row.state for row in list_rows(garage)} == {
        "received": State.CANCELLED,
        "confirmed": State.PLANNED,
        "reminder": State.PLANNED,
    }


def test_a_car_that_is_there_is_not_reminded_of(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=24)
    change(garage, book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY), Status.ARRIVED)
    assert only_row(garage, kind="reminder").state == State.CANCELLED


def test_a_cancellation_that_is_rolled_back_voids_nothing(garage: MadeGarage) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    with suppress(ZeroDivisionError), scoped_to(garage.id), unit_of_work() as session:
        cancel_appointment(session, garage_id=garage.id, appointment_id=appointment_id, actor=CUSTOMER)
        raise ZeroDivisionError
    assert only_row(garage).state == State.PLANNED
