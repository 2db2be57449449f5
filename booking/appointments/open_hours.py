"""A workshop's hours asked about visits that stand: whether it is open, how much work a stretch holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.localtime import to_minutes
from booking.availability.engine.model import Hours, Instant, Week
from booking.availability.engine.opening import (
    ONE_DAY,
    Intervals,
    dates,
    local_date,
    merge,
    opening,
    working_time,
)


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit whose work is still to be done: when, and by whom; without ``work`` it is unplanned."""

    id: int
    workshop_id: int
    is_expected: bool
    arrives_at: datetime
    work: tuple[datetime, datetime] | None
    work_minutes: int
    technician_id: int | None


@dataclass(frozen=True, slots=True)
class Fit:
    """How a visit lies in the hours: ``comes_in`` whether it is open at its arrival, then the minutes
    of its work's stretch in which the workshop is open, and in which its technician works."""

    comes_in: bool
    open_minutes: int
    working_minutes: int


@dataclass(frozen=True, slots=True)
class Closing:
    """Dates that the desk closed, whole or in part, and when it did."""

    first_on: date
    last_on: date
    entered_at: datetime


class OpenHours:
    """The hours of one workshop; each date is worked out once for each week that is asked about."""

    def __init__(self, hours: Hours, closings: Sequence[Closing] = ()) -> None:
        self.hours = hours
        self._closings = closings
        self._known: dict[tuple[Week | None, Instant, Instant], Intervals] = {}

    def fit(self, visit: PlannedVisit, week: Week | None) -> Fit:
        """How the visit lies in them; ``week`` is its technician's own, None for the workshop's."""
        arrives_at = to_minutes(visit.arrives_at)
        comes_in = any(
            opens <= arrives_at < closes for opens, closes in self._over(None, arrives_at, arrives_at)
        )
        if visit.work is None:
            return Fit(comes_in, visit.work_minutes, visit.work_minutes)
        starts_at, ends_at = (to_minutes(moment) for moment in visit.work)
        return Fit(comes_in, self._minutes(None, starts_at, ends_at), self._minutes(week, starts_at, ends_at))

    def closed_at(self, visit: PlannedVisit) -> datetime | None:
        """When the desk last closed one of the visit's dates; None if it never did."""
        moments = (visit.arrives_at, *(visit.work or ()))
        days = [local_date(self.hours.timezone, to_minutes(each)) for each in moments]
        first_on, last_on = min(days), max(days)
        entered = [
            each.entered_at
            for each in self._closings
            if each.first_on <= last_on and each.last_on >= first_on
        ]
        return max(entered, default=None)

    def _minutes(self, week: Week | None, starts_at: Instant, ends_at: Instant) -> int:
        spans = self._over(week, starts_at, ends_at)
        return sum(max(0, min(closes, ends_at) - max(opens, starts_at)) for opens, closes in spans)

    def _over(self, week: Week | None, starts_at: Instant, ends_at: Instant) -> Intervals:
        """The intervals of all dates that the stretch touches; the one before may reach past midnight."""
        zone = self.hours.timezone
        first_on = local_date(zone, starts_at) - ONE_DAY
        last_on = local_date(zone, ends_at)
        key = (week, first_on.toordinal(), last_on.toordinal())
        if key not in self._known:
            each = dates(first_on, last_on)
            if week is None:
                found = (interval for on in each for interval in opening(self.hours, on))
            else:
                found = (interval for on in each for interval in working_time(self.hours, week, on))
            self._known[key] = merge(found)
        return self._known[key]
