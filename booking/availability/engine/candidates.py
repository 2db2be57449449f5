"""Rule 5: the arrivals that a workshop's slot grid, notice and horizon allow."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta

from booking.availability.engine.model import Demand, Instant, Workshop
from booking.availability.engine.opening import ONE_DAY, dates, local_date, opening


def list_candidates(
    workshop: Workshop, demand: Demand, *, first_on: date, last_on: date, now: Instant
) -> list[Instant]:
    """The arrivals on the grid that leave notice, in order, by local date (both included)."""
    grid = list_grid(workshop, first_on=first_on, last_on=last_on)
    return grid[bisect_left(grid, True, key=lambda each: not is_at_short_notice(demand, each, now=now)) :]


def list_grid(workshop: Workshop, *, first_on: date, last_on: date) -> list[Instant]:
    """All arrivals on the grid, in order, whose local date lies in the range (both included)."""
    zone = workshop.hours.timezone
    # Hours whose end falls into a gap at midnight may reach into the next date.
    found: set[Instant] = set()
    for on in dates(first_on - ONE_DAY, last_on):
        for opens_at, closes_at in opening(workshop.hours, on):
            found.update(range(opens_at, closes_at, workshop.rules.slot_minutes))
    return sorted(each for each in found if first_on <= local_date(zone, each) <= last_on)


def bookable_dates(
    workshop: Workshop, demand: Demand, *, first_on: date, last_on: date, now: Instant
) -> tuple[date, date]:
    """The part of a range of dates within notice and horizon; reversed if nothing is left."""
    zone = workshop.hours.timezone
    if is_past_horizon(workshop, last_on, now=now):
        last_on = local_date(zone, now) + timedelta(days=workshop.rules.horizon_days)
    # A clock set back over midnight shows an earlier date later on; the grid itself is exact.
    earliest_on = local_date(zone, now + demand.notice_minutes) - ONE_DAY
    return max(first_on, earliest_on), last_on


def is_at_short_notice(demand: Demand, arrives_at: Instant, *, now: Instant) -> bool:
    """Whether an arrival comes before the notice is over, or lies in the past."""
    return arrives_at < now + demand.notice_minutes


def is_past_horizon(workshop: Workshop, on: date, *, now: Instant) -> bool:
    """Whether a local date lies beyond what the workshop opens for booking."""
    return (on - local_date(workshop.hours.timezone, now)).days > workshop.rules.horizon_days
