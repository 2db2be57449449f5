"""The messages of an appointment, on its page at the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from notifications.channels.sandbox import SandboxChannel
from notifications.outbox.models import State
from notifications.outbox.panel import PanelLine, load_messages_panel
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder, change_messages, short_token
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
SANDBOX = {"sms": SandboxChannel(), "email": SandboxChannel()}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    with app.app_context():
        return make_garage(garage={"locale": "en"})


@pytest.fixture
def appointment_id(app: Flask, garage: MadeGarage) -> int:
    """An appointment whose confirmation is sent and whose reminder is planned."""
    with app.app_context():
        add_reminder(garage, hours_before=24)
        booked = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
        send_due(SANDBOX)
    return booked


def panel(app: Flask, garage: MadeGarage, appointment_id: int) -> list[PanelLine]:
    with app.test_request_context(), scoped_to(garage.id), reading() as session:
        return load_messages_panel(session, garage.id, appointment_id)


def test_it_lists_an_appointments_messages_by_their_time(
    app: Flask, garage: MadeGarage, appointment_id: int
) -> None:
    lines = panel(app, garage, appointment_id)
    assert [(line.what, line.channel, line.state) for line in lines] == [
        ("Confirmation", "SMS", "sent"),
        ("Reminder", "SMS", "planned"),
    ]


def test_it_says_why_a_message_was_not_sent(app: Flask, garage: MadeGarage, appointment_id: int) -> None:
    with app.app_context():
        change_messages(garage, state=State.SUPPRESSED, reason="no_consent")
    line = panel(app, garage, appointment_id)[0]
    assert (line.state, line.reason) == ("not sent", "no consent to text messages")


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_word(app: Flask, garage: MadeGarage, appointment_id: int, state: State) -> None:
    with app.app_context():
        change_messages(garage, state=state)
    assert panel(app, garage, appointment_id)[0].state


def test_another_garage_sees_nothing_of_it(app: Flask, garage: MadeGarage, appointment_id: int) -> None:
    with app.app_context():
        other = make_garage(slug="other")
    assert panel(app, other, appointment_id) == []


def test_the_desk_reads_the_text_that_was_sent(
    app: Flask, client: CarefulClient, garage: MadeGarage, appointment_id: int
) -> None:
    with app.app_context():
        make_member(garage, "desk@martin.example", Role.RECEPTIONIST)
    page = signed_in(client, "desk@martin.example").get(f"/desk/lyon/appointments/{appointment_id}").text
    assert 'Workshop martin. Voir ou changer : <span class="nowrap">http' in unescape(page)


@pytest.mark.parametrize("role", ["technician", "receptionist", "owner"])
def test_nobody_at_the_desk_gets_the_link_that_acts_as_the_customer(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock, appointment_id: int, role: str
) -> None:
    with app.app_context():
        make_member(garage, f"{role}@martin.example", Role(role))
        token = short_token(garage, kind="confirmed")
    clock.move_to(WEDNESDAY_NINE - timedelta(hours=1))  # a technician sees the contacts of today's jobs
    page = signed_in(client, f"{role}@martin.example").get(f"/desk/lyon/appointments/{appointment_id}").text
    assert "/r/…" in page
    assert token not in page
