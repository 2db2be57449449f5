"""Moving and cancelling at the very moment of sending, on a barrier.

A text is checked against the appointment as it stood when the text was written: its arrival while
it was expected, and never anything but the cancellation once that was committed.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from time import sleep

import pytest
from flask import Flask

from app.db.unit_of_work import unit_of_work
from app.errors import DomainError
from app.tenancy.scope import scoped_to
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.requests import CUSTOMER
from notifications.outbox.models import State
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import FakeChannel, add_reminder, list_rows
from tests.factories.moves import move_online
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
THURSDAY_TEN = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)


def test_no_text_contradicts_the_appointment_at_its_claim(app_context: Flask, clock: MovableClock) -> None:
    """100 rounds of moving and 100 of cancelling against the claim."""
    run_rounds(app_context, clock, rounds=200)


@pytest.mark.long
def test_no_text_contradicts_the_appointment_at_its_claim_2000_times(
    app_context: Flask, clock: MovableClock
) -> None:
    run_rounds(app_context, clock, rounds=2000)


def run_rounds(app: Flask, clock: MovableClock, *, rounds: int) -> None:
    clock.move_to(MONDAY)
    garage = make_garage()
    add_reminder(garage, hours_before=24)
    outcomes = {one_round(app, clock, garage, moves=number % 2 == 0) for number in range(rounds)}
    assert outcomes <= {(1, "accepted"), (0, "cancelled")}


def one_round(app: Flask, clock: MovableClock, garage: MadeGarage, *, moves: bool) -> tuple[int, str]:
    """Book, let the reminder fall due, change and send at once; reminders sent, and the row's state."""
    clock.move_to(MONDAY)
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    clock.move_to(WEDNESDAY_NINE - timedelta(hours=24))
    channel, start = FakeChannel(), Barrier(2)
    delays = [random.random() * 0.01, random.random() * 0.01]  # no secret

    def send() -> None:
        with app.app_context():
            start.wait()
            sleep(delays[0])
            send_due(channel.channels)

    def change() -> None:
        with app.app_context():
            start.wait()
            sleep(delays[1])
            if moves:
                move_online(garage, appointment_id, THURSDAY_TEN)
            else:
                cancel(garage, appointment_id)

    with ThreadPoolExecutor(2) as pool:
        for run in [pool.submit(send), pool.submit(change)]:
            run.result()
    before = len(channel.sent)
    send_due(channel.channels)
    check_texts([sent.text for sent in channel.sent], before=before, moves=moves)
    rows = list_rows(garage, kind="reminder", appointment_id=appointment_id)
    state = next(State(row.state) for row in rows if row.arrives_at == WEDNESDAY_NINE)
    with suppress(DomainError):
        cancel(garage, appointment_id)
    return sum("Un imprévu" in sent.text for sent in channel.sent), state.value


def check_texts(texts: list[str], *, before: int, moves: bool) -> None:
    """``before`` texts left during the race; the rest after the change, which the last one tells."""
    reminders = [text for text in texts if "Un imprévu" in text]
    assert all("9 déc. à 9 h" in text for text in reminders), texts
    assert not any("Un imprévu" in text for text in texts[before:]), "a reminder after the change"
    assert ("10 déc. à 10 h" if moves else "annulée") in texts[-1]


def cancel(garage: MadeGarage, appointment_id: int) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        cancel_appointment(session, garage_id=garage.id, appointment_id=appointment_id, actor=CUSTOMER)
