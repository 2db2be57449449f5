"""Rules 9 and 10: room at the reception desk, caps of service types, the online share of a day."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter

from booking.availability.engine.model import (
    BookingRules,
    Demand,
    Instant,
    LimitReason,
    Minutes,
    Visit,
    Workshop,
)
from booking.availability.engine.opening import ONE_DAY, day_start, local_date, local_to_instant, working_time

_arrival = attrgetter("arrives_at")


@dataclass(frozen=True, slots=True)
class _Day:
    """What rule 10 still allows on one local date."""

    capped: bool
    online_full: bool


class Limits:
    """Which of reception, caps and share leaves no room for one more visit."""

    def __init__(self, workshop: Workshop, demand: Demand, *, now: Instant) -> None:
        self._workshop = workshop
        self._rules = workshop.rules
        self._demand = demand
        self._now = now
        self._days: dict[date, _Day] = {}
        self.are_none = not counts_visits(self._rules, demand)
        """Whether there is nothing to ask about any arrival."""

    def find_binding(self, arrives_at: Instant, on: date) -> LimitReason | None:
        """The first that lets no visit arrive then, or None; ``on`` is the local date of that instant."""
        if not self._has_place(arrives_at):
            return "reception"
        if not self._demand.caps and not self._shares():
            return None
        if on not in self._days:
            self._days[on] = self._day(on)
        day = self._days[on]
        if day.capped:
            return "cap"
        return "online_share" if day.online_full and not self._is_released(arrives_at) else None

    @cached_property
    def _visits(self) -> list[Visit]:
        """In order of arrival; sorted when first asked for, as most workshops limit nothing."""
        return sorted(self._workshop.visits, key=_arrival)

    def _has_place(self, arrives_at: Instant) -> bool:
        places = self._rules.arrivals_per_slot
        if not places:
            return True
        first = bisect_left(self._visits, arrives_at, key=_arrival)
        end = bisect_left(self._visits, arrives_at + self._rules.slot_minutes, key=_arrival)
        return end - first < places

    def _shares(self) -> bool:
        return _shares(self._rules, self._demand)

    def _is_released(self, arrives_at: Instant) -> bool:
        release_minutes = self._rules.release_hours * 60
        return bool(release_minutes) and arrives_at - self._now <= release_minutes

    def _day(self, on: date) -> _Day:
        visits = self._visits_on(on)
        return _Day(
            capped=any(
                sum(service_id in visit.service_ids for visit in visits) >= most
                for service_id, most in self._demand.caps
            ),
            online_full=self._shares() and self._is_online_full(visits, on),
        )

    def _is_online_full(self, visits: list[Visit], on: date) -> bool:
        online = sum(visit.work_minutes for visit in visits if visit.online)
        allowed = self._rules.online_share * technician_minutes(self._workshop, on)
        return 100 * (online + self._demand.work_minutes) > allowed

    def _visits_on(self, on: date) -> list[Visit]:
        zone = self._workshop.hours.timezone
        first = bisect_left(self._visits, day_start(zone, on), key=_arrival)
        # A clock set back over midnight shows the end of this date twice, so look past the first.
        last_at = local_to_instant(zone, on + ONE_DAY, 0, closes=True)
        end = bisect_left(self._visits, last_at, key=_arrival)
        return [visit for visit in self._visits[first:end] if local_date(zone, visit.arrives_at) == on]


def counts_visits(rules: BookingRules, demand: Demand) -> bool:
    """Whether reception, a cap or the share can bind at all; else no visit needs to be known."""
    return bool(rules.arrivals_per_slot or demand.caps or _shares(rules, demand))


def _shares(rules: BookingRules, demand: Demand) -> bool:
    return demand.online and rules.online_share < 100


def technician_minutes(workshop: Workshop, on: date) -> Minutes:
    """The working time of all technicians on a local date; leave is not deducted."""
    return sum(
        ends_at - starts_at
        for technician in workshop.technicians
        for starts_at, ends_at in working_time(workshop.hours, technician.week, on)
    )
