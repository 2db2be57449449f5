"""Sending what is due: what goes out, what does not, and what each answer leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment
from booking.customers.models import Customer
from notifications.channels.protocol import Accepted, Refused, Unknown
from notifications.channels.sandbox import SandboxChannel
from notifications.outbox.models import State
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import (
    FakeChannel,
    add_reminder,
    change_messages,
    list_rows,
    make_due_messages,
    only_row,
    set_quiet_hours,
)
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
REMINDED_AT = WEDNESDAY_NINE - timedelta(hours=24)
BY_SMS_ONLY = replace(CAMILLE, email=None)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    return make_garage()


@pytest.fixture
def reminded(garage: MadeGarage, clock: MovableClock) -> MadeGarage:
    """A garage with one reminder, due now; the confirmation is out."""
    add_reminder(garage, hours_before=24)
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    clock.move_to(REMINDED_AT)
    return garage


def test_a_due_message_goes_out_once(garage: MadeGarage) -> None:
    channel = FakeChannel()
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(channel.channels)
    send_due(channel.channels)
    assert len(channel.sent) == 1


def test_a_reminder_does_not_go_out_before_its_time(garage: MadeGarage, clock: MovableClock) -> None:
    channel = FakeChannel()
    add_reminder(garage, hours_before=24)
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    clock.move_to(REMINDED_AT - timedelta(minutes=1))
    send_due(channel.channels)
    assert only_row(garage, kind="reminder").state == State.PLANNED


def test_what_goes_out_holds_the_appointments_words_and_the_link(garage: MadeGarage) -> None:
    channel = FakeChannel()
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(channel.channels)
    (sent,) = channel.sent
    assert sent.text == (
        "Bonjour Camille, c'est réservé : votre GA-482-QT, mer. 9 déc. à 9 h, Workshop martin. "
        f"Voir ou changer : http://127.0.0.1:8000/r/{sent.marker}"
    )


def test_the_stored_text_holds_a_place_instead_of_the_link(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    assert only_row(garage).body.endswith("Voir ou changer : {link}")


def test_the_segments_of_the_text_as_sent_are_stored(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    assert only_row(garage).segments == 1


def test_an_accepted_message_keeps_the_providers_name_and_the_time(
    garage: MadeGarage, clock: MovableClock
) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    later = MONDAY + timedelta(minutes=1)
    with clock.at(later):
        send_due(FakeChannel([Accepted("SM1")]).channels)
    row = only_row(garage)
    assert (row.state, row.provider_id, row.sent_at) == (State.ACCEPTED, "SM1", later)


def test_the_sandbox_takes_every_message(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE)
    send_due({"sms": SandboxChannel(), "email": SandboxChannel()})
    assert [row.provider_id for row in list_rows(garage)] == [
        f"sandbox-{row.id}" for row in list_rows(garage, state=State.ACCEPTED)
    ]


def test_a_message_of_a_channel_that_is_not_there_waits(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE)
    send_due({"sms": FakeChannel()})
    assert only_row(garage, channel="email").state == State.PLANNED


# --- asked again before sending ------------------------------------------------------------------


def change_appointment(garage: MadeGarage, **values: object) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        session.execute(update(Appointment).where(Appointment.garage_id == garage.id).values(values))


def send_and_see(garage: MadeGarage) -> tuple[str, str]:
    """The reminder's state and reason after a round of sending; nothing may have gone out."""
    channel = FakeChannel()
    send_due(channel.channels)
    assert channel.sent == []
    row = only_row(garage, kind="reminder")
    return row.state, row.reason


def test_a_reminder_of_an_appointment_that_is_over_is_not_sent(reminded: MadeGarage) -> None:
    change_appointment(reminded, status="cancelled")
    assert send_and_see(reminded) == (State.CANCELLED, "cancelled")


def test_a_reminder_of_an_appointment_that_was_moved_is_not_sent(reminded: MadeGarage) -> None:
    change_appointment(reminded, arrives_at=WEDNESDAY_NINE + timedelta(hours=1))
    assert send_and_see(reminded) == (State.CANCELLED, "moved")


def test_consent_withdrawn_since_holds_an_sms_back(reminded: MadeGarage) -> None:
    with scoped_to(reminded.id), unit_of_work() as session:
        session.execute(update(Customer).where(Customer.garage_id == reminded.id).values(sms_consent_at=None))
    assert send_and_see(reminded) == (State.SUPPRESSED, "no_consent")


def test_a_reminder_that_is_late_but_of_use_is_sent(reminded: MadeGarage, clock: MovableClock) -> None:
    clock.move_to(WEDNESDAY_NINE - timedelta(hours=2, minutes=1))
    send_due(FakeChannel().channels)
    assert only_row(reminded, kind="reminder").state == State.ACCEPTED


def test_a_reminder_later_than_two_hours_before_the_arrival_expires(
    reminded: MadeGarage, clock: MovableClock
) -> None:
    clock.move_to(WEDNESDAY_NINE - timedelta(hours=2) + timedelta(seconds=1))
    assert send_and_see(reminded) == (State.EXPIRED, "too_late")


def test_a_late_reminder_does_not_ring_at_night(reminded: MadeGarage, clock: MovableClock) -> None:
    set_quiet_hours(reminded, "21:00", "06:30")
    clock.move_to(datetime(2026, 12, 8, 23, 0, tzinfo=UTC))
    assert send_and_see(reminded) == (State.PLANNED, "")
    assert only_row(reminded, kind="reminder").due_at == datetime(2026, 12, 9, 5, 30, tzinfo=UTC)


# --- answers -------------------------------------------------------------------------------------


def test_a_temporary_refusal_plans_it_again_a_minute_later(garage: MadeGarage, clock: MovableClock) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    with clock.at(MONDAY + timedelta(minutes=1)):
        send_due(FakeChannel([Refused("429", is_temporary=True)]).channels)
    row = only_row(garage)
    assert (row.state, row.due_at) == (State.PLANNED, MONDAY + timedelta(minutes=2))


def test_patience_ends_after_1_2_5_15_and_60_minutes(garage: MadeGarage, clock: MovableClock) -> None:
    channel = FakeChannel([Refused("429", is_temporary=True)])
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    tried_at = []
    for minute in range(200):
        before = len(channel.sent)
        with clock.at(MONDAY + timedelta(minutes=minute, seconds=30)):
            send_due(channel.channels)
        if len(channel.sent) > before:
            tried_at.append(minute)
    assert (tried_at, only_row(garage).state) == ([0, 1, 3, 8, 23, 83], State.FAILED)


def test_a_message_is_not_tried_again_once_it_is_of_no_use(garage: MadeGarage, clock: MovableClock) -> None:
    channel = FakeChannel([Refused("429", is_temporary=True)])
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    with clock.at(WEDNESDAY_NINE - timedelta(seconds=10)):
        send_due(channel.channels)
    assert only_row(garage).state == State.EXPIRED


def test_a_permanent_refusal_is_final(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel([Refused("21211", is_temporary=False)]).channels)
    row = only_row(garage)
    assert (row.state, row.reason) == (State.FAILED, "21211")


@pytest.mark.parametrize("answer", [Unknown("timeout"), ConnectionResetError("cut")])
def test_an_outcome_nobody_knows_is_never_sent_again(
    garage: MadeGarage, clock: MovableClock, answer: Unknown | Exception
) -> None:
    channel = FakeChannel([answer])
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(channel.channels)
    clock.advance(hours=1)
    send_due(channel.channels)
    assert (len(channel.sent), only_row(garage).state) == (1, State.UNKNOWN)


def test_one_message_that_we_cannot_write_does_not_stop_the_others(
    garage: MadeGarage, clock: MovableClock
) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    change_messages(garage, kind="nonsense")
    book(garage, WEDNESDAY_NINE + timedelta(hours=1), customer=replace(CAMILLE, phone=None))
    send_due(FakeChannel().channels)
    assert {row.channel: (row.state, row.reason) for row in list_rows(garage)} == {
        "sms": (State.PLANNED, "error"),
        "email": (State.ACCEPTED, ""),
    }


def test_a_message_that_we_can_never_write_fails_in_the_end(garage: MadeGarage, clock: MovableClock) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    change_messages(garage, kind="nonsense")
    for _ in range(6):
        clock.advance(minutes=61)
        send_due(FakeChannel().channels)
    assert only_row(garage).state == State.FAILED


def test_asked_to_stop_it_gives_back_what_it_has_not_begun(garage: MadeGarage) -> None:
    make_due_messages(garage, book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY), count=5)
    channel = FakeChannel()
    send_due(channel.channels, is_stopping=lambda: len(channel.sent) >= 2)
    states = sorted(row.state for row in list_rows(garage))
    assert states == [State.ACCEPTED] * 2 + [State.PLANNED] * 4
