"""A text that its reader may not be sent goes by e-mail, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.customers.models import Customer
from notifications.outbox.models import State
from notifications.outbox.opt_outs import keep_opt_out
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import FakeChannel, add_reminder, list_rows, only_row, set_quiet_hours
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
REMINDED_AT = WEDNESDAY_NINE - timedelta(hours=24)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    return make_garage()


def withdraw(garage: MadeGarage, **changes: object) -> None:
    """She takes her consent back, and perhaps more."""
    with scoped_to(garage.id), unit_of_work() as session:
        values = {"sms_consent_at": None, **changes}
        session.execute(update(Customer).where(Customer.garage_id == garage.id).values(values))


def remind(garage: MadeGarage, clock: MovableClock) -> FakeChannel:
    """Send what is due a day before the visit."""
    clock.move_to(REMINDED_AT)
    channel = FakeChannel()
    send_due(channel.channels)
    return channel


def book_and_confirm(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE)
    send_due(FakeChannel().channels)


def test_a_reminder_without_consent_leaves_by_email(garage: MadeGarage, clock: MovableClock) -> None:
    add_reminder(garage, hours_before=24)
    book_and_confirm(garage)
    withdraw(garage)
    [letter] = remind(garage, clock).sent
    assert letter.recipient == CAMILLE.email
    assert letter.marker in letter.text
    text, mail = (
        only_row(garage, kind="reminder", channel="sms"),
        only_row(garage, kind="reminder", channel="email"),
    )
    assert (text.state, text.reason) == (State.SUPPRESSED, "no_consent")
    assert (mail.state, mail.rule_key, mail.useful_until) == (
        State.ACCEPTED,
        text.rule_key,
        text.useful_until,
    )
    assert remind(garage, clock).sent == []


def test_a_reminder_to_who_wants_no_texts_leaves_by_email(garage: MadeGarage, clock: MovableClock) -> None:
    add_reminder(garage, hours_before=24)
    book_and_confirm(garage)
    assert CAMILLE.phone is not None
    with scoped_to(garage.id), unit_of_work() as session:
        keep_opt_out(session, garage_id=garage.id, phone=CAMILLE.phone)
    assert [letter.recipient for letter in remind(garage, clock).sent] == [CAMILLE.email]


def test_where_an_email_says_the_same_there_is_no_second(garage: MadeGarage, clock: MovableClock) -> None:
    add_reminder(garage, hours_before=24)
    add_reminder(garage, hours_before=24, channel="email")
    book(garage, WEDNESDAY_NINE)
    withdraw(garage)
    send_due(FakeChannel().channels)
    assert len(list_rows(garage, kind="confirmed", channel="email")) == 1
    assert [letter.recipient for letter in remind(garage, clock).sent] == [CAMILLE.email]


def test_without_an_address_nothing_takes_its_place(garage: MadeGarage, clock: MovableClock) -> None:
    add_reminder(garage, hours_before=24)
    book_and_confirm(garage)
    withdraw(garage, email=None)
    assert remind(garage, clock).sent == []
    assert only_row(garage, kind="reminder").state == State.SUPPRESSED


def test_the_email_heeds_quiet_hours_as_the_text_did(garage: MadeGarage, clock: MovableClock) -> None:
    add_reminder(garage, hours_before=24)
    book_and_confirm(garage)
    withdraw(garage)
    set_quiet_hours(garage, "08:30", "10:00")
    assert remind(garage, clock).sent == []
    mail = only_row(garage, kind="reminder", channel="email")
    assert (mail.state, mail.due_at) == (State.PLANNED, REMINDED_AT + timedelta(hours=1))
