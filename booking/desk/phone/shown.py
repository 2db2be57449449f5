"""The telephone's form as a page: what was typed with what is known, and everything that stands around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from flask import render_template, request
from flask_babel import get_locale
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.db.unit_of_work import reading
from app.i18n import LOCALE_NAMES, LOCALES
from app.localtime import local_date
from app.tenancy.queries import WorkshopView, get_workshop
from booking.appointments.requests import BookingRequest
from booking.catalog.groups import group_types
from booking.catalog.models import ServiceType
from booking.catalog.queries import list_service_types
from booking.catalog.words import list_classes, list_energies
from booking.customers.countries import list_countries
from booking.customers.queries import find_known
from booking.desk.phone.callers import find_callers
from booking.desk.phone.forms import Typed
from booking.desk.phone.last import repeat
from booking.desk.phone.page import Passing, Places, way_options
from booking.desk.ways import way_back
from booking.errors import SlotTakenError
from booking.resources.queries import has_courtesy_cars


class FindPlaces(Protocol):
    """Proposes places for what is ticked."""

    def __call__(
        self, session: Session, workshop: WorkshopView, typed: Typed, *, offered: list[ServiceType]
    ) -> Places: ...


class Refused(Protocol):
    """Renders the form where its time is not to be had."""

    def __call__(
        self, workshop: WorkshopView, typed: Typed, *, wanted: BookingRequest, refusal: SlotTakenError
    ) -> str: ...


@dataclass(frozen=True, slots=True)
class Form:
    """One of the forms that book at the desk: what they share is asked once (``_who.html``, ``_work.html``).

    ``say`` tells what was booked.
    """

    template: str
    find_places: FindPlaces
    refused: Refused
    say: Callable[[WorkshopView, BookingRequest], str]


def read_language() -> str:
    """The reader's language, in which names of services are shown."""
    return str(get_locale() or LOCALES[0])


def take_over(workshop: str, typed: Typed) -> Typed:
    """The form with what is known, as a button without scripts asks: of whoever was picked, of the only one
    who may be calling, or of the visit that is repeated."""
    garage, picked, repeated = current_user.garage, *map(request.form.get, ("pick", "repeat"))
    with reading() as session:
        get_workshop(session, garage.id, workshop)
        if picked:
            car = find_known(session, garage.id, picked)
            return typed.filled(car, over=True) if car else typed
        offered = list_service_types(session, garage.id, online_only=False)
        callers = find_callers(session, garage, typed, offered=offered, lang=read_language())
    if repeated:
        again = [visit for visit in callers.last if str(visit.id) == repeated]
        typed = repeat(typed, again[0]) if again else typed
    if (repeated or request.form.get("do") == "look") and len(callers.matches) == 1 and not typed["known"]:
        return typed.filled(callers.matches[0].car, over=False)
    return typed


def show_form(
    form: Form,
    workshop: str,
    typed: Typed,
    *,
    errors: dict[str, str] | None = None,
    found: Places | None = None,
    said: str = "",
    promise: Passing | None = None,
) -> str:
    """A form as typed; ``found`` stands in for places looked up, ``promise`` says what a promise passes."""
    garage = current_user.garage
    with reading() as session:
        shown = get_workshop(session, garage.id, workshop)
        offered = list_service_types(session, garage.id, online_only=False)
        callers = find_callers(session, garage, typed, offered=offered, lang=read_language())
        proposed = found or form.find_places(session, shown, typed, offered=offered)
        lends_cars = has_courtesy_cars(session, garage.id, shown.id)
    if proposed.mode:
        typed = Typed({**typed.words, "mode": proposed.mode}, typed.codes)
    today = local_date(clock.now(), shown.timezone)
    return render_template(
        form.template,
        workshop=shown,
        typed=typed,
        errors=((proposed.errors if typed.codes else None) or {}) | (errors or {}),
        gone=said,
        promise=promise,
        groups=group_types(offered),
        callers=callers,
        places=proposed,
        ways=way_options(has_courtesy_cars=lends_cars),
        classes=list_classes(),
        energies=list_energies(),
        countries=list_countries(garage.country),
        languages=[(code, LOCALE_NAMES[code]) for code in LOCALES],
        today=today,
        country=typed["country"] or garage.country,
        way=way_back(request.args, arrives_on=today),
    )
