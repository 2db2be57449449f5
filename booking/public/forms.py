"""The steps' forms: what was typed, as it was typed, and what it means once it is right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.errors import InvalidInputError
from booking.appointments.fields import MOST_SERVICES, parse_arrival, parse_mode, shared_modes
from booking.appointments.requests import VisitQuestion
from booking.availability.engine.model import Mode
from booking.catalog.models import ENERGIES, VEHICLE_CLASSES, ServiceType
from booking.customers.countries import known_countries
from booking.customers.fields import (
    FieldReader,
    parse_choice,
    parse_email,
    parse_flag,
    parse_make_and_model,
    parse_name,
    parse_notes,
    parse_phone,
    parse_plate,
)
from booking.customers.operations import CustomerDetails, VehicleDetails

Typed = Mapping[str, Any]

VEHICLE_FIELDS = ("plate", "no_plate", "country", "make_model", "vehicle_class", "energy")
SLOT_FIELDS = ("mode", "arrives_at")
MOVE_FIELDS = ("arrives_at", "was_at")
CONTACT_FIELDS = ("name", "phone", "email", "notes", "sms_consent")
SHORT_WAIT_MINUTES = 90


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """How and when the customer comes; ``arrives_at`` is None while only the way is chosen."""

    mode: Mode
    courtesy_car: bool
    arrives_at: datetime | None


def typed(form: MultiDict[str, str], fields: Iterable[str]) -> dict[str, str]:
    """The named fields as they came; how much may come at all is the request's limit."""
    return {name: form.get(name, "") for name in fields}


def typed_services(values: Iterable[str]) -> list[str]:
    """The ticked codes, each once, in their order."""
    return list(dict.fromkeys(values))[:MOST_SERVICES]


def parse_services(codes: list[str], offered: list[ServiceType]) -> list[ServiceType]:
    """The chosen service types; raises InvalidInputError when none is, one is not offered, or they
    do not go together in one visit."""
    chosen = [row for row in offered if row.code in codes]
    if not codes:
        raise InvalidInputError({"service": _("Choose what your car needs, one thing or several.")})
    if len(chosen) != len(codes):
        raise InvalidInputError({"service": _("One of the chosen services is not offered here any more.")})
    if not shared_modes(chosen):
        text = _("These services do not fit into one visit. Book them one after the other.")
        raise InvalidInputError({"service": text})
    return chosen


def default_way(chosen: Iterable[ServiceType]) -> str:
    """How the customer comes until they say: waiting for what is short, else leaving the car."""
    rows = list(chosen)
    modes = shared_modes(rows)
    if "drop_off" not in modes or (
        "wait" in modes and sum(row.minutes for row in rows) <= SHORT_WAIT_MINUTES
    ):
        return "wait"
    return "drop_off"


def parse_vehicle(raw: Typed, *, own_country: str) -> VehicleDetails:
    """The car; raises InvalidInputError. The plate may be left out only by saying so."""
    check = FieldReader(raw)
    plate = check.take("plate", parse_plate, "")
    no_plate = check.take("no_plate", parse_flag, default=False)
    if not plate and not no_plate:
        check.errors.setdefault(
            "plate", _("Type your number plate, or tick that you do not have it to hand.")
        )
    countries = known_countries(own_country)
    country = check.take("country", lambda text: parse_choice(text, options=countries), None)
    make, model = check.take("make_model", parse_make_and_model, ("", ""))
    vehicle_class = check.take(
        "vehicle_class", lambda text: parse_choice(text, options=VEHICLE_CLASSES), None
    )
    energy = check.take("energy", lambda text: parse_choice(text, options=ENERGIES), None)
    check.finish()
    return VehicleDetails(
        plate=plate,
        country=(country or own_country) if plate else "",
        make=make,
        model=model,
        vehicle_class=vehicle_class,
        energy=energy,
    )


def parse_slot(raw: Typed) -> SlotChoice:
    """How and when; raises InvalidInputError for anything but a known way and an aware time."""
    check = FieldReader(raw)
    waiting: tuple[Mode, bool] = ("wait", False)
    mode, courtesy_car = check.take("mode", parse_mode, waiting)
    arrives_at = _take_arrival(check)
    check.finish()
    return SlotChoice(mode=mode, courtesy_car=courtesy_car, arrives_at=arrives_at)


def parse_move(raw: Typed) -> datetime:
    """Another arrival; raises InvalidInputError for anything but an aware time."""
    check = FieldReader(raw)
    arrives_at = _take_arrival(check)
    check.finish()
    assert arrives_at is not None
    return arrives_at


def parse_contact(raw: Typed, *, country: str, locale: str) -> tuple[CustomerDetails, str]:
    """The person and the note; raises InvalidInputError. A number or an e-mail address is needed."""
    check = FieldReader(raw)
    name = check.take("name", parse_name, "")
    phone = check.take("phone", lambda text: parse_phone(text, country=country), None)
    email = check.take("email", parse_email, None)
    if phone is None and email is None and not {"phone", "email"} & check.errors.keys():
        check.errors["phone"] = _("Leave a mobile number or an e-mail address, so that we can reach you.")
    notes = check.take("notes", parse_notes, "")
    consent = check.take("sms_consent", parse_flag, default=False)
    check.finish()
    person = CustomerDetails(
        name=name,
        phone=phone,
        email=email,
        locale=locale,
        sms_consent=consent if phone is not None else None,
    )
    return person, notes


def parse_reason(raw: Typed) -> str:
    """Why a visit is cancelled, if the customer says; raises InvalidInputError."""
    check = FieldReader(raw)
    reason = check.take("reason", parse_notes, "")
    check.finish()
    return reason


def question_of(
    codes: Iterable[str], vehicle: VehicleDetails, slot: SlotChoice, *, own_hold_id: int | None
) -> VisitQuestion:
    """Which visit is sought, and the hold that the visitor has already."""
    return VisitQuestion(
        service_codes=tuple(codes),
        mode=slot.mode,
        vehicle_class=vehicle.vehicle_class,
        energy=vehicle.energy,
        courtesy_car=slot.courtesy_car,
        own_hold_id=own_hold_id,
    )


def _take_arrival(check: FieldReader) -> datetime | None:
    arrives_at = check.take("arrives_at", parse_arrival, None)
    if arrives_at is None:
        check.errors.setdefault("arrives_at", _("Choose a time."))
    return arrives_at
