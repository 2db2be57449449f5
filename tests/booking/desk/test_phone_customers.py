"""What a booking by phone changes of somebody known: written down, and followed by what is to be sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.auth.roles import Role
from booking.customers.history import CAR, CHANGES
from booking.customers.models import Customer, CustomerEvent, Vehicle
from notifications.outbox.models import Message, State
from tests.factories.appointments import CAMILLE, book
from tests.factories.customers import rows_of
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
NEW = "+33639981499"
FORM = {
    "do": "book",
    "key": "one-key-of-one-form",
    "plate": "GA482QT",
    "phone": CAMILLE.phone,
    "service": "oil",
    "mode": "wait",
    "arrives_at": "2026-12-07T08:00:00+01:00",
    "name": CAMILLE.name,
    "email": CAMILLE.email,
    "locale": "fr",
    "sms_consent": "1",
    "make_model": "Peugeot 208",
    "vehicle_class": "city",
}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """Camille comes on Tuesday with her Peugeot, and is reminded the day before."""
    clock.move_to(NOW)
    with app.app_context():
        made = make_garage(garage={"locale": "en"})
        add_reminder(made, hours_before=24)
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
        book(made, MONDAY + timedelta(days=1))
    clock.move_to(NOW + timedelta(hours=1))
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def send(desk: CarefulClient, app: Flask, garage: MadeGarage, **changes: Any) -> TestResponse:
    """Book for Camille, whom the form has picked, with these fields changed."""
    [person], [car] = rows(app, garage, Customer), rows(app, garage, Vehicle)
    known = f"{person.id}.{person.version}-{car.id}.{car.version}"
    token = csrf_token(desk.get("/desk/lyon/book").text)
    data = FORM | {"known": known} | changes | {"csrf_token": token}
    return desk.post("/desk/lyon/book", data={name: value for name, value in data.items() if value})


def rows(app: Flask, garage: MadeGarage, table: type[Any]) -> list[Any]:
    with app.app_context():
        return rows_of(garage, table)


def told(app: Flask, garage: MadeGarage) -> list[tuple[str, dict[str, Any]]]:
    return [(row.kind, row.detail) for row in rows(app, garage, CustomerEvent)]


def reminded(app: Flask, garage: MadeGarage) -> list[tuple[datetime, str]]:
    planned = [row for row in rows(app, garage, Message) if row.state == State.PLANNED]
    return sorted((row.arrives_at, row.recipient) for row in planned if row.kind == "reminder")


def test_who_tells_nothing_new_leaves_no_line(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    assert send(desk, app, garage).status_code == 303
    assert told(app, garage) == []


def test_a_new_number_is_written_down_and_the_other_visit_is_reminded_there(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    assert send(desk, app, garage, phone=NEW).status_code == 303
    [(kind, detail)] = told(app, garage)
    assert (kind, detail[CHANGES]["phone"]) == ("changed", [CAMILLE.phone, NEW])
    assert reminded(app, garage) == [(MONDAY, NEW), (MONDAY + timedelta(days=1), NEW)]
    [person] = rows(app, garage, Customer)
    assert person.version == 2
    assert person.sms_consent_at > NOW + timedelta(minutes=59), "agreed to again, for the new number"
    page = desk.get(f"/desk/customers/{person.id}").text
    assert "by Camille Perrot" in page


def test_a_consent_taken_back_is_written_down_and_reminders_go_by_e_mail(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    assert send(desk, app, garage, sms_consent="").status_code == 303
    [(kind, detail)] = told(app, garage)
    assert (kind, list(detail[CHANGES])) == ("changed", ["sms_consent_at"])
    assert {where for _at, where in reminded(app, garage)} == {CAMILLE.email}


def test_a_car_that_is_known_otherwise_or_new_is_written_down(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    assert send(desk, app, garage, make_model="Peugeot e-208").status_code == 303
    later = {"key": "the-key-of-another-form", "arrives_at": "2026-12-07T10:00:00+01:00"}
    assert send(desk, app, garage, plate="EH903ZL", **later).status_code == 303
    changed, added = told(app, garage)
    assert changed == ("vehicle_changed", {CAR: "GA482QT", CHANGES: {"model": ["208", "e-208"]}})
    assert added == ("vehicle_added", {CAR: "EH903ZL"})
