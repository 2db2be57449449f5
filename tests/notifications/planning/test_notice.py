"""What the customer's own page says was sent: true to the messages that were planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.customers.operations import CustomerDetails
from notifications.outbox.models import State
from notifications.outbox.opt_outs import keep_opt_out
from tests.factories.appointments import CAMILLE, book, manage_token
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder, change_messages
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import text_of

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
KEEP = "Keep the address of this page: it opens your appointment."


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """A garage in Lyon that texts to French numbers."""
    clock.move_to(MONDAY)
    with app.app_context():
        return make_garage()


class Said:
    """The words of the page after a booking."""

    def __init__(self, app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
        self._app, self._client, self._garage = app, client, garage
        self._page = ""

    def book(self, customer: CustomerDetails) -> str:
        with self._app.app_context():
            token = manage_token(self._garage, book(self._garage, WEDNESDAY_NINE, customer=customer))
        self._page = f"/a/{token}"
        return self.again(booked=True)

    def again(self, *, booked: bool = False) -> str:
        return text_of(self._client.get(f"{self._page}?lang=en{'&booked=1' if booked else ''}"))


@pytest.fixture
def said(app: Flask, client: CarefulClient, garage: MadeGarage) -> Said:
    return Said(app, client, garage)


def test_a_booking_names_the_number_and_the_address_that_word_goes_to(said: Said) -> None:
    words = said.book(CAMILLE)
    assert "A text is on its way to 06 39 98 14 27." in words
    assert "An e-mail is on its way to camille@perrot.example." in words
    assert KEEP not in words


def test_what_has_gone_out_was_sent(app: Flask, said: Said, garage: MadeGarage) -> None:
    said.book(BY_SMS_ONLY)
    with app.app_context():
        change_messages(garage, state=State.DELIVERED)
    assert "We have sent a text to 06 39 98 14 27." in said.again()


def test_a_text_that_failed_is_not_called_sent(app: Flask, said: Said, garage: MadeGarage) -> None:
    said.book(BY_SMS_ONLY)
    with app.app_context():
        change_messages(garage, state=State.FAILED)
    words = said.again()
    assert "Our text to 06 39 98 14 27 did not get through." in words
    assert KEEP in words


@pytest.mark.parametrize(
    ("phone", "why"),
    [
        ("+447700900123", "This workshop sends no texts to numbers of your country."),
        ("+33472000000", "Texts go to mobile numbers only, and yours is none."),
    ],
)
def test_no_text_is_promised_where_none_is_planned(said: Said, phone: str, why: str) -> None:
    words = said.book(replace(BY_SMS_ONLY, phone=phone))
    assert why in words
    assert KEEP in words
    assert "on its way" not in words


def test_beside_an_e_mail_it_still_says_why_no_text_comes(said: Said) -> None:
    words = said.book(replace(CAMILLE, phone="+447700900123"))
    assert "An e-mail is on its way to camille@perrot.example." in words
    assert "This workshop sends no texts to numbers of your country." in words
    assert KEEP not in words


def test_who_asked_for_no_texts_is_not_told_of_any(said: Said) -> None:
    words = said.book(replace(BY_SMS_ONLY, sms_consent=False))
    assert KEEP in words
    assert "text" not in words


def test_a_number_that_opted_out_is_reminded_of_it(app: Flask, said: Said, garage: MadeGarage) -> None:
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        keep_opt_out(session, garage_id=garage.id, phone=CAMILLE.phone or "")
    assert "You asked for no more texts, so none is sent." in said.book(BY_SMS_ONLY)


def test_a_planned_reminder_is_no_confirmation(app: Flask, said: Said, garage: MadeGarage) -> None:
    with app.app_context():
        add_reminder(garage, channel="email", hours_before=24)
    said.book(replace(CAMILLE, phone=None))
    with app.app_context():
        change_messages(garage, state=State.CANCELLED)
    assert "on its way" not in said.again()
