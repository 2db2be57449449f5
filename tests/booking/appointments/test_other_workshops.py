"""What the desk of one workshop changes of a customer or a car is news to the others that expect them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.calendar import get_version
from app.tenancy.queries import WorkshopView
from app.tenancy.scope import scoped_to
from booking.appointments.operations.answer_once import Call, book_once
from booking.appointments.requests import Actor, BookingRequest, VisitQuestion
from booking.customers.models import Customer
from booking.customers.operations import CustomerDetails, VehicleDetails
from booking.customers.queries import Seen
from calendars.feeds.jobs import export_feeds
from tests.factories.appointments import CAMILLE, PEUGEOT, book
from tests.factories.feeds import make_feed
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.workshops import add_workshop
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
OTHER_CAR = VehicleDetails(plate="BB222BB", country="FR", make="Fiat", model="500")
STAFF = Actor("staff")


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        return make_garage()


@pytest.fixture
def elsewhere(app: Flask, garage: MadeGarage) -> WorkshopView:
    with app.app_context():
        return add_workshop(garage, "ouest")


def versions(garage: MadeGarage, *workshops: WorkshopView) -> list[int]:
    with scoped_to(garage.id), reading() as session:
        return [get_version(session, garage.id, workshop.id) for workshop in workshops]


def book_at_desk(
    garage: MadeGarage,
    workshop: WorkshopView,
    *,
    at: datetime = MONDAY,
    vehicle: VehicleDetails = PEUGEOT,
    **changes: Any,
) -> None:
    """The desk picks the garage's first customer and books with these changes."""
    with scoped_to(garage.id), unit_of_work() as session:
        number = session.scalars(select(Customer.id).where(Customer.garage_id == garage.id)).first()
        customer: CustomerDetails = replace(CAMILLE, seen=Seen(number or 0), **changes)
        request = BookingRequest(
            visit=VisitQuestion(service_codes=("oil",), mode="wait", online=False),
            arrives_at=at,
            customer=customer,
            vehicle=vehicle,
            source="desk",
        )
        call = Call(caller="desk:1", key=at.isoformat(), body_hash="h")
        book_once(
            session, workshop=workshop, request=request, actor=STAFF, call=call, describe=lambda _made: {}
        )


@pytest.mark.parametrize(
    ("changes", "raised"),
    [
        ({"phone": "+33639980099"}, 1),
        ({"vehicle": replace(PEUGEOT, model="308")}, 1),
        ({"sms_consent": False}, 1),
        ({"vehicle": OTHER_CAR}, 0),
        ({}, 0),
    ],
    ids=["another number", "another model", "no more texts", "another car", "nothing new"],
)
def test_the_workshop_that_expects_them_is_told_what_it_shows(
    app: Flask, garage: MadeGarage, elsewhere: WorkshopView, changes: dict[str, Any], raised: int
) -> None:
    with app.app_context():
        book(garage, MONDAY)
        here, there = versions(garage, garage.workshop, elsewhere)
        book_at_desk(garage, elsewhere, **changes)
        assert versions(garage, garage.workshop, elsewhere) == [here + raised, there + 1]


def test_a_workshop_that_expects_another_car_of_theirs_is_left_alone(
    app: Flask, garage: MadeGarage, elsewhere: WorkshopView
) -> None:
    with app.app_context():
        book(garage, MONDAY, vehicle=OTHER_CAR)
        book_at_desk(garage, elsewhere)
        before = versions(garage, garage.workshop)
        book_at_desk(garage, elsewhere, at=MONDAY + timedelta(hours=2), vehicle=replace(PEUGEOT, model="308"))
        assert versions(garage, garage.workshop) == before


def test_a_workshop_whose_visit_is_long_over_is_left_alone(
    app: Flask, garage: MadeGarage, elsewhere: WorkshopView, clock: MovableClock
) -> None:
    later = timedelta(weeks=9)
    with app.app_context():
        book(garage, MONDAY)
        clock.move_to(MONDAY - timedelta(hours=1) + later)
        before = versions(garage, garage.workshop)
        book_at_desk(garage, elsewhere, at=MONDAY + later, phone="+33639980099")
        assert versions(garage, garage.workshop) == before


def test_its_feed_tells_the_new_model_and_number(
    client: CarefulClient, app: Flask, garage: MadeGarage, elsewhere: WorkshopView
) -> None:
    with app.app_context():
        book(garage, MONDAY)
        feed = make_feed(garage, privacy="full")
        export_feeds()
    before = client.get(feed.path)
    with app.app_context():
        book_at_desk(garage, elsewhere, phone="+33639980099", vehicle=replace(PEUGEOT, model="308"))
    after = client.get(feed.path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "308" in after.text
    assert "+33639980099" in after.text
