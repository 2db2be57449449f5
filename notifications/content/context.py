"""What a message may say of a visit, already in the words and the clock of its reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_datetime

from app.i18n import LOCALES, pick
from app.localtime import to_local
from app.tenancy.queries import WorkshopView
from app.web.filters import phone as show_phone
from booking.appointments.queries import AppointmentView
from booking.customers.models import Vehicle
from booking.customers.plates import show_plate

MAX_WORD = 40
_ADDRESS = re.compile(r"\S*(?:://|\bwww\.|\w\.\w{2,})\S*", re.IGNORECASE)
_BRACES = re.compile(r"[{}<>]")

_HELLO = {"en": "Hello", "fr": "Bonjour"}
_YOUR = {"en": "your", "fr": "votre"}
_CAR = {"en": "car", "fr": "voiture"}
_AND = {"en": " and ", "fr": " et "}


@dataclass(frozen=True, slots=True)
class MessageContext:
    """The words that a template may use, each safe to send.

    ``hello`` is "Bonjour Camille"; ``car`` "votre GA-482-QT"; ``when`` "mar. 24 nov. à 8 h 30" on
    the workshop's clock; ``place`` the workshop's name, address and phone, a line each.
    """

    hello: str
    car: str
    when: str
    services: str
    workshop: str
    place: str
    phone: str
    reference: str


def build_context(view: AppointmentView, workshop: WorkshopView, *, locale: str) -> MessageContext:
    """The words for one visit in ``locale``; a locale we do not speak reads English."""
    spoken = locale if locale in LOCALES else LOCALES[0]
    name = first_name(view.customer.name)
    phone = show_phone(workshop.phone)
    place = (tidy(workshop.name), tidy(workshop.address), phone)
    return MessageContext(
        hello=f"{_HELLO[spoken]} {name}".strip(),
        car=f"{_YOUR[spoken]} {car_name(view.vehicle) or _CAR[spoken]}",
        when=local_words(view.appointment.arrives_at, workshop.timezone, locale=spoken),
        services=_AND[spoken].join(tidy(pick(line.name, spoken)) for line in view.lines),
        workshop=tidy(workshop.name),
        place="\n".join(filter(None, place)),
        phone=phone,
        reference=view.appointment.reference,
    )


def first_name(name: str) -> str:
    """The first word of a name, at most 40 characters; web addresses are left out.

    A name typed by a stranger is sent in the garage's voice: it must carry no link.
    """
    return next(iter(typed(name).split()), "")[:MAX_WORD]


def car_name(vehicle: Vehicle) -> str:
    """The plate as its country writes it, else make and model, else nothing."""
    if vehicle.plate:
        return show_plate(vehicle.plate, vehicle.plate_country)
    return typed(f"{vehicle.make} {vehicle.model}")[:MAX_WORD].strip()


def local_words(moment: datetime, timezone: str, *, locale: str) -> str:
    """Date and time of the visit on the workshop's clock, in the sentence form of the language.

    In the hour that a clock change repeats, the zone's name tells the two apart.
    """
    local = to_local(moment, timezone)
    day = format_datetime(local, "EEE d MMM", locale=locale)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    zone_name = f" ({format_datetime(local, 'ZZZZ', locale=locale)})" if twice else ""
    if locale == "fr":
        minutes = f"\u00a0{local:%M}" if local.minute else ""
        return f"{day} à {local.hour}\u00a0h{minutes}{zone_name}"
    return f"{day} at {local.hour}:{local:%M}{zone_name}"


def typed(text: str) -> str:
    """What a visitor typed, without web addresses, braces and line breaks."""
    return tidy(_ADDRESS.sub(" ", text))


def tidy(text: str) -> str:
    """One line, without the braces that mark places to fill in."""
    return " ".join(_BRACES.sub("", text).split())
