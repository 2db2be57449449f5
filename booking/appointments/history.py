"""History rows: every change of an appointment leaves one."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app import clock
from booking.appointments.models import Appointment, AppointmentEvent
from booking.appointments.requests import Actor

BEFORE = "before"
"""In a row's detail: the place that the appointment had, so that undoing can give it back."""

PASSED = "passed"
"""In a row's detail: the soft rules that the desk passed by its *Place anyway*."""

WISHED = "wished"
"""In the row of a booking: the arrival that the customer would like, where none was promised."""

UNPLANNED = "unplanned"
"""In the row of a booking: it took no place."""

PHONED, NOT_PHONED = "phoned", "not_phoned"
"""Kinds of rows that tell of a call."""

HANDED_OVER = "handed_over"
"""Kind of a row that tells of another customer, to whom the car belongs by now; the visit is the same."""

OVERRAN, CAR_LATE = "overran", "car_late"
"""Kinds of rows that tell what time did: work that lasts longer, a courtesy car that is not back."""

CAR_BACK = "car_back"
"""Kind of the row of *Car is back*; in the detail of a status row: the step said so too."""

REMARKS = frozenset({PHONED, NOT_PHONED, HANDED_OVER, OVERRAN, CAR_LATE})
"""Rows of nobody's step or move: undoing takes back what came before them."""


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
