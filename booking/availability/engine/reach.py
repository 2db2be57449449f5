"""How far the answers of a search can depend on what is taken, so that no more is loaded."""

from __future__ import annotations

from datetime import date

from booking.availability.engine.drop_off import deadline
from booking.availability.engine.model import Demand, Hours, Instant
from booking.availability.engine.opening import (
    ONE_DAY,
    dates,
    day_start,
    is_skipped,
    local_date,
    local_to_instant,
    opening,
)


def reach(hours: Hours, demand: Demand, *, first_on: date, last_on: date) -> tuple[Instant, Instant]:
    """The instants ``[from, to)`` outside which no occupancy changes an answer for these dates.

    ``first_on`` and ``last_on`` are local dates of arrival, both included. Covered are every row
    of every visit that could be offered, with turnaround and courtesy car, and the whole local
    dates over which rule 12 counts.
    """
    starts_at = day_start(hours.timezone, first_on)
    if demand.mode == "wait":
        work_ends_at = _last_end_of_wait(hours, demand, dates(first_on - ONE_DAY, last_on))
    else:
        found = (deadline(hours, on, demand.stay_days) for on in dates(first_on, last_on))
        work_ends_at = max((each for each in found if each is not None), default=starts_at)
    work_ends_at = max(work_ends_at, starts_at + 1)
    counted_to = day_start(hours.timezone, local_date(hours.timezone, work_ends_at - 1) + ONE_DAY)
    return starts_at, max(work_ends_at + demand.turnaround_minutes, counted_to)


def _last_end_of_wait(hours: Hours, demand: Demand, opened_on: list[date]) -> Instant:
    """The latest end of a wait that starts on these dates: their last closing, later where dates touch."""
    on = opened_on[-1] + ONE_DAY
    latest = local_to_instant(hours.timezone, on, 0, closes=True) + demand.work_minutes
    closes_at = max((ends_at for each in opened_on for _, ends_at in opening(hours, each)), default=0)
    while closes_at < latest:
        intervals = opening(hours, on)
        if intervals and intervals[0][0] <= closes_at:
            closes_at = max(closes_at, intervals[0][1])
        elif not is_skipped(hours.timezone, on):
            break
        on += ONE_DAY
    return min(closes_at, latest)
