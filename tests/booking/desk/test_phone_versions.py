"""Booking by phone for somebody known: what a colleague has stored meanwhile is shown, not overwritten."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.auth.roles import Role
from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.customers.models import Customer, Vehicle
from tests.factories.appointments import CAMILLE, book
from tests.factories.customers import rows_of
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
FORM = {
    "do": "book",
    "key": "one-key-of-one-form",
    "plate": "GA482QT",
    "phone": CAMILLE.phone,
    "service": "oil",
    "mode": "wait",
    "arrives_at": "2026-12-07T08:00:00+01:00",
    "name": CAMILLE.name,
    "locale": "fr",
    "sms_consent": "1",
}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """Camille comes on Tuesday with her Peugeot."""
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(garage={"locale": "en"})
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
        book(made, MONDAY + timedelta(days=1))
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def send(desk: CarefulClient, **changes: str) -> TestResponse:
    token = csrf_token(desk.get("/desk/lyon/book").text)
    return desk.post("/desk/lyon/book", data=FORM | changes | {"csrf_token": token})


def rows(app: Flask, garage: MadeGarage, table: type[Any]) -> list[Any]:
    with app.app_context():
        return rows_of(garage, table)


def store(app: Flask, garage: MadeGarage, row: Any, **facts: Any) -> None:
    """A colleague stores something else in the row."""
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        table = type(row)
        same = session.scalars(select(table).where(table.garage_id == garage.id, table.id == row.id)).one()
        for name, value in facts.items():
            setattr(same, name, value)
        same.version += 1


def value_of(page: str, field: str) -> str:
    found = re.search(rf'<input[^>]*name="{field}"[^>]*value="([^"]*)"', page)
    assert found is not None, field
    return unescape(found.group(1))


def test_what_a_colleague_has_stored_since_is_not_overwritten_unread(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    """The customer changed while the form was open, then the car; each is shown before it is replaced."""
    [person], [car] = rows(app, garage, Customer), rows(app, garage, Vehicle)
    known = f"{person.id}.{person.version}-{car.id}.{car.version}"
    store(app, garage, person, email="new@perrot.example")
    refused = send(desk, known=known, email="old@perrot.example")
    assert refused.status_code == 409
    assert "Somebody else has just changed what is known here" in refused.text
    assert "new@perrot.example" in refused.text
    assert value_of(refused.text, "email") == "old@perrot.example"
    assert rows(app, garage, Customer)[0].email == "new@perrot.example"
    known = value_of(refused.text, "known")
    store(app, garage, car, model="e-208")
    again = send(desk, known=known, email="old@perrot.example", make_model="Peugeot 208")
    assert (again.status_code, "Peugeot, e-208" in again.text) == (409, True)
    known = value_of(again.text, "known")
    answer = send(desk, known=known, email="old@perrot.example", make_model="Peugeot 208")
    assert answer.status_code == 303
    assert rows(app, garage, Customer)[0].email == "old@perrot.example"


def test_a_form_filled_before_a_change_books_where_it_replaces_nothing(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    [person] = rows(app, garage, Customer)
    store(app, garage, person, email="new@perrot.example")
    answer = send(desk, known=f"{person.id}.1-1.1")
    assert answer.status_code == 303
    assert rows(app, garage, Customer)[0].email == "new@perrot.example"
