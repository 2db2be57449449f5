"""Isolation, generated over all routes: no page, call or file of one garage shows or changes another's.

Two garages with the same words for everything but their canaries. Every route is called as each
actor with the other garage's names, ids and tokens; a new route is tried without being listed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, MetaData, Table, select

import migrations.all_models  # noqa: F401  # fills the metadata
from app.auth.roles import Role
from app.db.base import Base
from app.db.session import db
from app.db.unit_of_work import reading, unit_of_work
from app.security.links import show_link
from app.tenancy.scope import scoped_to
from booking.appointments.operations.book import MANAGE
from booking.customers.importing.reading import Table as List
from booking.customers.importing.uploads import keep_upload
from booking.customers.models import Customer, Vehicle
from booking.customers.operations import CustomerDetails, VehicleDetails
from booking.resources.all_resources import list_all_resources
from booking.resources.queries import list_absences, list_exceptions
from tests.factories.appointments import book
from tests.factories.closings import away, closing, store
from tests.factories.customers import rows_of
from tests.factories.feeds import make_feed
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.settings import services_of
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.guards.test_routes import kind, methods, rules
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
DEVELOPMENT = "/dev/"
"""The sandbox shows every garage's messages on purpose; another guard holds it shut in production."""
DEFAULTS = {"kind": "bays", "address": "css/none.css", "mark": "0" * 10}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two garages, with what its addresses and its secrets are."""

    garage: MadeGarage
    canary: str
    values: dict[str, str]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody else may ever read."""
        return (self.canary, self.values["token"], f"{self.canary.lower()}@secret.example")


@pytest.fixture
def sides(app: Flask, clock: MovableClock) -> tuple[Side, Side]:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        return make_side("mine", "QUAILMINE"), make_side("theirs", "HERONTHEIRS")


def make_side(slug: str, canary: str) -> Side:
    garage = make_garage(
        slug=slug,
        workshop_slug=f"{slug}-site",
        garage={"name": f"Garage {canary}", "locale": "en"},
        services=[{"code": "oil", "name": {"en": f"Oil {canary}"}}],
    )
    who = CustomerDetails(f"Client {canary}", "+33639981427", f"{canary.lower()}@secret.example", "en", True)
    car = VehicleDetails(plate=canary[:10], country="XX", make=canary)
    appointment_id = book(garage, MONDAY, customer=who, vehicle=car, notes=f"Note {canary}")
    make_member(garage, f"desk@{slug}.example", Role.OWNER, name=f"Owner {canary}")
    with scoped_to(garage.id), reading() as session:
        token = show_link(session, garage_id=garage.id, purpose=MANAGE, subject_id=appointment_id)
    values = {
        "garage": slug,
        "workshop": garage.workshop.slug,
        "token": token,
        "manage_token": token,
        "appointment_id": str(appointment_id),
        "feed_id": str(make_feed(garage, label=f"Feed {canary}").id),
    }
    values |= close_something(garage, canary) | people_of(garage)
    values |= {"resource_id": str(bay_of(garage)), "service_type_id": str(services_of(garage)[0].id)}
    return Side(garage=garage, canary=canary, values=values)


def close_something(garage: MadeGarage, canary: str) -> dict[str, str]:
    """A technician's leave and a closed day, by what their addresses name."""
    on = (MONDAY + timedelta(days=7)).date()
    store(garage, away(garage, "Tech 1", MONDAY, MONDAY + timedelta(days=1), label=f"Note {canary}"))
    store(garage, closing(on))
    with scoped_to(garage.id), reading() as session:
        (absence, _), *_ = list_absences(session, garage.id, garage.workshop.id, after=MONDAY)
        exception, *_ = list_exceptions(session, garage.id, garage.workshop.id)
    return {"absence_id": str(absence.id), "exception_id": str(exception.id)}


def bay_of(garage: MadeGarage) -> int:
    with scoped_to(garage.id), reading() as session:
        bay, *_ = list_all_resources(session, garage.id, garage.workshop.id, kind="bay")
    return bay.id


def people_of(garage: MadeGarage) -> dict[str, str]:
    """Who has booked, with which car, and a list that names them, by what their addresses name."""
    (customer,), (vehicle,) = rows_of(garage, Customer), rows_of(garage, Vehicle)
    file = List(("name", "phone"), ((customer.name, customer.phone or ""),))
    with scoped_to(garage.id), unit_of_work() as session:
        kept = keep_upload(session, garage_id=garage.id, file_name="list.csv", table=file, user_id=None)
        import_id = str(kept.id)
    return {"customer_id": str(customer.id), "vehicle_id": str(vehicle.id), "import_id": import_id}


def mixes(own: Side, foreign: Side, arguments: set[str]) -> list[dict[str, str]]:
    """Every way of naming at least one thing of the other garage beside things of one's own."""
    names = sorted(arguments & own.values.keys())
    found = []
    for number in range(1, 2 ** len(names)):
        values = {
            name: (foreign if number >> place & 1 else own).values[name] for place, name in enumerate(names)
        }
        found.append(values | DEFAULTS)
    return found


def fill(rule: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        for form in (f"<{name}>", f"<int:{name}>", f"<path:{name}>"):
            rule = rule.replace(form, value)
    return rule


def fingerprint(engine: Engine, garage_id: int) -> str:
    """A hash of everything that the garage owns."""
    seen = hashlib.sha256()
    with engine.connect() as connection:
        for table in sorted(tables(Base.metadata), key=lambda table: table.name):
            where = table.c.garage_id == garage_id
            rows = connection.execute(select(table).where(where)).all()
            seen.update(repr((table.name, sorted(map(repr, rows)))).encode())
        connection.rollback()
    return seen.hexdigest()


def tables(metadata: MetaData) -> list[Table]:
    return [table for table in metadata.tables.values() if "garage_id" in table.c]


def test_staff_reach_nothing_of_another_garage(
    app: Flask, client: CarefulClient, sides: tuple[Side, Side]
) -> None:
    own, foreign = sides
    signed_in(client, "desk@mine.example")
    token = csrf_token(client.get(f"/desk/{own.garage.workshop.slug}/day").text)
    before = state(app, foreign)
    leaks = []
    for rule in rules(app):
        if kind(app, rule) != "staff":
            continue
        for method in methods(rule):
            for values in mixes(own, foreign, rule.arguments):
                address = fill(rule.rule, values)
                form = {"csrf_token": token, "version": "1", "target": "arrived", "reason": ""}
                answer = client.open(address, method=method, data=None if method == "GET" else form)
                if answer.status_code != 404 or shows(answer.text, foreign):
                    leaks.append(f"{method} {address}: {answer.status_code}")
    assert leaks == []
    assert state(app, foreign) == before


def test_staff_see_nothing_of_another_garage_on_their_own_pages(
    app: Flask, client: CarefulClient, sides: tuple[Side, Side]
) -> None:
    own, foreign = sides
    signed_in(client, "desk@mine.example")
    seen = 0
    for rule in rules(app):
        if rule.rule.startswith(DEVELOPMENT):
            continue
        if "GET" in methods(rule) and rule.arguments <= own.values.keys() | DEFAULTS.keys():
            text = client.get(fill(rule.rule, own.values | DEFAULTS), follow_redirects=True).text
            assert not shows(text, foreign), rule.rule
            seen += own.canary in text
    assert seen >= 5


def test_a_strangers_calls_show_no_private_word_of_any_garage(
    app: Flask, client: CarefulClient, sides: tuple[Side, Side]
) -> None:
    """Without a token: names of garage and services are public, everything of a customer is not."""
    public = {"garage", "workshop", *DEFAULTS}
    private = ("Client ", "Note ", "secret.example", "+3363998", "Owner ")
    for rule in rules(app):
        if kind(app, rule) == "staff" or not rule.arguments <= public or rule.rule.startswith(DEVELOPMENT):
            continue
        for side in sides:
            text = client.get(fill(rule.rule, side.values | DEFAULTS), follow_redirects=True).text
            assert not [
                word for word in private if f"{word}{side.canary}" in text or "secret.example" in text
            ]


def test_a_workshop_is_found_only_under_its_own_garage(
    app: Flask, client: CarefulClient, sides: tuple[Side, Side]
) -> None:
    own, foreign = sides
    tried = 0
    for rule in rules(app):
        if {"garage", "workshop"} <= rule.arguments:
            for method in methods(rule):
                values = own.values | DEFAULTS | {"workshop": foreign.garage.workshop.slug}
                answer = client.open(fill(rule.rule, values), method=method)
                tried += 1
                assert answer.status_code in {404, 410, 415, 422}, f"{method} {rule.rule}"
                assert not shows(answer.text, foreign)
    assert tried >= 5


def state(app: Flask, side: Side) -> str:
    with app.app_context():
        return fingerprint(db.engine, side.garage.id)


def shows(text: str, side: Side) -> bool:
    return any(secret in text for secret in side.secrets)
