"""Holding the search index against the rows that it is made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, insert, select

from booking.customers.models import Customer, Vehicle
from booking.customers.search.keeping import list_customer_terms, list_vehicle_terms
from booking.customers.search.models import CustomerTerm, VehicleTerm

Terms = tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]


def stored_terms(engine: Engine) -> Terms:
    """What the index holds: of customers, and of vehicles."""
    with engine.connect() as connection:
        found = [
            {tuple(row) for row in connection.execute(select(model.__table__))}
            for model in (CustomerTerm, VehicleTerm)
        ]
        connection.rollback()
    return found[0], found[1]


def true_terms(engine: Engine) -> Terms:
    """What it should hold, from the rows as they stand."""
    people, cars = _values(engine)
    return {tuple(row.values()) for row in _in_order(people, CustomerTerm)}, {
        tuple(row.values()) for row in _in_order(cars, VehicleTerm)
    }


def fill_terms(engine: Engine) -> None:
    """Write the terms of rows that were written past the session; of rows without any so far."""
    people, cars = _values(engine)
    with engine.begin() as connection:
        for model, values in ((CustomerTerm, people), (VehicleTerm, cars)):
            connection.execute(insert(model), values)


def _values(engine: Engine) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    with engine.connect() as connection:
        people = connection.execute(select(Customer.garage_id, Customer.id, Customer.name, Customer.phone))
        people_terms = [
            term
            for row in people
            for term in list_customer_terms(row.garage_id, row.id, name=row.name, phone=row.phone)
        ]
        cars = connection.execute(select(Vehicle.garage_id, Vehicle.id, Vehicle.plate))
        car_terms = [
            term for row in cars for term in list_vehicle_terms(row.garage_id, row.id, plate=row.plate)
        ]
        connection.rollback()
    return people_terms, car_terms


def _in_order(values: list[dict[str, Any]], model: Any) -> list[dict[str, Any]]:
    return [{column.name: row[column.name] for column in model.__table__.c} for row in values]
