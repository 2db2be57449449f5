"""What the pages of customers show, line by line, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.i18n import LOCALE_NAMES
from app.localtime import local_date
from app.tenancy.queries import list_workshops
from app.web.filters import phone
from booking.appointments.people import find_last_visits_of
from booking.catalog.words import list_classes, list_energies
from booking.customers.directory import Turn, list_customers, list_vehicles_of
from booking.customers.history import CAR, OTHER, CustomerLine
from booking.customers.models import Change, Customer, Vehicle

PLATES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list; ``more`` vehicles are not named."""

    customer: Customer
    vehicles: tuple[Vehicle, ...]
    more: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list."""

    rows: tuple[Row, ...]
    before: int | None
    after: int | None


def load_listing(session: Session, garage_id: int, turn: Turn) -> Listing:
    """A page of customers with vehicles and last visit: three statements, whatever the number of rows."""
    page = list_customers(session, garage_id, turn)
    ids = [row.id for row in page.customers]
    vehicles = list_vehicles_of(session, garage_id, ids)
    last = find_last_visits_of(session, garage_id, ids)
    rows = tuple(
        Row(
            customer=row,
            vehicles=tuple(vehicles.get(row.id, ())[:PLATES_SHOWN]),
            more=max(len(vehicles.get(row.id, ())) - PLATES_SHOWN, 0),
            last_at=last.get(row.id),
        )
        for row in page.customers
    )
    return Listing(rows, page.before, page.after)


def garage_zone(session: Session, garage_id: int) -> str:
    """The clock on which dates of the whole garage are told: its first workshop's."""
    workshops = list_workshops(session, garage_id)
    return workshops[0].timezone if workshops else "UTC"


def say_change(line: CustomerLine, timezone: str) -> list[tuple[str, str]]:
    """What a line of the history changed: pairs of a field's name and what became of it."""
    return [
        (field_word(name), _say_step(_say(name, before, timezone), _say(name, since, timezone)))
        for name, (before, since) in line.changes.items()
        if name != "sort_name"
    ]


def say_line(line: CustomerLine) -> str:
    """A line of the history, without its details."""
    car, other = line.detail.get(CAR, ""), line.detail.get(OTHER, "")
    words = {
        Change.ADDED: _("Added at the desk"),
        Change.CHANGED: _("Changed"),
        Change.VEHICLE_ADDED: _("Vehicle added: %(car)s", car=car),
        Change.VEHICLE_CHANGED: _("Vehicle changed: %(car)s", car=car),
        Change.VEHICLE_GIVEN: _("%(car)s went to %(other)s", car=car, other=other),
        Change.VEHICLE_TAKEN: _("%(car)s came from %(other)s", car=car, other=other),
        Change.MERGED: _("Merged with %(other)s", other=other),
        Change.IMPORTED: _("From an imported file"),
    }
    return str(words[Change(line.kind)])


def field_word(name: str) -> str:
    """A field of a customer or a vehicle on screen."""
    words = {
        "name": _("Name"),
        "phone": _("Phone"),
        "email": _("E-mail"),
        "locale": _("Language"),
        "sms_consent_at": _("Texts"),
        "plate": _("Plate"),
        "plate_country": _("Country of the plate"),
        "make": _("Make"),
        "model": _("Model"),
        "vehicle_class": _("Kind of vehicle"),
        "energy": _("Energy"),
    }
    return str(words[name])


def target_words() -> dict[str, str]:
    """What a column of a file may mean, on screen."""
    return {
        "name": _("Full name"),
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "phone": _("Phone"),
        "second_phone": _("Phone, if the first is empty"),
        "email": _("E-mail"),
        "locale": _("Language"),
        "plate": _("Plate"),
        "country": _("Country of the plate"),
        "make": _("Make"),
        "model": _("Model"),
        "energy": _("Energy"),
    }


def _say(name: str, value: str, timezone: str) -> str:
    if name == "phone" and value:
        return phone(value)
    if not value:
        return str(_("not agreed") if name == "sms_consent_at" else _("empty"))
    if name == "sms_consent_at":
        day = local_date(datetime.fromisoformat(value), timezone)
        return str(_("agreed on %(day)s", day=format_date(day, "d MMM y")))
    known = {"locale": LOCALE_NAMES, "vehicle_class": dict(list_classes()), "energy": dict(list_energies())}
    return str(known.get(name, {}).get(value, value))


def _say_step(before: str, since: str) -> str:
    return f"{before} → {since}"
