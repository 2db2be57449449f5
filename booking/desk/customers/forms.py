"""The forms of a customer and of a vehicle: what was typed, and what it means once it is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.i18n import LOCALES
from app.tenancy.queries import GarageView
from booking.catalog.models import ENERGIES, VEHICLE_CLASSES
from booking.customers.countries import known_countries
from booking.customers.directory import Turn
from booking.customers.fields import (
    MAX_TEXT,
    FieldReader,
    clean_text,
    parse_choice,
    parse_email,
    parse_flag,
    parse_name,
    parse_phone,
    parse_plate,
)
from booking.customers.models import Customer, Vehicle
from booking.customers.names import sort_key
from booking.customers.operations import CustomerDetails, VehicleDetails

PERSON = ("name", "phone", "email", "locale", "sms_consent")
CAR = ("plate", "country", "make", "model", "vehicle_class", "energy")
MOST_KEPT = 300
LONGEST_ID = 18


def read_typed(form: Mapping[str, str], fields: tuple[str, ...]) -> dict[str, str]:
    """What came, by field, cut where nobody types on."""
    return {name: form.get(name, "")[:MOST_KEPT] for name in fields}


def read_number(text: str | None) -> int | None:
    """The number of a row, as an address or a form gives it; None for what is none."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


def read_turn(args: Mapping[str, str]) -> Turn:
    """Which page of the list an address asks for; the first one for what it does not know."""
    first = sort_key(args.get("first", ""))[:1]
    return Turn(
        after=read_number(args.get("after")),
        before=read_number(args.get("before")),
        first=first if first.isalnum() else "",
    )


def read_person(typed: Mapping[str, str], *, country: str) -> CustomerDetails:
    """The person; raises InvalidInputError with every field that is wrong."""
    check = FieldReader(typed)
    name = check.take("name", parse_name, "")
    phone = check.take("phone", lambda text: parse_phone(text, country=country), None)
    email = check.take("email", parse_email, None)
    locale = check.take("locale", lambda text: parse_choice(text, options=LOCALES), None)
    consents = check.take("sms_consent", parse_flag, default=False)
    if consents and phone is None and "phone" not in check.errors:
        check.errors["phone"] = _("Texts need a phone number.")
    check.finish()
    return CustomerDetails(
        name=name, phone=phone, email=email, locale=locale or LOCALES[0], sms_consent=consents
    )


def read_car(typed: Mapping[str, str], *, garage: GarageView) -> VehicleDetails:
    """The vehicle; raises InvalidInputError with every field that is wrong."""
    check = FieldReader(typed)
    plate = check.take("plate", parse_plate, "")
    countries = known_countries(garage.country)
    country = check.take("country", lambda text: parse_choice(text, options=countries), None)
    make = check.take("make", lambda text: clean_text(text, most=MAX_TEXT), "")
    model = check.take("model", lambda text: clean_text(text, most=MAX_TEXT), "")
    vehicle_class = check.take(
        "vehicle_class", lambda text: parse_choice(text, options=VEHICLE_CLASSES), None
    )
    energy = check.take("energy", lambda text: parse_choice(text, options=ENERGIES), None)
    if not plate and not make and not {"plate", "make"} & check.errors.keys():
        check.errors["plate"] = _("Type the plate, or the make and model.")
    check.finish()
    return VehicleDetails(
        plate=plate,
        country=(country or garage.country) if plate else "",
        make=make,
        model=model,
        vehicle_class=vehicle_class,
        energy=energy,
    )


def type_person(row: Customer) -> dict[str, str]:
    """A customer in the form's own words."""
    return {
        "name": row.name,
        "phone": row.phone or "",
        "email": row.email or "",
        "locale": row.locale,
        "sms_consent": "1" if row.sms_consent_at else "",
    }


def type_car(row: Vehicle) -> dict[str, str]:
    """A vehicle in the form's own words."""
    return {
        "plate": row.plate,
        "country": row.plate_country,
        "make": row.make,
        "model": row.model,
        "vehicle_class": row.vehicle_class or "",
        "energy": row.energy or "",
    }


def differing(typed: Mapping[str, str], standing: Mapping[str, Any]) -> dict[str, str]:
    """By field, what stands by now where something else was typed."""
    return {name: str(value) for name, value in standing.items() if typed.get(name, "") != value}
