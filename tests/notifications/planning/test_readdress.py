"""A customer's planned messages follow them to another number, and stop where there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.operations.change_customer import change_customer
from booking.customers.models import Customer
from booking.customers.operations import CustomerDetails
from notifications.channels.sandbox import SandboxChannel
from notifications.outbox.models import State
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.customers import rows_of
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder, list_rows
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
NEW = "+33639981499"
NOT_LEFT = {State.PLANNED, State.CLAIMED}


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY - timedelta(days=5))
    made = make_garage()
    add_reminder(made, hours_before=24)
    book(made, MONDAY)
    send_due({"sms": SandboxChannel(), "email": SandboxChannel()})
    return made


def change(garage: MadeGarage, details: CustomerDetails) -> None:
    (row,) = rows_of(garage, Customer)
    with scoped_to(garage.id), unit_of_work() as session:
        change_customer(
            session,
            garage_id=garage.id,
            customer_id=row.id,
            details=details,
            version=row.version,
            user_id=None,
        )


def planned(garage: MadeGarage) -> list[tuple[str, str, datetime]]:
    rows = [row for row in list_rows(garage) if row.state in NOT_LEFT]
    return [(row.kind, row.recipient, row.due_at) for row in rows]


def test_a_reminder_goes_to_the_new_number_once_at_its_time_and_back(garage: MadeGarage) -> None:
    due_at = MONDAY - timedelta(days=1)
    assert planned(garage) == [("reminder", CAMILLE.phone, due_at)]
    change(garage, replace(CAMILLE, phone=NEW))
    assert planned(garage) == [("reminder", NEW, due_at)]
    change(garage, CAMILLE)
    assert planned(garage) == [("reminder", CAMILLE.phone, due_at)]


def test_what_was_sent_is_not_sent_again(garage: MadeGarage) -> None:
    sent = [row.id for row in list_rows(garage) if row.state == State.ACCEPTED]
    assert len(sent) == 2
    change(garage, replace(CAMILLE, phone=NEW, email="new@perrot.example"))
    assert [row.id for row in list_rows(garage) if row.kind == "confirmed"] == sent


def test_without_a_number_or_a_consent_the_reminder_goes_by_e_mail_and_comes_back(
    garage: MadeGarage,
) -> None:
    due_at = MONDAY - timedelta(days=1)
    change(garage, replace(CAMILLE, phone=None, sms_consent=False))
    assert planned(garage) == [("reminder", CAMILLE.email, due_at)]
    change(garage, replace(CAMILLE, phone=None, email=None, sms_consent=False))
    assert planned(garage) == []
    change(garage, CAMILLE)
    assert planned(garage) == [("reminder", CAMILLE.phone, due_at)]
    change(garage, replace(CAMILLE, sms_consent=False))
    assert planned(garage) == [("reminder", CAMILLE.email, due_at)]


def test_a_confirmation_that_has_not_left_yet_follows_too(garage: MadeGarage) -> None:
    book(garage, MONDAY + timedelta(hours=2), source="desk")
    waiting = {row[:2] for row in planned(garage) if row[0] == "confirmed"}
    assert waiting == {("confirmed", CAMILLE.phone), ("confirmed", CAMILLE.email)}
    change(garage, replace(CAMILLE, phone=NEW))
    waiting = {row[:2] for row in planned(garage) if row[0] == "confirmed"}
    assert waiting == {("confirmed", NEW), ("confirmed", CAMILLE.email)}


def test_another_name_moves_no_message(garage: MadeGarage) -> None:
    before = [(row.id, row.state) for row in list_rows(garage)]
    change(garage, replace(CAMILLE, name="Camille Roy"))
    assert [(row.id, row.state) for row in list_rows(garage)] == before
