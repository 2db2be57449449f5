"""Booking through the API: what a good call gets, and what a slot that is gone answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment
from booking.customers.models import Customer, Vehicle
from booking.customers.operations import CustomerDetails
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.support.api import booking, post_booking, wrong_fields
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MORNING = datetime(2026, 12, 2, 7, tzinfo=UTC)

MOST_STATEMENTS, MOST_ONCE_KNOWN = 25, 21
"""Of a booking: the first of a process, and every other, which knows the set-up."""
"""Of a booking by a new customer, with history, messages and the answer that is kept."""


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 7, tzinfo=UTC))
    with app.app_context():
        return make_garage(services=[{}, {"code": "mot", "modes": ["wait"], "minutes": 60}])


def stored(app: Flask, garage: MadeGarage, model: Any) -> Any:
    """The garage's only row of ``model``."""
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return session.scalars(select(model).where(model.garage_id == garage.id)).one()


def alternatives(response: Any) -> list[str]:
    assert response.status_code == 409, response.text
    assert response.json["code"] == "slot_taken"
    return [slot["arrives_at"] for slot in response.json["alternatives"]]


def test_a_booking_is_answered_with_all_its_holder_needs(client: CarefulClient, garage: MadeGarage) -> None:
    response = post_booking(client, booking())
    answer = response.json
    assert response.status_code == 201
    assert answer is not None
    token = answer.pop("manage_token")
    assert len(answer.pop("reference")) == 6
    assert answer == {
        "status": "confirmed",
        "arrives_at": "2026-12-02T08:00:00+01:00",
        "ready_at": "2026-12-02T08:45:00+01:00",
        "manage_url": f"http://127.0.0.1:8000/a/{token}",
        "ics_url": f"http://127.0.0.1:8000/a/{token}.ics",
    }


def test_the_location_leads_to_the_appointment(client: CarefulClient, garage: MadeGarage) -> None:
    response = post_booking(client, booking())
    shown = client.get(response.headers["Location"]).json
    assert response.json is not None
    assert shown is not None
    assert shown["reference"] == response.json["reference"]


def test_the_arrival_may_be_written_in_any_zone(client: CarefulClient, garage: MadeGarage) -> None:
    response = post_booking(client, booking(arrives_at="2026-12-02T12:30:00+05:30"))
    assert response.json is not None
    assert response.json["arrives_at"] == "2026-12-02T08:00:00+01:00"


def test_an_approving_workshop_answers_requested(
    app: Flask, client: CarefulClient, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 1, 7, tzinfo=UTC))
    with app.app_context():
        make_garage(rules={"approval": True})
    response = post_booking(client, booking())
    assert response.json is not None
    assert response.json["status"] == "requested"


def test_what_was_typed_is_stored_tidily(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    body = booking(
        customer__name="  Zoé   Martin ",
        customer__phone="06 12 34 56 78",
        customer__email="Zoe@Example.org",
        customer__locale="en",
        customer__sms_consent=True,
        vehicle__plate="ga-482-qt",
        vehicle__energy="diesel",
        notes="Knocks.\nLoudly.",
    )
    assert post_booking(client, body).status_code == 201
    customer, vehicle, row = (stored(app, garage, model) for model in (Customer, Vehicle, Appointment))
    assert (customer.name, customer.phone, customer.email) == (
        "Zoé Martin",
        "+33612345678",
        "zoe@example.org",
    )
    assert (customer.locale, customer.sms_consent_at is not None) == ("en", True)
    assert (vehicle.plate, vehicle.plate_country) == ("GA482QT", "FR")
    assert (row.source, row.energy, row.vehicle_class) == ("api", "diesel", "city")
    assert row.notes == "Knocks.\nLoudly."


@pytest.mark.parametrize(("headers", "locale"), [({}, "fr"), ({"Accept-Language": "en"}, "en")])
def test_without_a_locale_the_customer_gets_the_callers(
    app: Flask, client: CarefulClient, garage: MadeGarage, headers: dict[str, str], locale: str
) -> None:
    path = "/api/v1/garages/martin/workshops/lyon/appointments"
    client.post(path, json=booking(), headers={"Idempotency-Key": "k" * 16} | headers)
    assert stored(app, garage, Customer).locale == locale


def test_an_e_mail_address_alone_is_enough(client: CarefulClient, garage: MadeGarage) -> None:
    body = booking(customer__phone=None, customer__email="camille@perrot.example")
    del body["vehicle"]
    assert post_booking(client, body).status_code == 201


def test_a_service_named_twice_counts_once(client: CarefulClient, garage: MadeGarage) -> None:
    response = post_booking(client, booking(services=["oil", "oil"]))
    assert response.json is not None
    assert response.json["ready_at"] == "2026-12-02T08:45:00+01:00"


def test_a_slot_that_is_gone_answers_the_nearest_three(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        book(garage, datetime(2026, 12, 2, 9, tzinfo=UTC))
    found = alternatives(post_booking(client, booking(arrives_at="2026-12-02T10:00:00+01:00")))
    assert found == ["2026-12-02T08:30:00+01:00", "2026-12-02T09:00:00+01:00", "2026-12-02T11:00:00+01:00"]


def test_of_two_equally_near_the_earlier_is_taken(client: CarefulClient, garage: MadeGarage) -> None:
    found = alternatives(post_booking(client, booking(arrives_at="2026-12-02T10:15:00+01:00")))
    assert found == ["2026-12-02T09:30:00+01:00", "2026-12-02T10:00:00+01:00", "2026-12-02T10:30:00+01:00"]


@pytest.mark.parametrize(
    "arrives_at",
    [
        "2026-12-02T07:00:00+01:00",
        "2026-12-02T08:07:00+01:00",
        "2026-12-02T08:00:01+01:00",
        "2026-12-02T08:00:00.5+01:00",
        "2026-12-06T08:00:00+01:00",
        "2026-11-30T08:00:00+01:00",
        "2026-12-01T07:30:00+01:00",
    ],
)
def test_a_time_near_by_that_is_not_offered_has_alternatives(
    client: CarefulClient, garage: MadeGarage, arrives_at: str
) -> None:
    assert len(alternatives(post_booking(client, booking(arrives_at=arrives_at)))) == 3


@pytest.mark.parametrize(
    "arrives_at",
    [
        "0001-01-01T00:00:00+14:00",
        "1970-01-01T00:00:00Z",
        "2099-01-01T08:00:00Z",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_a_time_far_away_has_none(client: CarefulClient, garage: MadeGarage, arrives_at: str) -> None:
    assert alternatives(post_booking(client, booking(arrives_at=arrives_at))) == []


def test_alternatives_are_for_the_same_question(client: CarefulClient, garage: MadeGarage) -> None:
    body = booking(services=["oil", "mot"], arrives_at="2026-12-02T11:00:00+01:00")
    found = alternatives(post_booking(client, body))
    assert found == ["2026-12-02T09:00:00+01:00", "2026-12-02T09:30:00+01:00", "2026-12-02T10:00:00+01:00"]


def test_alternatives_reach_fourteen_days(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    found = alternatives(post_booking(client, booking(arrives_at="2026-11-17T08:00:00+01:00")))
    assert found[0] == "2026-12-01T08:30:00+01:00"
    assert alternatives(post_booking(client, booking(arrives_at="2026-11-16T08:00:00+01:00"))) == []


def test_a_wrong_question_about_a_far_time_is_still_wrong(client: CarefulClient, garage: MadeGarage) -> None:
    body = booking(services=["ship"], arrives_at="9999-12-31T23:59:59Z")
    assert list(wrong_fields(post_booking(client, body))) == ["services"]


def test_a_booking_costs_the_same_statements_on_an_empty_and_a_busy_day(
    app: Flask, client: CarefulClient, garage: MadeGarage, database: Database
) -> None:
    with count_statements(database.engine) as empty:
        first = post_booking(client, booking(arrives_at="2026-12-02T16:00:00+01:00"), key="x" * 16)
    with app.app_context():
        for number in range(6):
            named = CustomerDetails(name=f"No {number}", phone=None, email="no@x.example", locale="en")
            book(garage, MORNING + timedelta(hours=number % 3, days=number // 3), customer=named)
    body = booking(arrives_at="2026-12-02T15:00:00+01:00", customer__name="Zoé Martin")
    with count_statements(database.engine) as busy:
        second = post_booking(client, body, key="y" * 16)
    assert (first.status_code, second.status_code) == (201, 201)
    assert busy.count <= MOST_ONCE_KNOWN, busy
    assert busy.count <= empty.count <= MOST_STATEMENTS, (empty, busy)
