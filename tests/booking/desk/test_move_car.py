"""Naming the courtesy car when a visit is moved: the one asked for, or who has it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.auth.roles import Role
from booking.customers.operations import VehicleDetails
from tests.factories.appointments import book
from tests.factories.closings import away, resource_id, store
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.steps import view_of
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import text_of

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
OTHER = VehicleDetails(plate="EK23MSJ", country="GB")


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(bays=2, technicians=2, courtesy_cars=2, garage={"locale": "en"})
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def lend(app: Flask, garage: MadeGarage, arrives_at: datetime = MONDAY, **changes: VehicleDetails) -> int:
    with app.app_context():
        return book(garage, arrives_at, mode="drop_off", courtesy_car=True, **changes)


def move(desk: CarefulClient, app: Flask, garage: MadeGarage, number: int, **form: str) -> TestResponse:
    """To ten on Monday, with the courtesy car called ``form["car"]``."""
    address = f"/desk/lyon/appointments/{number}/move"
    with app.app_context():
        car = str(resource_id(garage, form.pop("car"))) if "car" in form else ""
    page = desk.get(address).text
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    filled = {"csrf_token": csrf_token(page), "version": version, "on": "2026-12-07", "at": "10:00"}
    return desk.post(address, data=filled | {"courtesy_car": car} | form)


def car_of(app: Flask, garage: MadeGarage, number: int) -> str:
    with app.app_context():
        place = view_of(garage, number).place("courtesy_car")
    return place.name if place else ""


def test_the_car_that_is_named_is_lent(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    number = lend(app, garage)
    assert car_of(app, garage, number) == "Car 1"
    assert move(desk, app, garage, number, car="Car 2").status_code == 303
    assert car_of(app, garage, number) == "Car 2"
    assert "Moved from Mon 7 Dec, 8:00 to 10:00 (Car 2)" in text_of(
        desk.get(f"/desk/lyon/appointments/{number}")
    )


def test_another_car_alone_is_a_move_too(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    number = lend(app, garage)
    assert move(desk, app, garage, number, at="08:00", car="Car 2").status_code == 303
    assert car_of(app, garage, number) == "Car 2"


def test_who_has_the_car_is_named_and_what_is_free_offered(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    number = lend(app, garage)
    lend(app, garage, MONDAY + timedelta(hours=1), vehicle=OTHER)
    answer = move(desk, app, garage, number, car="Car 2")
    assert answer.status_code == 409
    assert "Car 2 is lent to the driver of EK23 MSJ." in text_of(answer)
    assert "Free near it" in text_of(answer)
    assert car_of(app, garage, number) == "Car 1"


def test_a_car_out_of_use_is_said_so(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    number = lend(app, garage)
    with app.app_context():
        store(garage, away(garage, "Car 2", MONDAY, MONDAY + timedelta(days=1)))
    assert "Car 2 is not free for that stay." in text_of(move(desk, app, garage, number, car="Car 2"))


def test_the_form_names_cars_only_where_one_is_lent(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        plain = book(garage, MONDAY)
    lent = lend(app, garage, vehicle=OTHER)
    pages = [desk.get(f"/desk/lyon/appointments/{number}/move").text for number in (plain, lent)]
    assert ['name="courtesy_car"' in page for page in pages] == [False, True]
    with app.app_context():
        car = resource_id(garage, "Car 1")
    assert f'<option value="{car}" selected>Car 1' in pages[1]
