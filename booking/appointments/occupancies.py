"""The rows by which an appointment takes its resources: stored, given back, written down and restored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.localtime import from_minutes
from booking.appointments.models import Appointment
from booking.availability.engine.model import Placement, Row
from booking.resources.models import MAX_ROW_DAYS, Occupancy, Resource

_CLOCKS = ("arrives_at", "work_starts_at", "work_ends_at", "ready_at")


def occupy(session: Session, appointment: Appointment, placement: Placement) -> None:
    """Take bay, technician and, if one is lent, courtesy car as the engine placed them."""
    rows = [placement.bay, placement.technician]
    if placement.courtesy_car is not None:
        rows.append(placement.courtesy_car)
    for row in rows:
        for starts_at, ends_at in split_row(row):
            _add(session, appointment, (row.resource_id, starts_at, ends_at))


def set_clocks(appointment: Appointment, placement: Placement) -> None:
    """Arrival, work and ready as the engine placed them."""
    for clock in _CLOCKS:
        setattr(appointment, clock, from_minutes(getattr(placement, clock)))


def free_resources(session: Session, appointment: Appointment) -> list[int]:
    """Give everything back that the appointment takes; the ids of the resources that were freed."""
    freed = session.scalars(
        delete(Occupancy)
        .where(Occupancy.garage_id == appointment.garage_id, Occupancy.appointment_id == appointment.id)
        .returning(Occupancy.resource_id)
        .execution_options(synchronize_session=False)
    )
    return sorted(set(freed))


def list_place_names(session: Session, appointment: Appointment) -> list[str]:
    """The names of bay, technician and courtesy car that the appointment takes, for the history."""
    rows = session.execute(
        select(Resource.kind, Resource.id, Resource.name)
        .join(Occupancy, (Occupancy.garage_id == Resource.garage_id) & (Occupancy.resource_id == Resource.id))
        .where(Occupancy.garage_id == appointment.garage_id, Occupancy.appointment_id == appointment.id)
        .distinct()
        .order_by(Resource.kind, Resource.id)
    )
    return [row.name for row in rows]


def write_place(session: Session, appointment: Appointment) -> dict[str, Any]:
    """Clocks and rows as they stand, in plain values for the history; :func:`restore_place` reads them."""
    clocks = {name: _written(getattr(appointment, name)) for name in _CLOCKS}
    rows = session.execute(
        select(Occupancy.resource_id, Occupancy.starts_at, Occupancy.ends_at)
        .where(Occupancy.garage_id == appointment.garage_id, Occupancy.appointment_id == appointment.id)
        .order_by(Occupancy.id)
    )
    places = [[row.resource_id, row.starts_at.isoformat(), row.ends_at.isoformat()] for row in rows]
    return clocks | {"places": places}


def restore_place(session: Session, appointment: Appointment, place: dict[str, Any]) -> bool:
    """Give the appointment the clocks and rows that :func:`write_place` wrote; what it has now goes.

    False, with nothing changed, when somebody else has taken part of the place meanwhile.
    """
    rows = [
        (resource_id, datetime.fromisoformat(starts), datetime.fromisoformat(ends))
        for resource_id, starts, ends in place["places"]
    ]
    if any(_is_taken(session, appointment, row) for row in rows):
        return False
    free_resources(session, appointment)
    for row in rows:
        _add(session, appointment, row)
    for name in _CLOCKS:
        setattr(appointment, name, datetime.fromisoformat(place[name]) if place[name] else None)
    return True


def split_row(row: Row) -> list[tuple[datetime, datetime]]:
    """The row as consecutive pieces of at most 14 days, as the table stores it."""
    step = MAX_ROW_DAYS * 24 * 60
    return [
        (from_minutes(start), from_minutes(min(start + step, row.ends_at)))
        for start in range(row.starts_at, row.ends_at, step)
    ]


def _add(session: Session, appointment: Appointment, row: tuple[int, datetime, datetime]) -> None:
    resource_id, starts_at, ends_at = row
    session.add(
        Occupancy(
            garage_id=appointment.garage_id,
            workshop_id=appointment.workshop_id,
            resource_id=resource_id,
            appointment_id=appointment.id,
            kind="job",
            starts_at=starts_at,
            ends_at=ends_at,
        )
    )


def _is_taken(session: Session, appointment: Appointment, row: tuple[int, datetime, datetime]) -> bool:
    resource_id, starts_at, ends_at = row
    found = session.scalar(
        select(Occupancy.id)
        .where(
            Occupancy.garage_id == appointment.garage_id,
            Occupancy.resource_id == resource_id,
            Occupancy.starts_at < ends_at,
            Occupancy.ends_at > starts_at,
            Occupancy.appointment_id.is_distinct_from(appointment.id),
        )
        .limit(1)
    )
    return found is not None


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
