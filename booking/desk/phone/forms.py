"""The form filled in at the telephone: what was typed, and what it means once it is right."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.errors import InvalidInputError
from app.i18n import LOCALES
from app.tenancy.queries import GarageView, WorkshopView
from booking.appointments.fields import (
    MOST_SERVICES,
    parse_mode,
    shared_modes,
)
from booking.appointments.requests import BookingRequest, VisitQuestion
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
from booking.customers.queries import KnownCar, read_key
from booking.desk.phone.known import facts_of
from booking.desk.phone.when import When, Wish, read_wish_from

FIELDS = (
    *("plate", "phone", "known", "mode", "notes", "on", "at", "arrives_at", "name", "email"),
    *("make_model", "vehicle_class", "energy", "country", "locale", "sms_consent", "key"),
    *("promised", "passed", "passed_later", "asked"),
)
THEIR_OWN = frozenset({"known", "locale", "sms_consent"})
"""What the form holds of itself before anything is typed: the customer's own goes first."""
MOST_KEPT = 2000
ReadTime = Callable[[FieldReader, WorkshopView], When | None]
"""Reads when they come; what is missing is an error of its field."""
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Typed:
    """The form's own words, by field, and the codes of the ticked services."""

    words: Mapping[str, str]
    codes: tuple[str, ...] = ()

    def __getitem__(self, field: str) -> str:
        return self.words.get(field, "")

    @property
    def wish(self) -> str:
        """The wished day and time as they were typed: what the chosen place was proposed for."""
        return f"{self['on']} {self['at']}".strip()

    @property
    def chosen(self) -> str:
        """The place that was chosen, unless another day or time has been wished since."""
        return self["arrives_at"] if self["asked"] == self.wish else ""

    def filled(self, car: KnownCar, *, over: bool) -> Typed:
        """With what is known of somebody in the empty fields; ``over``: in the others as well."""
        known = facts_of(car)
        kept = {} if over else {name: text for name, text in self.words.items() if text}
        kept = {name: text for name, text in kept.items() if name not in THEIR_OWN}
        return Typed({**self.words, **known, **kept}, self.codes)


def read_typed(form: MultiDict[str, str]) -> Typed:
    """What came, cut where nobody types on; a form without a key gets one."""
    words = {name: form.get(name, "")[:MOST_KEPT] for name in FIELDS}
    if not _KEY.fullmatch(words["key"]):
        words["key"] = new_key()
    codes = dict.fromkeys(code[:MOST_KEPT] for code in form.getlist("service"))
    return Typed(words, tuple(codes)[:MOST_SERVICES])


def new_key() -> str:
    """Stands for one booking in the form: pressed twice, it books once."""
    return secrets.token_urlsafe(16)


def fit_mode(typed: Typed, offered: list[ServiceType]) -> Typed:
    """The form as it stands or, where the ticked work cannot be done that way, with the first way it can."""
    shared = shared_modes(row for row in offered if row.code in typed.codes)
    try:
        mode, _courtesy_car = parse_mode(typed["mode"])
    except ValueError:
        return typed
    if mode in shared or not shared or not typed.codes:
        return typed
    return Typed({**typed.words, "mode": shared[0]}, typed.codes)


def read_caller(typed: Typed, *, country: str) -> tuple[str, str | None]:
    """Plate and number as far as they are whole; still being typed, they are nothing yet."""
    try:
        plate = parse_plate(typed["plate"])
    except ValueError:
        plate = ""
    try:
        phone = parse_phone(typed["phone"], country=country)
    except ValueError:
        phone = None
    return plate, phone


def read_wish(typed: Typed, *, today: date) -> Wish:
    """The wished day and time; raises InvalidInputError for what is neither, or a day gone by."""
    check = FieldReader(typed.words)
    wish = read_wish_from(check, today=today)
    check.finish()
    return wish


def read_visit(typed: Typed, offered: list[ServiceType]) -> VisitQuestion:
    """Which visit is sought; raises InvalidInputError."""
    check = FieldReader(typed.words)
    chosen = [row for row in offered if row.code in typed.codes]
    if not chosen:
        check.errors["service"] = _("Choose what is to be done, one thing or several.")
    elif len(chosen) != len(typed.codes):
        check.errors["service"] = _("One of the chosen services is not offered here any more.")
    elif not shared_modes(chosen):
        check.errors["service"] = _(
            "These services do not fit into one visit. Book them one after the other."
        )
    waiting: tuple[Mode, bool] = ("wait", False)
    mode, courtesy_car = check.take("mode", parse_mode, waiting)
    if chosen and not check.errors and mode not in shared_modes(chosen):
        check.errors["mode"] = _("Not all of these services can be done that way.")
    vehicle_class, energy = _read_kind(check)
    check.finish()
    return VisitQuestion(
        service_codes=typed.codes,
        mode=mode,
        vehicle_class=vehicle_class,
        energy=energy,
        courtesy_car=courtesy_car,
        online=False,
    )


def read_booking(
    typed: Typed,
    *,
    garage: GarageView,
    workshop: WorkshopView,
    offered: list[ServiceType],
    read_time: ReadTime,
) -> BookingRequest:
    """The whole booking; raises InvalidInputError that names every field that is wrong."""
    check = FieldReader(typed.words)
    visit = _part(check, lambda: read_visit(typed, offered))
    vehicle = _read_vehicle(check, garage=garage)
    customer = _read_customer(check, typed, country=garage.country)
    notes = check.take("notes", parse_notes, "")
    when = read_time(check, workshop)
    if when is None and not {"service", "mode", "on", "at"} & check.errors.keys():
        check.errors.setdefault("arrives_at", _("Choose one of the places, or ask for another time."))
    check.finish()
    if visit is None or when is None:
        raise InvalidInputError({"arrives_at": _("Choose a time.")})
    return BookingRequest(
        visit=visit,
        arrives_at=when.arrives_at,
        customer=customer,
        vehicle=vehicle,
        source="desk",
        notes=notes,
        is_unplanned=when.is_unplanned,
        is_wish=when.is_wish,
        anyway=when.anyway,
        is_here=when.is_here,
        works_at=when.works_at,
    )


def _read_kind(check: FieldReader) -> tuple[str | None, str | None]:
    """Class and energy of the vehicle, where they are known."""
    vehicle_class = check.take(
        "vehicle_class", lambda text: parse_choice(text, options=VEHICLE_CLASSES), None
    )
    return vehicle_class, check.take("energy", lambda text: parse_choice(text, options=ENERGIES), None)


def _part(check: FieldReader, read: Any) -> Any:
    try:
        return read()
    except InvalidInputError as refusal:
        check.errors |= refusal.errors
        return None


def _read_vehicle(check: FieldReader, *, garage: GarageView) -> VehicleDetails:
    """The car: by its plate, or by make and model where nobody has the plate to hand."""
    plate = check.take("plate", parse_plate, "")
    make, model = check.take("make_model", parse_make_and_model, ("", ""))
    if not plate and not make and not {"plate", "make_model"} & check.errors.keys():
        check.errors["plate"] = _("Type the plate, or the make and model.")
    countries = known_countries(garage.country)
    country = check.take("country", lambda text: parse_choice(text, options=countries), None)
    vehicle_class, energy = _read_kind(check)
    return VehicleDetails(
        plate=plate,
        country=(country or garage.country) if plate else "",
        make=make,
        model=model,
        vehicle_class=vehicle_class,
        energy=energy,
    )


def _read_customer(check: FieldReader, typed: Typed, *, country: str) -> CustomerDetails:
    """The person. A box left empty takes a consent back only where the desk saw that it was given."""
    phone = check.take("phone", lambda text: parse_phone(text, country=country), None)
    email = check.take("email", parse_email, None)
    if phone is None and email is None and not {"phone", "email"} & check.errors.keys():
        check.errors["phone"] = _("A phone number or an e-mail address is needed.")
    seen = read_key(typed["known"])
    consents = check.take("sms_consent", parse_flag, default=False) and phone is not None
    locale = check.take("locale", lambda text: parse_choice(text, options=LOCALES), None)
    return CustomerDetails(
        name=check.take("name", parse_name, ""),
        phone=phone,
        email=email,
        locale=locale or LOCALES[0],
        sms_consent=consents if consents or seen else None,
        seen=seen,
    )
