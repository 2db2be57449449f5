"""Cancelling at the very moment of sending: no text contradicts the appointment it was written from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

from flask import Flask

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.requests import CUSTOMER
from notifications.outbox.models import State
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import FakeChannel, add_reminder, only_row
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)


def test_a_reminder_is_either_sent_or_void_and_never_both(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY)
    garage = make_garage()
    add_reminder(garage, hours_before=24)
    for _ in range(25):
        sent, state = one_round(app_context, clock, garage)
        assert (sent, state) in {(1, State.ACCEPTED), (0, State.CANCELLED)}


def test_after_the_cancellation_no_reminder_is_sent(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY)
    garage = make_garage()
    add_reminder(garage, hours_before=24)
    cancel(garage, book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY))
    channel = FakeChannel()
    clock.move_to(WEDNESDAY_NINE - timedelta(hours=24))
    send_due(channel.channels)
    assert not any("attendue" in sent.text for sent in channel.sent)


def one_round(app: Flask, clock: MovableClock, garage: MadeGarage) -> tuple[int, str]:
    """Book, let the reminder fall due, cancel and send at once; reminders sent, and its last state."""
    clock.move_to(MONDAY)
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    clock.move_to(WEDNESDAY_NINE - timedelta(hours=24))
    channel, start = FakeChannel(), Barrier(2)

    def send() -> None:
        with app.app_context():
            start.wait()
            send_due(channel.channels)

    def give_back() -> None:
        with app.app_context():
            start.wait()
            cancel(garage, appointment_id)

    with ThreadPoolExecutor(2) as pool:
        for run in [pool.submit(send), pool.submit(give_back)]:
            run.result()
    row = only_row(garage, kind="reminder", appointment_id=appointment_id)
    return sum("attendue" in sent.text for sent in channel.sent), row.state


def cancel(garage: MadeGarage, appointment_id: int) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        cancel_appointment(session, garage_id=garage.id, appointment_id=appointment_id, actor=CUSTOMER)
