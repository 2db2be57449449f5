"""What an e-mail to the workshop may say of a visit: all the desk needs, and no web address typed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.i18n import LOCALES, pick
from app.tenancy.queries import WorkshopView
from app.web.filters import phone as show_phone
from booking.appointments.queries import AppointmentView
from booking.customers.models import Vehicle
from booking.customers.plates import show_plate
from notifications.content.context import local_words, tidy, typed

MAX_NOTE = 500

_CAR = {"en": "a car", "fr": "une voiture"}
_SOMEBODY = {"en": "A customer", "fr": "Un client"}
_VISIT = {
    "wait": {"en": "waits while the work is done", "fr": "attend sur place"},
    "drop_off": {"en": "leaves the car", "fr": "laisse la voiture"},
    "courtesy_car": {
        "en": "leaves the car, needs a courtesy car",
        "fr": "laisse la voiture, avec véhicule de courtoisie",
    },
}


@dataclass(frozen=True, slots=True)
class GarageContext:
    """The words that a template to the workshop may use; empty ones leave their fact out.

    ``when`` is the arrival as it stood when this happened, ``before`` the one that it replaced,
    both on the workshop's clock.
    """

    customer: str
    car: str
    when: str
    before: str
    ready: str
    answer_by: str
    services: str
    visit: str
    phone: str
    email: str
    note: str
    reason: str
    reference: str


def build_garage_context(
    view: AppointmentView,
    workshop: WorkshopView,
    *,
    country: str,
    arrives_at: datetime,
    moved_from: datetime | None,
    locale: str,
) -> GarageContext:
    """The words for one visit in ``locale``. ``arrives_at`` is the arrival that is told.

    When the car is ready is left out where the visit has another arrival by now.
    """
    spoken = locale if locale in LOCALES else LOCALES[0]
    visit, who = view.appointment, view.customer

    def said(moment: datetime | None) -> str:
        return local_words(moment, workshop.timezone, locale=spoken) if moment else ""

    return GarageContext(
        customer=typed(who.name) or _SOMEBODY[spoken],
        car=_car(view.vehicle) or _CAR[spoken],
        when=said(arrives_at),
        before=said(moved_from),
        ready=said(visit.ready_at) if visit.arrives_at == arrives_at else "",
        answer_by=said(visit.expires_at),
        services=", ".join(tidy(pick(line.name, spoken)) for line in view.lines),
        visit=_VISIT["courtesy_car" if visit.courtesy_car else visit.mode][spoken],
        phone=show_phone(who.phone, country) if who.phone else "",
        email=tidy(who.email or ""),
        note=typed(visit.notes)[:MAX_NOTE],
        reason=typed(visit.cancel_reason)[:MAX_NOTE],
        reference=visit.reference,
    )


def _car(vehicle: Vehicle) -> str:
    """Plate and model, as far as they are known."""
    model = typed(f"{vehicle.make} {vehicle.model}")
    return f"{show_plate(vehicle.plate, vehicle.plate_country)} {model}".strip()
