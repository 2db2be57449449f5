"""What a customer is told of a request: received, granted, declined, or not answered in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.jobs import expire_requests
from booking.appointments.life_cycle import Status
from booking.appointments.queries import get_appointment_view
from notifications.outbox.models import State
from notifications.outbox.sending import send_due
from notifications.planning.preview import load_step_notices
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import FakeChannel, add_reminder, list_rows, only_row
from tests.factories.moves import undo_last
from tests.factories.steps import decline, step
from tests.support.clock import MovableClock

TUESDAY = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
IN_ENGLISH = replace(BY_SMS_ONLY, locale="en")


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(TUESDAY)
    return make_garage(rules={"approval": True})


def send(clock: MovableClock) -> list[str]:
    """The texts that leave within the next minute."""
    clock.advance(seconds=60)
    channel = FakeChannel()
    send_due(channel.channels)
    return [message.text.partition(" http")[0] for message in channel.sent]


def test_a_request_is_received_and_nothing_is_promised(garage: MadeGarage, clock: MovableClock) -> None:
    add_reminder(garage, hours_before=24)
    book(garage, MONDAY, customer=BY_SMS_ONLY)
    assert [row.kind for row in list_rows(garage)] == ["received"]


def test_an_accepted_request_is_confirmed_and_reminded_of(garage: MadeGarage, clock: MovableClock) -> None:
    add_reminder(garage, hours_before=24)
    number = book(garage, MONDAY, customer=IN_ENGLISH)
    send(clock)
    step(garage, number, Status.CONFIRMED)
    assert [row.kind for row in list_rows(garage, state=State.PLANNED)] == ["confirmed", "reminder"]
    assert send(clock) == [
        "Hello Camille, you're booked in: your GA-482-QT, Mon 7 Dec at 8:00, Workshop martin. See or change:"
    ]


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        (
            "en",
            "Hello Camille, Workshop martin cannot take your request for Mon 7 Dec at 8:00. Another time:",
        ),
        ("fr", "Bonjour Camille, Workshop martin ne peut pas vous prendre lun. 7 déc. à 8 h. Autre date :"),
    ],
)
def test_a_declined_request_is_told_thirty_seconds_later(
    garage: MadeGarage, clock: MovableClock, locale: str, text: str
) -> None:
    number = book(garage, MONDAY, customer=replace(BY_SMS_ONLY, locale=locale))
    send(clock)
    decline(garage, number, reason="Full")
    row = only_row(garage, kind="declined")
    assert timedelta(seconds=29) < row.due_at - clock.now() <= timedelta(seconds=30)
    assert send(clock) == [text]


def test_a_declined_request_is_told_without_consent_to_texts(garage: MadeGarage) -> None:
    number = book(garage, MONDAY, customer=replace(BY_SMS_ONLY, sms_consent=False))
    decline(garage, number)
    assert only_row(garage).kind == "declined"


def test_declining_that_is_undone_tells_nothing(garage: MadeGarage, clock: MovableClock) -> None:
    number = book(garage, MONDAY, customer=BY_SMS_ONLY)
    send(clock)
    decline(garage, number)
    undo_last(garage, number)
    assert send(clock) == []


def test_a_request_that_expired_is_told_once(garage: MadeGarage, clock: MovableClock) -> None:
    book(garage, MONDAY, customer=IN_ENGLISH)
    send(clock)
    clock.advance(hours=24)
    expire_requests()
    expire_requests()
    assert send(clock) == [
        "Hello Camille, sorry: Workshop martin has not answered for Mon 7 Dec at 8:00 in time. Try again:"
    ]
    assert send(clock) == []


def test_a_request_that_expires_at_its_arrival_is_still_told(garage: MadeGarage, clock: MovableClock) -> None:
    clock.move_to(MONDAY - timedelta(hours=1))
    book(garage, MONDAY, customer=IN_ENGLISH)
    send(clock)
    clock.move_to(MONDAY)
    expire_requests()
    assert len(send(clock)) == 1


def test_what_a_decision_would_tell_is_shown_before_it_is_made(app: Flask, garage: MadeGarage) -> None:
    number = book(garage, MONDAY, customer=IN_ENGLISH)
    with app.test_request_context("/?lang=en"), scoped_to(garage.id), reading() as session:
        view = get_appointment_view(session, garage.id, number)
        shown = load_step_notices(session, garage.workshop, view, steps=["confirmed", "declined"])
    starts = {step: notice.previews[0].text.partition("http")[0] for step, notice in shown.items()}
    assert "you're booked in" in starts["confirmed"]
    assert "cannot take your request" in starts["declined"]
