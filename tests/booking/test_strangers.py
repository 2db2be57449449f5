"""Strangers who know part of a customer: nothing else of her is shown to them, nothing of her changes.

Every subset of her name, number and address is tried, with what is not known left out or made up,
by page and by call, with and without her plate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.base import Base
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment
from booking.customers.models import Customer, Vehicle
from booking.customers.operations import CustomerDetails, VehicleDetails
from notifications.outbox.models import Message
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder
from tests.support.api import booking, post_booking
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import Steps

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
FIRST = datetime(2026, 12, 3, 7, tzinfo=UTC)
HERS: dict[str, Any] = {"name": "Heloise Quailward", "phone": "+33639981427", "email": "quail@secret.example"}
THEIRS = {"name": "Noor Halloran", "phone": "+33639980042", "email": "noor@halloran.example"}
PLATE = "QL482QT"
CAR = VehicleDetails(plate=PLATE, country="FR", make="Heronmobile", model="Egret", energy="hybrid")
NEVER_TYPED = ("Heronmobile", "Egret", "hybrid", "Note of hers")
LEFT_OUT = ""


@dataclass(frozen=True)
class Stranger:
    """What one of them types, and whether that is all there is to know of her."""

    name: str
    phone: str
    email: str
    plate: str

    @property
    def knows_her(self) -> bool:
        return {"name": self.name, "phone": self.phone, "email": self.email} == HERS

    def secrets(self) -> Iterator[str]:
        """What must not be seen in anything they get."""
        yield from NEVER_TYPED
        if self.name != HERS["name"]:
            yield from HERS["name"].split()
        if self.phone != HERS["phone"]:
            yield "39981427"
        if self.email != HERS["email"]:
            yield HERS["email"]
        if self.plate != PLATE:
            yield PLATE


STRANGERS = [
    Stranger(name, phone, email, plate)
    for name, phone, email, plate in product(
        (HERS["name"], THEIRS["name"]),
        (HERS["phone"], THEIRS["phone"], LEFT_OUT),
        (HERS["email"], THEIRS["email"], LEFT_OUT),
        (PLATE, "ZZ999ZZ"),
    )
    if phone or email
]


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(NOW)
    with app.app_context():
        made = make_garage(bays=8, technicians=8, rules={"notice_minutes": 0})
        add_reminder(made, hours_before=24)
    return made


def come_first(app: Flask, garage: MadeGarage, *, consents: bool) -> int:
    """She has a visit; she has said yes or no to texts."""
    her = CustomerDetails(**HERS, locale="fr", sms_consent=consents)
    with app.app_context():
        return book(garage, FIRST - timedelta(days=1), customer=her, vehicle=CAR, notes=NEVER_TYPED[-1])


def book_by_call(client: CarefulClient, who: Stranger, *, at: datetime, consents: bool) -> str:
    """Book by the API and return the token."""
    person: dict[str, Any] = {"name": who.name, "sms_consent": consents}
    person |= {field: value for field in ("phone", "email") if (value := getattr(who, field))}
    body = booking(customer=person, vehicle={"plate": who.plate}, arrives_at=at.isoformat())
    answer = post_booking(client, body, key=f"stranger-{STRANGERS.index(who):016}")
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    return str(answer.json["manage_token"])


def book_by_page(client: CarefulClient, garage: MadeGarage, who: Stranger, *, consents: bool) -> str:
    """Book on the pages and return the token."""
    steps = Steps(client, garage)
    steps.choose_services()
    assert steps.post("vehicle", plate=who.plate, country="FR").status_code == 303
    assert steps.post("slot", arrives_at=steps.list_times()[-1]).status_code == 303
    contact = {"name": who.name, "phone": who.phone, "email": who.email}
    answer = steps.post("contact", **contact, sms_consent="1" if consents else "")
    assert answer.status_code == 303, answer.text
    found = re.search(r"/a/([\w-]{22})", answer.headers["Location"])
    assert found is not None
    return found.group(1)


def read_all(client: CarefulClient, app: Flask, garage: MadeGarage, token: str) -> str:
    """Everything that the token opens, and the messages planned for its visit."""
    paths = (f"/a/{token}?booked=1&lang=en", f"/a/{token}?lang=en", f"/a/{token}/move", f"/a/{token}.ics")
    answers = [client.get(path) for path in (*paths, f"/api/v1/appointments/{token}")]
    assert {answer.status_code for answer in answers} == {200}
    theirs = max(row["id"] for row in snapshot(app, garage, Appointment))
    planned = [row for row in snapshot(app, garage, Message) if row["appointment_id"] == theirs]
    read = "\n".join([*(answer.text for answer in answers), str(planned)])
    return read.replace("\r\n ", "").replace(" ", "").replace("\u202f", "").replace("\xa0", "")


def snapshot(app: Flask, garage: MadeGarage, model: type[Base]) -> list[dict[str, Any]]:
    table = model.__table__
    statement = select(table).where(table.c.garage_id == garage.id).order_by(table.c.id)
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return [dict(row) for row in session.execute(statement).mappings()]


def hers(app: Flask, garage: MadeGarage, her_visit: int, *, consent_too: bool) -> list[Any]:
    """Her rows as they stand: person, car, visit and messages."""
    customer, vehicle = snapshot(app, garage, Customer)[0], snapshot(app, garage, Vehicle)[0]
    if not consent_too:
        customer = {name: customer[name] for name in customer if name not in {"sms_consent_at", "version"}}
    visits = [row for row in snapshot(app, garage, Appointment) if row["id"] == her_visit]
    messages = [row for row in snapshot(app, garage, Message) if row["appointment_id"] == her_visit]
    return [customer, vehicle, visits, messages]


@pytest.mark.parametrize(("way", "she_consents"), [("page", True), ("call", False)])
def test_a_stranger_reads_and_changes_nothing_of_a_customer_that_they_did_not_know(
    client: CarefulClient, app: Flask, garage: MadeGarage, way: str, she_consents: bool
) -> None:
    her_visit = come_first(app, garage, consents=she_consents)
    kept = hers(app, garage, her_visit, consent_too=False)
    for number, who in enumerate(STRANGERS):
        before = hers(app, garage, her_visit, consent_too=not who.knows_her)
        answer = {"consents": not she_consents}
        if way == "page":
            token = book_by_page(client, garage, who, **answer)
        else:
            at = FIRST + timedelta(days=7 * (number // 7), minutes=30 * (number % 7))
            token = book_by_call(client, who, at=at, **answer)
        read = read_all(client, app, garage, token)
        seen = [secret for secret in who.secrets() if secret.replace(" ", "") in read]
        assert seen == [], who
        assert hers(app, garage, her_visit, consent_too=not who.knows_her) == before, who
    assert hers(app, garage, her_visit, consent_too=False) == kept
    known = {row["id"] for row in snapshot(app, garage, Customer) if row["name"] == HERS["name"]}
    assert len(known) == 8, "one for each set of contacts that goes with her name"
