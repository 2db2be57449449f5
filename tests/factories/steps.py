"""Steps along the life cycle, each in a unit of work of its own, and the visit as it stands then."""

from __future__ import annotations

from typing import Any

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.operations.change_status import (
    cancel_appointment,
    change_status,
    decline_request,
)
from booking.appointments.queries import AppointmentView, get_appointment, get_appointment_view
from booking.appointments.requests import Actor
from tests.factories.garages import MadeGarage
from tests.factories.moves import DESK


def step(garage: MadeGarage, appointment_id: int, *targets: Status, version: int | None = None) -> None:
    """The desk takes the visit these steps, all from ``version`` where it is given."""
    with scoped_to(garage.id), unit_of_work() as session:
        for target in targets:
            change_status(
                session,
                garage_id=garage.id,
                appointment_id=appointment_id,
                target=target,
                actor=DESK,
                version=version,
            )


def cancel(garage: MadeGarage, appointment_id: int, *, actor: Actor = DESK, reason: str = "") -> None:
    """It is cancelled, by the desk unless somebody else is named."""
    with scoped_to(garage.id), unit_of_work() as session:
        cancel_appointment(
            session, garage_id=garage.id, appointment_id=appointment_id, actor=actor, reason=reason
        )


def decline(garage: MadeGarage, appointment_id: int, *, reason: str = "", version: int | None = None) -> None:
    """The desk says no to the request."""
    with scoped_to(garage.id), unit_of_work() as session:
        decline_request(
            session,
            garage_id=garage.id,
            appointment_id=appointment_id,
            actor=DESK,
            reason=reason,
            version=version,
        )


def put_in(garage: MadeGarage, appointment_id: int, **columns: Any) -> None:
    """Start a test from any state, whatever led there."""
    with scoped_to(garage.id), unit_of_work() as session:
        appointment = get_appointment(session, garage.id, appointment_id)
        for name, value in columns.items():
            setattr(appointment, name, value)


def view_of(garage: MadeGarage, appointment_id: int) -> AppointmentView:
    """The visit with all that a page shows of it."""
    with scoped_to(garage.id), reading() as session:
        return get_appointment_view(session, garage.id, appointment_id)
