"""A car that is known at two workshops of a garage: who is told when one of them changes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.calendar import get_version
from app.tenancy.queries import WorkshopView
from app.tenancy.scope import scoped_to
from booking.appointments.operations.book import book_appointment
from booking.appointments.requests import Actor, BookingRequest, VisitQuestion
from booking.customers.models import Customer
from booking.customers.operations import VehicleDetails
from booking.customers.queries import Seen
from calendars.feeds.jobs import export_feeds
from tests.factories.appointments import CAMILLE, PEUGEOT, book
from tests.factories.feeds import make_feed
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.workshops import add_workshop
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
RENAMED = replace(PEUGEOT, model="e-208")


@pytest.fixture
def here(app: Flask, clock: MovableClock) -> MadeGarage:
    """The garage at the workshop where the car was first."""
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage()
        book(made, MONDAY)
    return made


def book_at_desk(garage: MadeGarage, workshop: WorkshopView, vehicle: VehicleDetails) -> None:
    """The desk picks the known customer, and types this of the car."""
    with scoped_to(garage.id), unit_of_work() as session:
        known = session.scalars(select(Customer.id).where(Customer.garage_id == garage.id)).one()
        request = BookingRequest(
            visit=VisitQuestion(service_codes=("oil",), mode="wait"),
            arrives_at=MONDAY + timedelta(days=1),
            customer=replace(CAMILLE, seen=Seen(known)),
            vehicle=vehicle,
            source="desk",
        )
        book_appointment(session, workshop=workshop, request=request, actor=Actor("staff", None))


def versions(garage: MadeGarage, *workshops: WorkshopView) -> list[int]:
    with scoped_to(garage.id), reading() as session:
        return [get_version(session, garage.id, workshop.id) for workshop in workshops]


def raised(garage: MadeGarage, vehicle: VehicleDetails, *workshops: WorkshopView) -> list[int]:
    """Book ``vehicle`` at the first workshop; by how much each one's version rose."""
    before = versions(garage, *workshops)
    book_at_desk(garage, workshops[0], vehicle)
    return [after - old for after, old in zip(versions(garage, *workshops), before, strict=True)]


def test_a_renamed_car_reaches_the_feed_of_the_other_workshop_that_shows_it(
    app: Flask, client: CarefulClient, here: MadeGarage
) -> None:
    with app.app_context():
        feed = make_feed(here)
        there = add_workshop(here, "west")
        export_feeds()
    before = client.get(feed.path)
    assert "Peugeot 208" in before.text
    with app.app_context():
        book_at_desk(here, there, RENAMED)
    after = client.get(feed.path, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, "Peugeot e-208" in after.text) == (200, True)


def test_only_workshops_that_show_the_car_are_told(app_context: Flask, here: MadeGarage) -> None:
    there, elsewhere = add_workshop(here, "west"), add_workshop(here, "east")
    assert raised(here, RENAMED, there, here.workshop, elsewhere) == [1, 1, 0]


def test_a_car_that_stays_as_it_was_tells_nobody_else(app_context: Flask, here: MadeGarage) -> None:
    there = add_workshop(here, "west")
    assert raised(here, PEUGEOT, there, here.workshop) == [1, 0]


def test_another_garage_is_never_told(app_context: Flask, here: MadeGarage) -> None:
    foreign = make_garage(slug="other")
    book(foreign, MONDAY)
    before = versions(foreign, foreign.workshop)
    assert raised(here, RENAMED, here.workshop) == [1]
    assert versions(foreign, foreign.workshop) == before
