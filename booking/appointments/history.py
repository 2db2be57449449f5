"""History rows: every change of an appointment leaves one. How they are written, and read again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.auth.models import User
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

UNPLACED = "unplaced"
"""Kind of a row that tells of a visit whose place was given back, to be planned again."""

WORK_STARTS, WORK_MINUTES = "work_starts", "work_minutes"
"""In the row of a move: the start of the work, and its minutes, before and after; only what changed."""

HANDED_OVER = "handed_over"
"""Kind of a row that tells of another customer, to whom the car belongs by now; the visit is the same."""

OVERRAN, CAR_LATE = "overran", "car_late"
"""Kinds of rows that tell what time did: work that lasts longer, a courtesy car that is not back."""

CAR_BACK = "car_back"
"""Kind of the row of *Car is back*; in the detail of a status row: the step said so too."""

REMARKS = frozenset({PHONED, NOT_PHONED, HANDED_OVER, OVERRAN, CAR_LATE})
"""Rows of nobody's step or move: undoing takes back what came before them."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the history, with the name of the member of staff who did it."""

    kind: str
    from_status: str | None
    to_status: str
    actor: str
    actor_name: str | None
    at: datetime
    detail: dict[str, Any] = field(default_factory=dict)
    actor_user_id: int | None = None

    @property
    def moved(self) -> tuple[datetime, datetime]:
        """Of a move: the arrival before and after it."""
        return datetime.fromisoformat(self.detail["from"]), datetime.fromisoformat(self.detail["to"])

    @property
    def moved_work(self) -> tuple[datetime, datetime] | None:
        """Of a move: the start of the work before and after it; None where that stands or is new."""
        starts = self.detail.get(WORK_STARTS)
        return (datetime.fromisoformat(starts[0]), datetime.fromisoformat(starts[1])) if starts else None

    @property
    def changed_minutes(self) -> tuple[int, int] | None:
        """Of a move: the length of the work before and after it; None where that stands."""
        minutes = self.detail.get(WORK_MINUTES)
        return (minutes[0], minutes[1]) if minutes else None

    @property
    def due(self) -> datetime:
        """Of what lasts longer: when it was to end."""
        return datetime.fromisoformat(self.detail["planned"])

    @property
    def kept_until(self) -> datetime:
        """Of work that lasts longer: how far its place is kept."""
        return datetime.fromisoformat(self.detail["until"])

    @property
    def passed(self) -> list[str]:
        """The soft rules that the desk passed with it."""
        return list(self.detail.get(PASSED, []))

    @property
    def changed_places(self) -> tuple[list[str], list[str]]:
        """Of a move: the names of the places that it left, and of those that it took."""
        left, taken = self.detail.get("left", []), self.detail.get("taken", [])
        return [name for name in left if name not in taken], [name for name in taken if name not in left]


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


def list_history(session: Session, garage_id: int, appointment_id: int) -> list[HistoryLine]:
    """The appointment's history, newest first."""
    rows = session.execute(
        select(AppointmentEvent, User.name)
        .outerjoin(User, User.id == AppointmentEvent.actor_user_id)
        .where(AppointmentEvent.garage_id == garage_id, AppointmentEvent.appointment_id == appointment_id)
        .order_by(AppointmentEvent.id.desc())
    )
    return [
        HistoryLine(
            *(row.kind, row.from_status, row.to_status, row.actor, name, row.at, row.detail),
            actor_user_id=row.actor_user_id,
        )
        for row, name in rows
    ]
