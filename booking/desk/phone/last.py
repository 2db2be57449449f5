"""The last visits of whoever calls, and what repeating one of them puts into the form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import format_date
from sqlalchemy.orm import Session

from app import clock
from app.i18n import pick
from app.localtime import local_date
from app.tenancy.queries import WorkshopView
from app.web.filters import capital
from booking.appointments.life_cycle import TO_COME
from booking.appointments.people import list_with_workshops
from booking.appointments.queries import AppointmentView, list_latest_of
from booking.catalog.models import ServiceType
from booking.customers.queries import KnownCar
from booking.desk.phone.forms import Typed
from booking.desk.standing import Reader, say_wish

MOST_LAST = 3


@dataclass(frozen=True, slots=True)
class LastVisit:
    """One visit as the form lists it; ``href`` leads to one that is still to come.

    ``repeats``: the fields that repeating it fills; None where nothing of it is offered any more.
    """

    id: int
    when: str
    work: str
    status: str
    href: str = ""
    repeats: dict[str, Any] | None = None

    @property
    def is_to_come(self) -> bool:
        return bool(self.href)


def list_last(
    session: Session, garage_id: int, car: KnownCar | None, *, offered: Iterable[ServiceType], lang: str
) -> list[LastVisit]:
    """The latest three visits of a known customer with this vehicle, those to come included.

    Five statements; none where no vehicle is known.
    """
    if car is None or car.vehicle is None:
        return []
    ids = list_latest_of(
        session, garage_id, customer_id=car.customer.id, vehicle_id=car.vehicle.id, limit=MOST_LAST
    )
    codes = {row.code for row in offered}
    return [
        _last_visit(workshop, view, codes=codes, lang=lang)
        for workshop, view in list_with_workshops(session, garage_id, ids)
    ]


def repeat(typed: Typed, visit: LastVisit) -> Typed:
    """The form with the services and the way to come of a visit, in place of what was ticked."""
    if visit.repeats is None:
        return typed
    return Typed({**typed.words, "mode": visit.repeats["mode"]}, tuple(visit.repeats["codes"]))


def _last_visit(workshop: WorkshopView, view: AppointmentView, *, codes: set[str], lang: str) -> LastVisit:
    visit, work = view.appointment, ", ".join(pick(line.name, lang) for line in view.lines)
    now = clock.now()
    reader, today = Reader(now, workshop.timezone), local_date(now, workshop.timezone)
    came_on = local_date(visit.arrives_at, workshop.timezone)
    if view.status in TO_COME and came_on >= today:
        when = say_wish(visit, reader) if visit.is_wish else capital(reader.which_day(visit.arrives_at))
        href = url_for("booking_desk.appointment_detail", workshop=workshop.slug, appointment_id=view.id)
        return LastVisit(view.id, when, work, visit.status, href=href)
    still = [line.code for line in view.lines if line.code in codes]
    return LastVisit(
        view.id,
        format_date(came_on, "d MMM y"),
        work,
        visit.status,
        repeats={"codes": still, "mode": "courtesy_car" if visit.courtesy_car else visit.mode}
        if still
        else None,
    )
