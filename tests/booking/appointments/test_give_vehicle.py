"""A vehicle to another owner: what was stays, what is to come stays or goes, links and messages follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import reading, unit_of_work
from app.errors import NotFoundError, StaleVersionError
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.appointments.operations.give_vehicle import give_vehicle
from booking.customers.models import Change, Customer, CustomerEvent, Vehicle
from notifications.channels.sandbox import SandboxChannel
from notifications.outbox.models import State
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, PEUGEOT, book, manage_token
from tests.factories.customers import add_car, add_people, rows_of
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder, list_rows
from tests.factories.moves import DESK
from tests.factories.steps import put_in, view_of
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
NEW_PHONE = "+33639981428"


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY - timedelta(days=5))
    made = make_garage(bays=2, technicians=2)
    add_reminder(made, hours_before=24)
    return made


@pytest.fixture
def visits(garage: MadeGarage, clock: MovableClock) -> tuple[int, int]:
    """One that was yesterday, one that is to come in a week; it is Tuesday."""
    numbers = book(garage, MONDAY), book(garage, MONDAY + timedelta(days=7))
    send_due({"sms": SandboxChannel(), "email": SandboxChannel()})
    clock.move_to(MONDAY + timedelta(days=1))
    return numbers


@pytest.fixture
def taker(garage: MadeGarage, visits: tuple[int, int]) -> int:
    (number,) = add_people(garage, ["Inès Roche"], phone=NEW_PHONE, sms_consent_at=MONDAY)
    return number


def give(garage: MadeGarage, owner_id: int, *, with_visits: bool = False, version: int = 1) -> None:
    car = rows_of(garage, Vehicle)[0]
    with scoped_to(garage.id), unit_of_work() as session:
        give_vehicle(
            session,
            garage_id=garage.id,
            customer_id=car.customer_id,
            vehicle_id=car.id,
            owner_id=owner_id,
            version=version,
            with_visits=with_visits,
            actor=DESK,
        )


def names(garage: MadeGarage, visits: tuple[int, int]) -> list[str]:
    return [view_of(garage, number).customer.name for number in visits]


def planned(garage: MadeGarage, visit: int) -> list[tuple[str, str]]:
    rows = [row for row in list_rows(garage) if row.appointment_id == visit and row.state == State.PLANNED]
    return [(row.kind, row.recipient) for row in rows]


def test_visits_stay_with_whoever_made_them(garage: MadeGarage, visits: tuple[int, int], taker: int) -> None:
    token = manage_token(garage, visits[1])
    give(garage, taker)
    (car,) = rows_of(garage, Vehicle)
    assert car.customer_id == taker
    assert names(garage, visits) == [CAMILLE.name, CAMILLE.name]
    assert planned(garage, visits[1]) == [("reminder", CAMILLE.phone)]
    assert manage_token(garage, visits[1]) == token
    kinds = [(line.kind, line.detail["other"]) for line in rows_of(garage, CustomerEvent)]
    assert kinds == [(Change.VEHICLE_GIVEN, "Inès Roche"), (Change.VEHICLE_TAKEN, CAMILLE.name)]


def test_those_to_come_go_with_the_car_when_the_desk_says_so(
    garage: MadeGarage, visits: tuple[int, int], taker: int
) -> None:
    token = manage_token(garage, visits[1])
    with scoped_to(garage.id), reading() as session:
        before = get_version(session, garage.id, garage.workshop.id)
    give(garage, taker, with_visits=True)
    assert names(garage, visits) == [CAMILLE.name, "Inès Roche"]
    assert planned(garage, visits[1]) == [("reminder", NEW_PHONE)]
    assert manage_token(garage, visits[1]) != token
    with scoped_to(garage.id), reading() as session:
        assert get_version(session, garage.id, garage.workshop.id) == before + 1


def test_a_visit_whose_car_is_here_stays_with_whoever_brought_it(
    garage: MadeGarage, visits: tuple[int, int], taker: int
) -> None:
    put_in(garage, visits[1], status="arrived")
    give(garage, taker, with_visits=True)
    assert names(garage, visits) == [CAMILLE.name, CAMILLE.name]


def test_who_has_the_car_already_has_it_once_afterwards(
    garage: MadeGarage, visits: tuple[int, int], taker: int
) -> None:
    add_car(garage, taker, plate=PEUGEOT.plate, plate_country="FR", energy="petrol")
    give(garage, taker)
    (car,) = rows_of(garage, Vehicle)
    assert (car.customer_id, car.model, car.energy) == (taker, PEUGEOT.model, "petrol")
    assert {view_of(garage, number).vehicle.id for number in visits} == {car.id}


def test_a_vehicle_changed_meanwhile_or_given_to_nobody_stays(
    garage: MadeGarage, visits: tuple[int, int], taker: int
) -> None:
    foreign = make_garage(slug="tilleuls", workshop_slug="bron")
    (stranger,) = add_people(foreign, ["Other"])
    with pytest.raises(StaleVersionError):
        give(garage, taker, version=7)
    (own, _taker) = rows_of(garage, Customer)
    for nobody in (stranger, own.id):
        with pytest.raises(NotFoundError):
            give(garage, nobody)
    (car,) = rows_of(garage, Vehicle)
    assert (car.customer_id, car.version) == (own.id, 1)


def test_the_one_who_takes_it_reads_the_visit_in_their_own_language(
    garage: MadeGarage, visits: tuple[int, int], taker: int
) -> None:
    assert replace(CAMILLE).locale == "fr"
    give(garage, taker, with_visits=True)
    assert [view_of(garage, number).appointment.locale for number in visits] == ["fr", "en"]
