"""Where messages are seen: the development phone, and what readyz says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask

from booking.customers.operations import VehicleDetails
from notifications.channels.sandbox import SandboxChannel
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder, make_due_messages, short_token
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
SANDBOX = {"sms": SandboxChannel(), "email": SandboxChannel()}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    with app.app_context():
        return make_garage()


def book_and_send(app: Flask, garage: MadeGarage, **changes: object) -> int:
    with app.app_context():
        appointment_id = book(garage, WEDNESDAY_NINE, **changes)
        send_due(SANDBOX)
    return appointment_id


# --- the development phone -----------------------------------------------------------------------


def test_the_phone_shows_the_text_with_its_link(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    book_and_send(app, garage, customer=BY_SMS_ONLY)
    page = unescape(client.get("/dev/phone").text)
    with app.app_context():
        address = f"http://127.0.0.1:8000/r/{short_token(garage)}"
    assert f'Workshop martin. Voir ou changer : <a href="{address}">{address}</a>' in page


def test_an_e_mail_lies_beside_the_phone(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    book_and_send(app, garage, customer=replace(CAMILLE, phone=None))
    page = client.get("/dev/phone").text
    assert "C’est réservé" in page
    assert 'class="bubble"' not in page


def test_what_is_only_planned_is_not_on_the_phone(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        book(garage, WEDNESDAY_NINE)
    assert 'class="bubble"' not in client.get("/dev/phone").text


def test_the_phone_shows_one_garage_at_a_time(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    with app.app_context():
        other = make_garage(slug="other")
    book_and_send(app, other)
    assert 'class="bubble"' not in client.get("/dev/phone?garage=martin").text
    assert 'class="bubble"' in client.get("/dev/phone?garage=other").text


def test_the_phone_of_an_unknown_garage_is_not_there(client: CarefulClient, garage: MadeGarage) -> None:
    assert client.get("/dev/phone?garage=nobody").status_code == 404


def test_the_phone_of_an_empty_installation_answers(client: CarefulClient) -> None:
    assert client.get("/dev/phone").status_code == 200


def test_a_message_cannot_bring_its_own_markup(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    book_and_send(app, garage, vehicle=VehicleDetails(make="&lt;b&gt;Peugeot", model="208"))
    assert "&amp;lt;b&amp;gt;Peugeot" in client.get("/dev/phone").text


@pytest.mark.parametrize(
    "changes",
    [
        {"env": "production", "public_url": "https://book.example", "clock_offset_file": ""},
        {
            "twilio_account_sid": "AC1",
            "twilio_auth_token": "x",
            "twilio_from": "+15005550006",
            "smtp_url": "smtp://127.0.0.1:1",
            "mail_from": "sender@garagenda.example",
        },
    ],
)
def test_the_phone_does_not_exist_in_production_nor_beside_real_providers(
    database: Database, changes: dict[str, str]
) -> None:
    client = database.another_app(**changes).test_client()
    assert client.get("/dev/phone").status_code == 404


def test_the_phone_takes_the_same_statements_for_one_message_and_for_many(
    app: Flask, client: CarefulClient, garage: MadeGarage, database: Database
) -> None:
    appointment_id = book_and_send(app, garage)
    with count_statements(database.engine) as few:
        client.get("/dev/phone")
    with app.app_context():
        make_due_messages(garage, appointment_id, count=30)
        send_due(SANDBOX)
    with count_statements(database.engine) as many:
        client.get("/dev/phone")
    assert many.count == few.count, many


# --- readyz --------------------------------------------------------------------------------------


def test_readyz_says_for_how_long_the_oldest_message_has_been_due(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    with app.app_context(), clock.at(MONDAY):
        book(garage, WEDNESDAY_NINE)
    with clock.at(MONDAY + timedelta(minutes=2)):
        assert client.get("/readyz").get_json()["messages_overdue_seconds"] == 120


def test_readyz_is_at_ease_when_nothing_is_due(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    book_and_send(app, garage)
    assert client.get("/readyz").get_json()["messages_overdue_seconds"] == 0


def test_the_reminder_that_waits_for_its_day_is_not_overdue(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        add_reminder(garage, hours_before=24)
    book_and_send(app, garage)
    assert client.get("/readyz").get_json()["messages_overdue_seconds"] == 0
