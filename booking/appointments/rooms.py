"""What a day still has room for, service by service, and where it has none the rule that binds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app import clock
from app.localtime import from_minutes, to_minutes_up
from app.tenancy.queries import WorkshopView
from booking.appointments.loading import Prepared, Stretch, load_stretch
from booking.appointments.requests import VisitQuestion
from booking.availability.engine.model import Mode, Reason
from booking.availability.engine.search import list_slots
from booking.availability.engine.why import find_reason_of_day
from booking.catalog.models import MODES, ServiceType


@dataclass(frozen=True, slots=True)
class Room:
    """How many arrivals a day offers, and the first; where it offers none, ``reason`` (rule 13)."""

    arrivals: int
    first_at: datetime | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class ServiceRoom:
    """One service type alone: what the desk may promise by phone, and what is offered online.

    ``online`` is None where it is not booked online. ``name`` by locale.
    """

    name: Mapping[str, str]
    minutes: int
    mode: Mode
    by_phone: Room
    online: Room | None


def list_rooms(session: Session, workshop: WorkshopView, *, on: date) -> list[ServiceRoom]:
    """Each service type in use, in the garage's order, on one local date; a constant number of statements."""
    stretch = load_stretch(session, workshop, first_on=on, last_on=on)
    return [_of(stretch, row, on) for row in stretch.set_up.catalogue if row.archived_at is None]


def _of(stretch: Stretch, row: ServiceType, on: date) -> ServiceRoom:
    mode: Mode = next(mode for mode in MODES if mode in row.modes)  # type: ignore[misc]  # MODES are the literals
    by_phone = stretch.prepare(VisitQuestion((row.code,), mode, online=False))
    # Whoever books at the desk is bound by no notice.
    by_phone = replace(by_phone, demand=replace(by_phone.demand, notice_minutes=0))
    online = stretch.prepare(VisitQuestion((row.code,), mode)) if row.online else None
    return ServiceRoom(
        name=row.name,
        minutes=by_phone.demand.work_minutes,
        mode=mode,
        by_phone=_room(by_phone, on),
        online=_room(online, on) if online else None,
    )


def _room(prepared: Prepared, on: date) -> Room:
    now = to_minutes_up(clock.now())
    slots = list_slots(prepared.state, prepared.demand, first_on=on, last_on=on, now=now)
    if slots:
        return Room(len(slots), from_minutes(slots[0].arrives_at), None)
    return Room(0, None, find_reason_of_day(prepared.state, prepared.demand, on=on, now=now))
