"""Reading a day, and recognising a caller, costs what is found there, not what the garage has seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.queries import find_last_visits, list_day
from booking.customers.models import Customer, Vehicle
from booking.customers.queries import list_known
from tests.factories.busy import fill_calendar
from tests.factories.garages import MadeGarage, make_garage
from tests.support.databases import Database
from tests.support.plans import work_of

NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)
MANY = 4000


@pytest.fixture
def garage(app_context: Flask) -> MadeGarage:
    return make_garage()


def add_people(garage: MadeGarage, count: int) -> None:
    """So many customers, each with a car: ``AA0007`` has the number that ends in 0007."""
    same = {"garage_id": garage.id, "created_at": NOON, "version": 1}
    people = [
        same | {"name": f"No {number}", "phone": f"+33639{number:06}", "locale": "fr"}
        for number in range(count)
    ]
    with scoped_to(garage.id), unit_of_work() as session:
        ids = session.scalars(insert(Customer).returning(Customer.id, sort_by_parameter_order=True), people)
        cars = [
            same
            | {"customer_id": customer_id, "plate": f"AA{number:04}"}
            | dict.fromkeys(("plate_country", "make", "model"), "")
            for number, customer_id in enumerate(ids.all())
        ]
        session.execute(insert(Vehicle), cars)


@pytest.mark.parametrize(
    ("plate", "phone", "found"),
    [
        ("AA0007", None, ["AA0007"]),
        ("", "+33639000009", ["AA0009"]),
        ("AA0007", "+33639000007", ["AA0007"]),
        ("AA0007", "+33639000009", ["AA0007", "AA0009"]),
        ("ZZ0000", "+33639999999", []),
    ],
)
def test_a_caller_is_recognised_without_reading_through_the_garage(
    garage: MadeGarage, database: Database, plate: str, phone: str | None, found: list[str]
) -> None:
    add_people(garage, MANY)
    seen: list[str] = []

    def look() -> None:
        with scoped_to(garage.id), reading() as session:
            known = list_known(session, garage.id, plate=plate, phone=phone)
            find_last_visits(session, garage.id, [car.vehicle.id for car in known if car.vehicle])
        seen[:] = [car.vehicle.plate for car in known if car.vehicle]

    assert work_of(database.engine, look) < MANY / 4
    assert seen == found


def test_a_day_is_read_without_reading_through_the_others(garage: MadeGarage, database: Database) -> None:
    fill_calendar(garage, MANY, first_at=NOON - timedelta(days=42))
    a_fraction = MANY * (4 if database.kind == "sqlite" else 2)
    assert work_of(database.engine, look_at_noon(garage)) < a_fraction


def look_at_noon(garage: MadeGarage) -> Callable[[], object]:
    def look() -> None:
        with scoped_to(garage.id), reading() as session:
            day = list_day(
                session,
                garage.id,
                garage.workshop.id,
                starts_at=NOON,
                ends_at=NOON + timedelta(hours=2),
            )
        assert len(day) == 4

    return look
