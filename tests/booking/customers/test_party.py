"""Whose row a booking finds, what it may change there, and what becomes of a consent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.customers.models import Customer, Vehicle
from booking.customers.operations import CustomerDetails, Party, VehicleDetails, find_or_create_party
from booking.customers.queries import Seen
from tests.factories.appointments import CAMILLE, PEUGEOT
from tests.factories.garages import MadeGarage, make_garage
from tests.support.clock import MovableClock

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(NOW)
    return make_garage()


def meet(
    garage: MadeGarage,
    customer: CustomerDetails = CAMILLE,
    vehicle: VehicleDetails = PEUGEOT,
    *,
    by_staff: bool = False,
) -> Party:
    with scoped_to(garage.id), unit_of_work() as session:
        party = find_or_create_party(
            session, garage_id=garage.id, customer=customer, vehicle=vehicle, by_staff=by_staff
        )
        session.expunge_all()
    return party


def rows(garage: MadeGarage, model: type[Any]) -> list[Any]:
    with scoped_to(garage.id), reading() as session:
        return list(session.scalars(select(model).where(model.garage_id == garage.id).order_by(model.id)))


@pytest.mark.parametrize("by_staff", [False, True])
def test_who_says_all_the_same_again_is_the_same(garage: MadeGarage, by_staff: bool) -> None:
    first = meet(garage)
    again = meet(garage, replace(CAMILLE, name="CAMILLE perrot"), by_staff=by_staff)
    assert (again.customer.id, again.vehicle.id) == (first.customer.id, first.vehicle.id)
    assert (again.customer_changed, again.vehicle_changed) == (False, False)
    assert [row.version for row in rows(garage, Customer) + rows(garage, Vehicle)] == [1, 1]


@pytest.mark.parametrize(
    "change",
    [
        {"email": "thief@evil.example"},
        {"email": None},
        {"phone": "+33639980099"},
        {"phone": None},
        {"name": "Camille Perrault"},
        {"seen": Seen(1), "email": "thief@evil.example"},
    ],
    ids=str,
)
def test_one_thing_not_known_makes_another_customer(garage: MadeGarage, change: dict[str, Any]) -> None:
    meet(garage)
    [before] = rows(garage, Customer)
    party = meet(garage, replace(CAMILLE, sms_consent=False, **change))
    known, new = rows(garage, Customer)
    assert facts(known) == facts(before)
    assert party.customer.id == new.id
    told = replace(CAMILLE, **change)
    assert (new.name, new.phone, new.email) == (told.name, told.phone, told.email)


def test_a_contact_left_out_is_not_that_of_who_has_one(garage: MadeGarage) -> None:
    first = meet(garage, replace(CAMILLE, email=None))
    meet(garage)
    assert meet(garage, replace(CAMILLE, email=None)).customer.id == first.customer.id
    assert len(rows(garage, Customer)) == 2


@pytest.mark.parametrize(
    "change",
    [{"make": ""}, {"model": "308"}, {"vehicle_class": None}, {"energy": "diesel"}, {"country": "BE"}],
    ids=str,
)
def test_a_plate_alone_neither_shows_nor_changes_the_vehicle(
    garage: MadeGarage, change: dict[str, Any]
) -> None:
    meet(garage)
    [before] = rows(garage, Vehicle)
    party = meet(garage, vehicle=replace(PEUGEOT, **change))
    known, new = rows(garage, Vehicle)
    assert facts(known) == facts(before)
    assert party.vehicle.id == new.id
    told = replace(PEUGEOT, **change)
    assert (new.plate, new.make, new.model) == (told.plate, told.make, told.model)
    assert (new.vehicle_class, new.energy, new.plate_country) == (
        told.vehicle_class,
        told.energy,
        told.country,
    )


def test_whom_the_desk_picked_is_told_anew(garage: MadeGarage) -> None:
    first = meet(garage)
    moved = replace(CAMILLE, phone="+33639980099", email=None, seen=Seen(first.customer.id))
    party = meet(garage, moved, replace(PEUGEOT, model="308", make=""), by_staff=True)
    assert (party.customer_changed, party.vehicle_changed) == (True, True)
    [customer], [vehicle] = rows(garage, Customer), rows(garage, Vehicle)
    assert (customer.phone, customer.email, customer.version) == ("+33639980099", CAMILLE.email, 2)
    assert (vehicle.make, vehicle.model, vehicle.version) == ("Peugeot", "308", 2)


@pytest.mark.parametrize(("email", "number"), [(None, 1), ("new@perrot.example", 2)])
def test_whom_the_desk_did_not_pick_is_found_unless_contradicted_and_never_changed(
    garage: MadeGarage, email: str | None, number: int
) -> None:
    meet(garage)
    [before], [car] = rows(garage, Customer), rows(garage, Vehicle)
    party = meet(garage, replace(CAMILLE, email=email), replace(PEUGEOT, make="", model=""), by_staff=True)
    found = rows(garage, Customer)
    assert len(found) == number
    assert facts(found[0]) == facts(before)
    assert facts(rows(garage, Vehicle)[0]) == facts(car)
    assert (party.customer_changed, party.vehicle_changed) == (False, False)


@pytest.mark.parametrize("consent", [True, False, None])
def test_a_booking_without_a_number_leaves_every_consent_alone(
    garage: MadeGarage, consent: bool | None
) -> None:
    by_mail = replace(CAMILLE, phone=None, sms_consent=consent)
    meet(garage)
    meet(garage, by_mail)
    meet(garage, replace(by_mail, seen=Seen(1)), by_staff=True)
    known, new = rows(garage, Customer)
    assert known.sms_consent_at is not None
    assert new.sms_consent_at is None


@pytest.mark.parametrize(("answer", "consents"), [(True, True), (None, True), (False, False)])
def test_with_the_number_a_consent_is_kept_or_taken_back_as_was_answered(
    garage: MadeGarage, clock: MovableClock, answer: bool | None, consents: bool
) -> None:
    meet(garage)
    [before] = rows(garage, Customer)
    clock.move_to(NOW + timedelta(days=1))
    meet(garage, replace(CAMILLE, sms_consent=answer))
    [after] = rows(garage, Customer)
    assert after.sms_consent_at == (before.sms_consent_at if consents else None)


def facts(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
