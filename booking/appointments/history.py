"""History rows: every change of an appointment leaves one."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app import clock
from booking.appointments.models import Appointment, AppointmentEvent
from booking.appointments.requests import Actor

BEFORE = "before"
"""In a row's detail: the place that the appointment had, so that undoing can give it back."""


PHONED, NOT_PHONED = "phoned", "not_phoned"
"""Kinds of rows that tell of a call and change nothing of the visit: taken back is what came before."""

REMARKS = frozenset({PHONED, NOT_PHONED})


def record(
    session: Session,
    appointment: Appointment,
    *,
    kind: str,
    actor: Actor,
    from_status: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one line: what happened to ``appointment``, by whom, now."""
    session.add(
        AppointmentEvent(
            garage_id=appointment.garage_id,
            appointment_id=appointment.id,
            kind=kind,
            from_status=from_status,
            to_status=appointment.status,
            actor=actor.kind,
            actor_user_id=actor.user_id,
            at=clock.now(),
            detail=detail or {},
        )
    )
