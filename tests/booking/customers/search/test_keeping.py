"""The search index follows every customer and vehicle that a session writes, in the same transaction."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.customers.models import Customer, Vehicle
from booking.customers.operations import CustomerDetails, VehicleDetails, find_or_create_party
from booking.customers.queries import Seen
from tests.factories.appointments import CAMILLE, PEUGEOT
from tests.factories.garages import MadeGarage, make_garage
from tests.support.databases import Database
from tests.support.search_terms import stored_terms, true_terms


@pytest.fixture
def garage(app_context: Flask) -> MadeGarage:
    return make_garage()


def meet(garage: MadeGarage, customer: CustomerDetails, vehicle: VehicleDetails = PEUGEOT) -> int:
    with scoped_to(garage.id), unit_of_work() as session:
        party = find_or_create_party(
            session, garage_id=garage.id, customer=customer, vehicle=vehicle, by_staff=True
        )
        return party.customer.id


def test_what_a_booking_stores_is_found(garage: MadeGarage, database: Database) -> None:
    meet(garage, CAMILLE)
    people, cars = stored_terms(database.engine)
    assert ("perrot", "camille") in {(row[2], row[3]) for row in people}
    assert "482QT" in {row[2] for row in cars}
    assert (people, cars) == true_terms(database.engine)


def test_what_changes_is_found_by_what_it_is_now(garage: MadeGarage, database: Database) -> None:
    customer_id = meet(garage, CAMILLE)
    meet(garage, replace(CAMILLE, phone="+33639981428", seen=Seen(customer_id)), replace(PEUGEOT, plate=""))
    with scoped_to(garage.id), unit_of_work() as session:
        customer = session.scalars(select(Customer).where(Customer.garage_id == garage.id)).one()
        customer.name = "Camille Quéméner"
        for vehicle in session.scalars(select(Vehicle).where(Vehicle.garage_id == garage.id)):
            vehicle.plate = "FB117KR"
    people, cars = stored_terms(database.engine)
    assert (people, cars) == true_terms(database.engine)
    assert "quemener" in {row[2] for row in people}
    assert not {"perrot", "72418993633"} & {row[2] for row in people}
    assert {row[2] for row in cars if row[1] == "plate"} == {"FB117KR"}


def test_what_goes_takes_its_terms_along(garage: MadeGarage, database: Database) -> None:
    meet(garage, CAMILLE)
    with scoped_to(garage.id), unit_of_work() as session:
        for model in (Vehicle, Customer):
            session.delete(session.scalars(select(model).where(model.garage_id == garage.id)).one())
            session.flush()
    assert stored_terms(database.engine) == (set(), set())


def test_what_is_rolled_back_leaves_nothing(garage: MadeGarage, database: Database) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        find_or_create_party(session, garage_id=garage.id, customer=CAMILLE, vehicle=PEUGEOT, by_staff=True)
        session.rollback()
    assert stored_terms(database.engine) == (set(), set())


def test_the_database_refuses_to_drop_a_customer_who_is_still_found(garage: MadeGarage) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        session.add(Customer(garage_id=garage.id, name="Camille Perrot", locale="fr"))
    with pytest.raises(IntegrityError), scoped_to(garage.id), unit_of_work() as session:
        session.execute(delete(Customer).where(Customer.garage_id == garage.id))
