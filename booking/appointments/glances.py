"""The one visit that says most of a car, and a visit by its reference: a few rows of an index each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from app.tenancy.models import Workshop
from app.tenancy.queries import WorkshopView, workshop_view
from booking.appointments.life_cycle import LIVE, Status
from booking.appointments.models import Appointment
from booking.appointments.references import read_reference
from booking.customers.models import Vehicle

STAYS = timedelta(days=60)
"""No car is in the workshop for longer."""
HERE = frozenset({Status.ARRIVED, Status.IN_PROGRESS, Status.WAITING_PARTS, Status.READY})
TO_COME = frozenset({Status.REQUESTED, Status.CONFIRMED})
DUE_SINCE = timedelta(days=1)
"""Who did not come within a day is not expected any more."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A visit and the workshop that it is in."""

    appointment: Appointment
    workshop: WorkshopView

    def is_open(self, now: datetime) -> bool:
        """Whether the car is here or still expected."""
        status = Status(self.appointment.status)
        return status in HERE or (status in TO_COME and self.appointment.arrives_at >= now - DUE_SINCE)


def find_by_reference(session: Session, garage_id: int, text: str) -> tuple[int, int] | None:
    """The ids of the visit whose reference ``text`` is, and of its vehicle; typed as one hears it."""
    reference = read_reference(text)
    if not reference:
        return None
    row = session.execute(
        select(Appointment.id, Appointment.vehicle_id).where(
            Appointment.garage_id == garage_id, Appointment.reference == reference
        )
    ).one_or_none()
    return (row.id, row.vehicle_id) if row else None


def list_glances(
    session: Session,
    garage_id: int,
    vehicle_ids: Collection[int],
    *,
    now: datetime,
    instead: Mapping[int, int],
) -> dict[int, Glance]:
    """By vehicle the visit for which it is here, else its next, else its last; two statements.

    Vehicles that never came are left out. ``instead`` names visits to show, by vehicle.
    """
    if not vehicle_ids:
        return {}
    visit = func.coalesce(
        _first(HERE, Appointment.arrives_at.desc(), after=now - STAYS),
        _first(TO_COME, Appointment.arrives_at, after=now - DUE_SINCE),
        _first(LIVE, Appointment.arrives_at.desc()),
        _first(Status, Appointment.arrives_at.desc()),
    )
    chosen = session.execute(
        select(Vehicle.id, visit).where(Vehicle.garage_id == garage_id, Vehicle.id.in_(vehicle_ids))
    )
    visits = {vehicle_id: instead.get(vehicle_id, found) for vehicle_id, found in chosen}
    rows = session.execute(
        select(Appointment, Workshop)
        .join(
            Workshop, (Workshop.garage_id == Appointment.garage_id) & (Workshop.id == Appointment.workshop_id)
        )
        .where(Appointment.garage_id == garage_id, Appointment.id.in_(set(visits.values()) - {None}))
        .order_by(Appointment.id)
    )
    return {row.vehicle_id: Glance(row, workshop_view(workshop)) for row, workshop in rows}


def _first(states: Iterable[Status], order: Any, *, after: datetime | None = None) -> ScalarSelect[int]:
    """The first visit of a vehicle in that order, in one of these states."""
    since = [] if after is None else [Appointment.arrives_at >= after]
    return (
        select(Appointment.id)
        .where(
            Appointment.garage_id == Vehicle.garage_id,
            Appointment.vehicle_id == Vehicle.id,
            Appointment.status.in_(sorted(states)),
            *since,
        )
        .order_by(order)
        .limit(1)
        .correlate(Vehicle)
        .scalar_subquery()
    )
