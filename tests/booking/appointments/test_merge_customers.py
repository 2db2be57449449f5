"""Merging customers: what moves, what is raised, who is refused; numbers given up are never given again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app import clock as app_clock
from app.db.unit_of_work import reading, unit_of_work
from app.errors import NotFoundError, StaleVersionError
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment
from booking.appointments.operations.merge_customers import merge_customers
from booking.customers.directory import get_customer
from booking.customers.history import find_merged_into
from booking.customers.merging import THEIRS
from booking.customers.models import Change, Customer, CustomerEvent, Vehicle
from booking.customers.operations import VehicleDetails
from notifications.outbox.models import OptOut, State
from notifications.outbox.opt_outs import keep_opt_out
from tests.factories.appointments import CAMILLE, PEUGEOT, book
from tests.factories.customers import add_people, rows_of
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder, list_rows
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
OTHER_PHONE = "+33639981428"
SHORT = replace(CAMILLE, name="C. Perrot", phone=OTHER_PHONE, email=None)
GOLF = VehicleDetails(plate="EH903ZL", country="FR", make="Volkswagen", model="Golf")


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY - timedelta(days=5))
    made = make_garage(bays=2, technicians=2)
    add_reminder(made, hours_before=24)
    return made


def merge(
    garage: MadeGarage, one: Customer, other: Customer, taken: Mapping[str, str] | None = None
) -> Customer:
    with scoped_to(garage.id), unit_of_work() as session:
        merge_customers(
            session,
            garage_id=garage.id,
            customer_ids=(one.id, other.id),
            versions=(one.version, other.version),
            taken=taken or {},
            user_id=None,
        )
    (kept,) = rows_of(garage, Customer)
    assert isinstance(kept, Customer)
    return kept


def version_of(garage: MadeGarage) -> int:
    with scoped_to(garage.id), reading() as session:
        return get_version(session, garage.id, garage.workshop.id)


def test_visits_vehicles_and_messages_come_together_and_the_board_is_told(garage: MadeGarage) -> None:
    first = book(garage, MONDAY, vehicle=GOLF)
    second = book(garage, MONDAY + timedelta(days=1), customer=SHORT)
    third = book(garage, MONDAY + timedelta(days=2), customer=SHORT, vehicle=GOLF)
    one, other = rows_of(garage, Customer)
    before = version_of(garage)
    kept = merge(garage, one, other)
    assert (kept.name, kept.phone, kept.email) == (CAMILLE.name, CAMILLE.phone, CAMILLE.email)
    assert (kept.id, kept.version, kept.created_at) == (other.id, 2, one.created_at)
    visits = {row.id: row for row in rows_of(garage, Appointment)}
    assert {row.customer_id for row in visits.values()} == {kept.id}
    cars = {row.id: row.plate for row in rows_of(garage, Vehicle)}
    assert sorted(cars.values()) == ["EH903ZL", "GA482QT"]
    assert [cars[visits[number].vehicle_id] for number in (first, second, third)] == [
        "EH903ZL",
        "GA482QT",
        "EH903ZL",
    ]
    assert version_of(garage) == before + 1
    reminders = [row for row in list_rows(garage) if row.kind == "reminder" and row.state == State.PLANNED]
    assert {row.appointment_id for row in reminders} == {first, second, third}
    assert {row.recipient for row in reminders} == {CAMILLE.phone}


def test_the_history_tells_what_was_given_up_and_the_old_number_leads_on(garage: MadeGarage) -> None:
    names = ["C. Perrot", "Camille Perrot", "Camille P."]
    first, second, _third = add_people(garage, names)
    merge_two = rows_of(garage, Customer)
    with scoped_to(garage.id), unit_of_work() as session:
        merge_customers(
            session,
            garage_id=garage.id,
            customer_ids=(first, second),
            versions=(1, 1),
            taken={"name": THEIRS},
            user_id=None,
        )
    assert len(merge_two) == 3
    kept = merge(garage, *rows_of(garage, Customer))
    lines = rows_of(garage, CustomerEvent)
    assert [(line.kind, line.customer_id, line.former_id) for line in lines] == [
        (Change.MERGED, kept.id, first),
        (Change.MERGED, kept.id, second),
    ]
    assert lines[0].detail["changes"]["name"] == ["C. Perrot", "Camille Perrot"]
    with scoped_to(garage.id), reading() as session:
        assert [find_merged_into(session, garage.id, number) for number in (first, second, 999)] == [
            kept.id,
            kept.id,
            None,
        ]
    assert add_people(garage, ["Somebody New"])[0] not in {first, second}


def test_one_who_wants_no_more_texts_gets_none_on_the_number_that_is_kept(garage: MadeGarage) -> None:
    book(garage, MONDAY)
    book(garage, MONDAY + timedelta(days=1), customer=SHORT)
    with scoped_to(garage.id), unit_of_work() as session:
        keep_opt_out(session, garage_id=garage.id, phone=OTHER_PHONE)
    merge(garage, *rows_of(garage, Customer))
    assert {row.phone for row in rows_of(garage, OptOut)} == {OTHER_PHONE, CAMILLE.phone}
    planned = [row for row in list_rows(garage) if row.state == State.PLANNED and row.channel == "sms"]
    assert planned == []


def test_what_has_changed_since_the_preview_is_not_merged(garage: MadeGarage) -> None:
    add_people(garage, ["One", "Other"])
    one, other = rows_of(garage, Customer)
    with scoped_to(garage.id), unit_of_work() as session:
        get_customer(session, garage.id, other.id).version += 1
    with pytest.raises(StaleVersionError):
        merge(garage, one, other)
    assert len(rows_of(garage, Customer)) == 2
    with pytest.raises(NotFoundError):
        merge(garage, one, one)


def test_nobody_of_another_garage_is_merged(garage: MadeGarage) -> None:
    foreign = make_garage(slug="tilleuls", workshop_slug="bron")
    add_people(garage, ["One"])
    add_people(foreign, ["Other"])
    (one,), (other,) = rows_of(garage, Customer), rows_of(foreign, Customer)
    with pytest.raises(NotFoundError):
        merge(garage, one, other)
    assert [row.name for row in rows_of(foreign, Customer)] == ["Other"]


def test_a_later_consent_is_not_made_of_an_earlier_no(garage: MadeGarage) -> None:
    add_people(garage, ["One"], phone=CAMILLE.phone, sms_consent_at=app_clock.now())
    add_people(garage, ["Other"], phone=CAMILLE.phone)
    kept = merge(garage, *rows_of(garage, Customer))
    assert kept.sms_consent_at is None
    assert PEUGEOT.plate not in {row.plate for row in rows_of(garage, Vehicle)}
