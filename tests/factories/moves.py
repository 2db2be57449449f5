"""Moves and undoing, each in a unit of work of its own, as pages and calls do them."""

from __future__ import annotations

from datetime import datetime

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.operations import move, undo
from booking.appointments.queries import get_appointment
from booking.appointments.requests import CUSTOMER, Actor, MoveRequest
from tests.factories.garages import MadeGarage

DESK = Actor("staff")


def move_online(
    garage: MadeGarage, appointment_id: int, arrives_at: datetime, *, actor: Actor = CUSTOMER
) -> None:
    """The customer takes another arrival."""
    with scoped_to(garage.id), unit_of_work() as session:
        move.move_online(
            session,
            garage_id=garage.id,
            appointment_id=appointment_id,
            request=MoveRequest(arrives_at),
            actor=actor,
        )


def move_desk(
    garage: MadeGarage,
    appointment_id: int,
    arrives_at: datetime,
    *,
    actor: Actor = DESK,
    version: int | None = None,
    anyway: tuple[str, ...] = (),
    **place: int,
) -> None:
    """The desk moves it; ``bay_id`` and ``technician_id`` name the place, ``version`` is the present one.

    ``anyway`` are the soft rules that it passes.
    """
    seen = version_of(garage, appointment_id) if version is None else version
    with scoped_to(garage.id), unit_of_work() as session:
        move.move_at_desk(
            session,
            garage_id=garage.id,
            appointment_id=appointment_id,
            request=MoveRequest(arrives_at, anyway=frozenset(anyway), **place),
            actor=actor,
            version=seen,
        )


def undo_last(
    garage: MadeGarage, appointment_id: int, *, actor: Actor = DESK, at_any_time: bool = False
) -> None:
    """The last step or move is taken back."""
    seen = version_of(garage, appointment_id)
    with scoped_to(garage.id), unit_of_work() as session:
        undo.undo_last(
            session,
            garage_id=garage.id,
            appointment_id=appointment_id,
            actor=actor,
            version=seen,
            at_any_time=at_any_time,
        )


def version_of(garage: MadeGarage, appointment_id: int) -> int:
    """The appointment's version as it stands."""
    with scoped_to(garage.id), reading() as session:
        return get_appointment(session, garage.id, appointment_id).version
