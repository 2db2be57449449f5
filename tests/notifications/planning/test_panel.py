"""Why a channel is not used for a customer, on the visit's page at the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.customers.operations import CustomerDetails
from notifications.outbox.opt_outs import keep_opt_out
from notifications.planning.panel import load_panel
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    with app.app_context():
        return make_garage(garage={"locale": "en"})


def gaps(app: Flask, garage: MadeGarage, customer: CustomerDetails) -> list[str]:
    with app.app_context():
        appointment_id = book(garage, WEDNESDAY_NINE, customer=customer)
    with app.test_request_context("/?lang=en"), scoped_to(garage.id), reading() as session:
        return load_panel(session, garage.id, appointment_id).gaps


def test_a_customer_reached_on_both_channels_has_no_gap(app: Flask, garage: MadeGarage) -> None:
    assert gaps(app, garage, CAMILLE) == []


@pytest.mark.parametrize(
    ("customer", "said"),
    [
        (replace(CAMILLE, phone=None), "No text messages: no phone number is known."),
        (
            replace(CAMILLE, sms_consent=False),
            "No consent to text messages: only a change, and that the car is ready, is told by text.",
        ),
        (replace(CAMILLE, phone="+33472000000"), "No text messages: this is not a mobile number."),
        (
            replace(CAMILLE, phone="+447700900123"),
            "No text messages: this workshop sends none abroad (United Kingdom).",
        ),
        (
            replace(CAMILLE, phone="+80012345678"),
            "No text messages: this workshop sends none to the country of this number.",
        ),
        (replace(CAMILLE, email=None), "No e-mails: no address is known."),
    ],
)
def test_each_gap_has_its_true_reason(
    app: Flask, garage: MadeGarage, customer: CustomerDetails, said: str
) -> None:
    assert gaps(app, garage, customer) == [said]


def test_a_number_that_opted_out_is_said_to(app: Flask, garage: MadeGarage) -> None:
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        keep_opt_out(session, garage_id=garage.id, phone=CAMILLE.phone or "")
    assert gaps(app, garage, CAMILLE) == ["No text messages: the customer wants no more of them."]


def test_both_gaps_are_said(app: Flask, garage: MadeGarage) -> None:
    unreachable = replace(CAMILLE, phone="+33472000000", email=None)
    assert gaps(app, garage, unreachable) == [
        "No text messages: this is not a mobile number.",
        "No e-mails: no address is known.",
    ]
