"""Past messages of a garage whose history was loaded: sent at their time, or expired."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from notifications.outbox.models import State
from notifications.outbox.settle import settle_past_messages
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder, change_messages, list_rows, only_row
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    return make_garage()


def settle(garage: MadeGarage, until: datetime) -> int:
    with scoped_to(garage.id), unit_of_work() as session:
        return settle_past_messages(session, garage.id, until)


def test_what_was_due_counts_as_sent_at_its_time(garage: MadeGarage, clock: MovableClock) -> None:
    with clock.at(MONDAY):
        book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    settle(garage, MONDAY + timedelta(days=7))
    row = only_row(garage)
    assert (row.state, row.sent_at, row.provider_id) == (State.ACCEPTED, MONDAY, f"sandbox-{row.id}")


def test_what_was_sent_has_its_text(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    settle(garage, MONDAY + timedelta(days=7))
    assert only_row(garage).body.startswith("Bonjour Camille, c'est réservé")


def test_what_is_due_later_stays_planned(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=24)
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    settle(garage, MONDAY + timedelta(hours=1))
    assert only_row(garage, kind="reminder").state == State.PLANNED


def test_what_was_of_no_more_use_when_due_expires(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    change_messages(garage, useful_until=MONDAY - timedelta(hours=1))
    settle(garage, MONDAY + timedelta(days=7))
    assert (only_row(garage).state, only_row(garage).reason) == (State.EXPIRED, "too_late")


def test_only_the_garage_named_is_settled(garage: MadeGarage) -> None:
    other = make_garage(slug="other")
    for each in (garage, other):
        book(each, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    settle(garage, MONDAY + timedelta(days=7))
    assert only_row(other).state == State.PLANNED


def test_it_says_how_many_count_as_sent(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE)
    assert settle(garage, MONDAY + timedelta(days=7)) == len(list_rows(garage)) == 2
