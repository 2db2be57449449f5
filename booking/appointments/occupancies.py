"""The rows by which visits and holds take resources: stored, given back, written down and restored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from app import clock
from app.db.base import table_of
from app.localtime import from_minutes
from booking.appointments.holds import has_expired
from booking.appointments.models import Appointment, Hold
from booking.availability.engine.model import Placement, Row
from booking.resources.models import Occupancy, Resource
from booking.resources.pieces import split_span

Piece = tuple[int, datetime, datetime]
"""A resource, and from when to when it is taken; at most 14 days."""

_INSERT = insert(table_of(Occupancy))  # of rows, not of objects
_CLOCKS = ("arrives_at", "work_starts_at", "work_ends_at", "ready_at")
_KEPT_CLOCKS = (*_CLOCKS, "courtesy_car_due_at")


def occupy(session: Session, appointment: Appointment, placement: Placement) -> None:
    """Take bay, technician and, if one is lent, courtesy car as the engine placed them.

    The caller holds the workshop's lock, and has placed the visit under it; expired holds make room first.
    """
    drop_expired_holds(session, garage_id=appointment.garage_id, workshop_id=appointment.workshop_id)
    add_rows(session, appointment, _list_pieces(placement))
    appointment.courtesy_car_due_at = courtesy_car_due_at(placement)
    appointment.overran_at = None


def courtesy_car_due_at(placement: Placement) -> datetime | None:
    """When the car that is lent is to be back, in UTC; None where none is lent."""
    car = placement.courtesy_car
    return from_minutes(car.ends_at) if car else None


def occupy_for_hold(session: Session, hold: Hold, placement: Placement) -> None:
    """Keep what the visit would take, as the engine placed it; the hold is stored already."""
    keys = {"garage_id": hold.garage_id, "workshop_id": hold.workshop_id, "hold_id": hold.id, "kind": "hold"}
    _insert(session, keys, _list_pieces(placement))


def end_hold(session: Session, *, garage_id: int, hold_id: int) -> None:
    """Give back what a hold keeps and let it be over; its row goes with the next housekeeping."""
    session.execute(
        delete(Occupancy)
        .where(Occupancy.garage_id == garage_id, Occupancy.hold_id == hold_id)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Hold)
        .where(Hold.garage_id == garage_id, Hold.id == hold_id, Hold.expires_at > clock.now())
        .values(expires_at=clock.now())
        .execution_options(synchronize_session="fetch")
    )


def drop_expired_holds(session: Session, *, garage_id: int, workshop_id: int) -> None:
    """Give back what expired holds still keep, so that the database lets others have it.

    The caller holds the workshop's lock. Nothing is asked where holds were read under it and none was over.
    """
    if not has_expired(session, garage_id=garage_id, workshop_id=workshop_id):
        return
    expired = select(Hold.id).where(
        Hold.garage_id == garage_id, Hold.workshop_id == workshop_id, Hold.expires_at <= clock.now()
    )
    session.execute(
        delete(Occupancy)
        .where(Occupancy.garage_id == garage_id, Occupancy.hold_id.in_(expired))
        .execution_options(synchronize_session=False)
    )


def set_clocks(appointment: Appointment, placement: Placement) -> None:
    """Arrival, work and ready as the engine placed them."""
    for name in _CLOCKS:
        setattr(appointment, name, from_minutes(getattr(placement, name)))


def free_resources(
    session: Session, appointment: Appointment, *, kinds: Sequence[str] | None = None
) -> list[int]:
    """Give back what the appointment takes, all of it or resources of these ``kinds``; their ids."""
    freed = session.scalars(
        delete(Occupancy)
        .where(*_own_rows(appointment, kinds))
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


def write_place(
    session: Session, appointment: Appointment, *, kinds: Sequence[str] | None = None
) -> dict[str, Any]:
    """Clocks and rows as they stand, in plain values for the history; :func:`restore_place` reads them.

    With ``kinds`` only the rows of such resources, and only they are restored.
    """
    clocks = {name: _written(getattr(appointment, name)) for name in _KEPT_CLOCKS}
    rows = session.execute(
        select(Occupancy.resource_id, Occupancy.starts_at, Occupancy.ends_at)
        .where(*_own_rows(appointment, kinds))
        .order_by(Occupancy.id)
    )
    places = [[row.resource_id, row.starts_at.isoformat(), row.ends_at.isoformat()] for row in rows]
    wish = {"is_wish": True} if appointment.is_wish else {}
    return clocks | wish | {"places": places} | ({"kinds": list(kinds)} if kinds else {})


def restore_place(session: Session, appointment: Appointment, place: dict[str, Any]) -> bool:
    """Give the appointment the clocks and rows that :func:`write_place` wrote; what it has now goes.

    False, with nothing changed, when somebody else has taken part of the place meanwhile.
    """
    drop_expired_holds(session, garage_id=appointment.garage_id, workshop_id=appointment.workshop_id)
    rows = [
        (resource_id, datetime.fromisoformat(starts), datetime.fromisoformat(ends))
        for resource_id, starts, ends in place["places"]
    ]
    if any(_is_taken(session, appointment, row) for row in rows):
        return False
    free_resources(session, appointment, kinds=place.get("kinds"))
    add_rows(session, appointment, rows)
    appointment.is_wish = bool(place.get("is_wish"))
    for name in place.keys() & set(_KEPT_CLOCKS):
        setattr(appointment, name, datetime.fromisoformat(place[name]) if place[name] else None)
    return True


def split_row(row: Row) -> list[tuple[datetime, datetime]]:
    """The row as consecutive pieces of at most 14 days, as the table stores it."""
    return split_span(from_minutes(row.starts_at), from_minutes(row.ends_at))


def _list_pieces(placement: Placement) -> list[Piece]:
    """Every row to store."""
    rows = [placement.bay, placement.technician]
    if placement.courtesy_car is not None:
        rows.append(placement.courtesy_car)
    return [(row.resource_id, *piece) for row in rows for piece in split_row(row)]


def add_rows(session: Session, appointment: Appointment, pieces: list[Piece]) -> None:
    """Take these for a stored appointment."""
    keys = {
        "garage_id": appointment.garage_id,
        "workshop_id": appointment.workshop_id,
        "appointment_id": appointment.id,
        "kind": "job",
    }
    _insert(session, keys, pieces)


def _insert(session: Session, keys: dict[str, Any], pieces: list[Piece]) -> None:
    """All rows by one statement."""
    values = [
        keys | {"resource_id": resource_id, "starts_at": starts_at, "ends_at": ends_at}
        for resource_id, starts_at, ends_at in pieces
    ]
    if values:
        session.execute(_INSERT, values)


def _own_rows(appointment: Appointment, kinds: Sequence[str] | None) -> list[ColumnElement[bool]]:
    """What picks the appointment's rows, all or those of resources of these kinds."""
    rows = [Occupancy.garage_id == appointment.garage_id, Occupancy.appointment_id == appointment.id]
    if kinds is None:
        return rows
    of_kind = select(Resource.id).where(Resource.garage_id == appointment.garage_id, Resource.kind.in_(kinds))
    return [*rows, Occupancy.resource_id.in_(of_kind)]


def _is_taken(session: Session, appointment: Appointment, row: Piece) -> bool:
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
