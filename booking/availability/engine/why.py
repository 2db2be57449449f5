"""Rule 13: the first reason that binds, for an arrival or a whole date that is not offered."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import get_args

from booking.availability.engine.candidates import is_at_short_notice, is_past_horizon, list_grid
from booking.availability.engine.drop_off import is_past_drop_off
from booking.availability.engine.model import Demand, Instant, Reason, Workshop
from booking.availability.engine.opening import ONE_DAY, local_date, local_time, opening
from booking.availability.engine.plan import Chances
from booking.availability.engine.search import Search

REASONS: tuple[Reason, ...] = get_args(Reason)


def find_reason(
    workshop: Workshop, demand: Demand, *, arrives_at: Instant, now: Instant, works_at: Instant | None = None
) -> Reason | None:
    """The first reason why a visit cannot arrive exactly then, or None if that arrival is offered.

    ``works_at`` is the only start of its work that is asked about; None asks about any.
    """
    on = local_date(workshop.hours.timezone, arrives_at)
    return _Date(workshop, demand, on=on, now=now).find_reason(arrives_at, works_at=works_at)


def find_reason_of_day(workshop: Workshop, demand: Demand, *, on: date, now: Instant) -> Reason | None:
    """Why nothing is offered on a local date, or None if something is.

    ``closed`` where no arrival lies on the grid, else the reason furthest down the list: of all
    that are in the way, the one that came nearest to a place.
    """
    day = _Date(workshop, demand, on=on, now=now)
    furthest: Reason = "closed"
    for arrives_at in day.grid:
        reason = day.find_reason(arrives_at)
        if reason is None:
            return None
        furthest = max(furthest, reason, key=REASONS.index)
    return furthest


class _Date:
    """One question about one local date of arrival; masks are built only once they are needed."""

    def __init__(self, workshop: Workshop, demand: Demand, *, on: date, now: Instant) -> None:
        self._workshop, self._demand = workshop, demand
        self._on, self._now = on, now
        self.grid = list_grid(workshop, first_on=on, last_on=on)

    def find_reason(self, arrives_at: Instant, *, works_at: Instant | None = None) -> Reason | None:
        of_arrival = self._of_time(arrives_at) or self._of_limits(arrives_at)
        return of_arrival or self._of_resources(arrives_at, works_at)

    @cached_property
    def _search(self) -> Search:
        return Search.over(self._workshop, self._demand, first_on=self._on, last_on=self._on, now=self._now)

    def _of_time(self, arrives_at: Instant) -> Reason | None:
        """What the clock alone says."""
        if arrives_at not in self.grid:
            return "no_slot_time" if self._is_open(arrives_at) else "closed"
        if self._demand.mode == "drop_off":
            arrival = local_time(self._workshop.hours.timezone, arrives_at)
            if is_past_drop_off(self._workshop.rules, arrival):
                return "drop_off_time"
        if is_past_horizon(self._workshop, self._on, now=self._now):
            return "horizon"
        return "notice" if is_at_short_notice(self._demand, arrives_at, now=self._now) else None

    def _is_open(self, at: Instant) -> bool:
        # Hours whose end falls into a gap at midnight may reach into the next date.
        hours = self._workshop.hours
        intervals = opening(hours, self._on) + opening(hours, self._on - ONE_DAY)
        return any(opens_at <= at < closes_at for opens_at, closes_at in intervals)

    def _of_limits(self, arrives_at: Instant) -> Reason | None:
        return self._search.limits.find_binding(arrives_at, self._on)

    def _of_resources(self, arrives_at: Instant, works_at: Instant | None) -> Reason | None:
        search, plan = self._search, self._search.plan
        work = plan.work(arrives_at) if works_at is None else plan.work_at(arrives_at, works_at)
        if work is None and works_at is not None:
            return self._of_ability() or _of_chances(plan.chances_at(arrives_at, works_at))
        if work is None:
            return self._of_ability() or _of_chances(plan.chances(arrives_at))
        return "courtesy_car" if search.lends and search.lend(arrives_at, work) is None else None

    def _of_ability(self) -> Reason | None:
        """Whether anything here could do the work at all."""
        floor = self._search.floor
        if not floor.bays_for(self._demand):
            return "no_bay"
        return None if floor.technicians_for(self._demand) else "no_technician"


def _of_chances(chances: Chances) -> Reason:
    """The reason why no row has both a technician and a bay."""
    if not chances.row:
        return "not_in_time"
    if chances.technician and chances.bay:
        return "never_together"
    if chances.technician:
        return "no_bay"
    return "no_technician" if chances.bay else "both_busy"
