"""The same day as a list, for phones, keyboards and screen readers: Now, Next, Done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from booking.appointments.life_cycle import ENDED_WITHOUT_WORK, Status
from booking.appointments.queries import AppointmentView

IN_HOUSE = frozenset({Status.ARRIVED, Status.IN_PROGRESS, Status.WAITING_PARTS, Status.READY})
OVER = ENDED_WITHOUT_WORK | {Status.COLLECTED}


@dataclass(frozen=True, slots=True)
class Groups:
    """Cars in the house or due by now; cars still to come; what is over."""

    now: tuple[AppointmentView, ...]
    next: tuple[AppointmentView, ...]
    done: tuple[AppointmentView, ...]


def group_visits(visits: Iterable[AppointmentView], *, now: datetime) -> Groups:
    """Sort a day's visits by what needs hands first; each group keeps the order of arrival."""
    rows = list(visits)
    here = [row for row in rows if row.status in IN_HOUSE or _is_due(row, now)]
    over = [row for row in rows if row.status in OVER]
    known = {row.id for row in (*here, *over)}
    return Groups(now=tuple(here), next=tuple(row for row in rows if row.id not in known), done=tuple(over))


def _is_due(row: AppointmentView, now: datetime) -> bool:
    waiting = row.status in {Status.CONFIRMED, Status.REQUESTED}
    return waiting and row.appointment.arrives_at <= now
