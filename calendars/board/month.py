"""A month as a calendar sheet: how full each day is, and how many come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.localtime import day_bounds, local_date
from app.tenancy.queries import WorkshopView
from booking.appointments.queries import list_live_arrivals
from booking.appointments.set_up import load_set_up
from booking.resources.queries import list_busy
from calendars.board.queries import DayLoad, list_loads

WEEK = 7


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One day of the sheet; ``is_outside`` belongs to the month before or after."""

    load: DayLoad
    visits: int
    is_outside: bool


@dataclass(frozen=True, slots=True)
class BoardMonth:
    """A month in whole weeks, Monday first."""

    first_on: date
    weeks: tuple[tuple[MonthDay, ...], ...]

    @property
    def days(self) -> tuple[MonthDay, ...]:
        """Those of the month itself."""
        return tuple(day for week in self.weeks for day in week if not day.is_outside)


def get_board_month(session: Session, workshop: WorkshopView, *, on: date) -> BoardMonth:
    """The workshop's month that ``on`` lies in; a constant number of statements, no visit read whole."""
    first_on, last_on = month_of(on)
    monday = first_on - timedelta(days=first_on.weekday())
    sunday = last_on + timedelta(days=WEEK - 1 - last_on.weekday())
    starts_at, ends_at = day_bounds(monday, workshop.timezone)[0], day_bounds(sunday, workshop.timezone)[1]
    set_up = load_set_up(session, workshop, first_on=monday, last_on=sunday)
    busy = list_busy(session, workshop.garage_id, workshop.id, starts_at=starts_at, ends_at=ends_at)
    arrivals = list_live_arrivals(
        session, workshop.garage_id, workshop.id, starts_at=starts_at, ends_at=ends_at
    )
    coming = Counter(local_date(arrives_at, workshop.timezone) for arrives_at in arrivals)
    days = [
        MonthDay(load, coming[load.on], is_outside=not first_on <= load.on <= last_on)
        for load in list_loads(set_up, busy, monday, days=(sunday - monday).days + 1)
    ]
    return BoardMonth(first_on, tuple(_weeks(days)))


def month_of(on: date) -> tuple[date, date]:
    """The first and the last date of its month."""
    first_on = on.replace(day=1)
    return first_on, next_month(first_on) - timedelta(days=1)


def next_month(on: date) -> date:
    """The first of the month after."""
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1)


def previous_month(on: date) -> date:
    """The first of the month before."""
    return (on.replace(day=1) - timedelta(days=1)).replace(day=1)


def _weeks(days: list[MonthDay]) -> Iterator[tuple[MonthDay, ...]]:
    for first in range(0, len(days), WEEK):
        yield tuple(days[first : first + WEEK])
