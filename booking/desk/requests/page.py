"""What the list of requests shows of each, and what it says of the one decided last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.tenancy.queries import WorkshopView, get_workshop_by_id, list_workshops
from booking.appointments.queries import AppointmentView
from booking.appointments.undecided import list_undecided
from booking.desk.standing import Reader

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A request that waits: the wished arrival in words, the minutes left for an answer, and until when."""

    view: AppointmentView
    workshop: WorkshopView
    wish: str
    minutes_left: int
    until: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Every request of the garage that can be decided, that of the nearest end first."""

    rows: list[Row]
    has_several_workshops: bool


def load_waiting(session: Session, garage_id: int, *, now: datetime) -> Waiting:
    """Read the list, by a constant number of statements while the workshops are in use."""
    workshops = {row.id: row for row in list_workshops(session, garage_id)}
    rows = []
    for view in list_undecided(session, garage_id):
        number = view.appointment.workshop_id
        if number not in workshops:
            workshops[number] = get_workshop_by_id(session, garage_id, number)
        rows.append(_row(view, workshops[number], now))
    return Waiting(rows, has_several_workshops=len(workshops) > 1)


def _row(view: AppointmentView, workshop: WorkshopView, now: datetime) -> Row:
    ends_at = view.appointment.expires_at
    assert ends_at is not None  # those without an end are not undecided
    reader = Reader(now, workshop.timezone)
    return Row(
        view,
        workshop,
        wish=reader.which_day(view.appointment.arrives_at),
        minutes_left=-((now - ends_at) // MINUTE),
        until=reader.when(ends_at),
    )
