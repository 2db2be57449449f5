"""What a receptionist wants to know of a day at a glance: who waits, who is late, what is ready."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from booking.appointments.life_cycle import LIVE, Status
from booking.appointments.queries import AppointmentView
from calendars.board.listing import IN_HOUSE

TO_COME = frozenset({Status.REQUESTED, Status.CONFIRMED})


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with its word; ``asks`` when somebody has to act on it."""

    symbol: str
    count: int
    word: str
    asks: bool = False


def count_live(visits: Iterable[AppointmentView]) -> int:
    """Visits that take place: all but the cancelled, declined, expired and no-shows."""
    return sum(visit.status in LIVE for visit in visits)


def is_late(visit: AppointmentView, now: datetime) -> bool:
    """Whether a car should be here and is not."""
    return visit.status == Status.CONFIRMED and visit.appointment.arrives_at < now


def facts_of(visits: Sequence[AppointmentView], *, now: datetime) -> list[Fact]:
    """The day's figures that are not nought, the pressing ones first."""
    coming = [visit for visit in visits if visit.status in TO_COME and not is_late(visit, now)]
    here = [visit for visit in visits if visit.status in IN_HOUSE]
    facts = (
        Fact("clock", sum(is_late(visit, now) for visit in visits), _("late"), asks=True),
        Fact("hour", sum(visit.appointment.is_overrunning for visit in visits), _("running over"), asks=True),
        Fact("inspect", _with(visits, Status.REQUESTED), _("to decide"), asks=True),
        Fact("coffee", _waiting(here), _("waiting here")),
        Fact("key", _with(here, Status.READY), _("to collect")),
        Fact("car", len(coming), _("to come")),
    )
    return [fact for fact in facts if fact.count]


def _with(visits: Iterable[AppointmentView], status: Status) -> int:
    return sum(visit.status == status for visit in visits)


def _waiting(here: Iterable[AppointmentView]) -> int:
    return sum(visit.appointment.mode == "wait" and visit.status != Status.READY for visit in here)
