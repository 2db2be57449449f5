"""Moves and undoing, each in a unit of work of its own, as pages and calls do them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.moving import arrival_for
from booking.appointments.operations import move, undo, unplan
from booking.appointments.queries import get_appointment, get_appointment_view
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
    **place: Any,
) -> None:
    """The desk moves it; ``bay_id`` and the like name the place, ``version`` is the present one.

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


def move_work(
    garage: MadeGarage,
    appointment_id: int,
    works_at: datetime,
    *,
    version: int | None = None,
    anyway: tuple[str, ...] = (),
    **place: Any,
) -> None:
    """The desk lets the work start then, as by a drag: arrival and team follow."""
    with scoped_to(garage.id), reading() as session:
        view = get_appointment_view(session, garage.id, appointment_id)
    arrives_at = arrival_for(view, works_at, timezone=garage.workshop.timezone)
    place = {"keeps_team": True} | place
    move_desk(garage, appointment_id, arrives_at, version=version, anyway=anyway, works_at=works_at, **place)


def plan_later(garage: MadeGarage, appointment_id: int, *, version: int | None = None) -> None:
    """The desk gives its place back."""
    seen = version_of(garage, appointment_id) if version is None else version
    with scoped_to(garage.id), unit_of_work() as session:
        unplan.unplan(session, garage_id=garage.id, appointment_id=appointment_id, actor=DESK, version=seen)


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
