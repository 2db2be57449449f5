"""Rule 8: the car stays, so the work starts as early as it can and pauses outside working time."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from booking.availability.engine.floor import Floor
from booking.availability.engine.masks import TickSpan, cut, has, lowest, mask_of
from booking.availability.engine.model import (
    TICK,
    Bay,
    BookingRules,
    Demand,
    Hours,
    Instant,
    Slot,
    Technician,
)
from booking.availability.engine.opening import ONE_DAY, local_date, local_time, opening
from booking.availability.engine.plan import Chances, Team, Work

LONGEST_CLOSURE_DAYS = 400
"""A stay is not carried over a closure longer than this; it ends the look-out for open days."""
QUARTER = 15


class DropOff:
    """The starts at which a technician and a bay are clear for the whole row, shift by shift."""

    def __init__(self, floor: Floor, demand: Demand) -> None:
        self._hours = floor.hours
        self._window = floor.window
        self._rules = floor.workshop.rules
        self._stay_days = demand.stay_days
        self._deadlines: dict[date, Instant | None] = {}
        by_working: dict[tuple[TickSpan, ...], list[Technician]] = defaultdict(list)
        for technician in floor.technicians_for(demand):
            by_working[floor.working(technician)].append(technician)
        self._shifts = [
            _Shift(floor, demand, working=working, technicians=technicians)
            for working, technicians in by_working.items()
        ]

    def work(self, arrives_at: Instant) -> Work | None:
        arrival = local_time(self._hours.timezone, arrives_at)
        if is_past_drop_off(self._rules, arrival):
            return None
        deadline = self._deadline(arrival.date())
        if deadline is None:
            return None
        rows = (shift.first_row(self._window.tick(arrives_at)) for shift in self._shifts)
        return self._shortest(rows, deadline=deadline)

    def work_at(self, arrives_at: Instant, starts_at: Instant) -> Work | None:
        arrival = local_time(self._hours.timezone, arrives_at)
        deadline = self._deadline(arrival.date())
        if deadline is None or is_past_drop_off(self._rules, arrival):
            return None
        if not arrives_at <= starts_at < self._window.ends_at:
            return None
        start = self._window.tick(starts_at)
        rows = (shift.row(start) for shift in self._shifts if shift.is_clear(start))
        return self._shortest(rows, deadline=deadline)

    def _shortest(self, rows: Iterable[TickSpan | None], *, deadline: Instant) -> Work | None:
        """The earliest row that ends in time, of those the shortest."""
        found = min((row for row in rows if row and self._window.instant(row[1]) <= deadline), default=None)
        return Work(*map(self._window.instant, found)) if found else None

    def list_slots(self, arrivals: Iterable[Instant]) -> list[Slot]:
        works = ((arrives_at, self.work(arrives_at)) for arrives_at in arrivals)
        return [Slot(arrives_at, self.ready_at(work)) for arrives_at, work in works if work]

    def chances(self, arrives_at: Instant) -> Chances:
        deadline = self._deadline(local_date(self._hours.timezone, arrives_at))
        if deadline is None:
            return Chances(row=False, technician=False, bay=False)
        reach = (self._window.tick(arrives_at), self._window.tick(deadline))
        return _any_of([shift.chances(*reach) for shift in self._shifts])

    def chances_at(self, arrives_at: Instant, starts_at: Instant) -> Chances:
        deadline = self._deadline(local_date(self._hours.timezone, arrives_at))
        if deadline is None or not arrives_at <= starts_at < self._window.ends_at:
            return Chances(row=False, technician=False, bay=False)
        start, until = self._window.tick(starts_at), self._window.tick(deadline)
        return _any_of([shift.chances_at(start, until) for shift in self._shifts])

    def ready_at(self, work: Work) -> Instant:
        rounded = _next_quarter(self._hours.timezone, work.ends_at)
        return min(rounded, closing_of(self._hours, work.ends_at - TICK))

    def team(self, work: Work) -> Team:
        row = (self._window.tick(work.starts_at), self._window.tick(work.ends_at))
        fitting = [shift for shift in self._shifts if shift.row(row[0]) == row]
        return Team(
            technicians=[each for shift in fitting for each in shift.technicians_at(row[0])],
            # Every fitting shift has this very row, so each knows the same bays for it.
            bays=fitting[0].bays_at(row[0]) if fitting else [],
        )

    def _deadline(self, arrives_on: date) -> Instant | None:
        if arrives_on not in self._deadlines:
            self._deadlines[arrives_on] = deadline(self._hours, arrives_on, self._stay_days)
        return self._deadlines[arrives_on]


class _Shift:
    """The technicians who share one working time, and the rows that it gives to the work.

    Counted in working ticks alone, work is one unbroken run: the row from the n-th working tick
    ends with the (n + work - 1)-th.
    """

    def __init__(
        self,
        floor: Floor,
        demand: Demand,
        *,
        working: Sequence[TickSpan],
        technicians: Iterable[Technician],
    ) -> None:
        self._ticks = [tick for span in working for tick in range(*span)]
        self._needed = demand.work_minutes // TICK
        turnaround = demand.turnaround_minutes // TICK
        starts = mask_of(working)
        self._technicians = [
            (each, starts & ~self._blocked(floor.taken(each.id), tail=0)) for each in technicians
        ]
        self._bays = [
            (each, starts & ~self._blocked(floor.taken(each.id), tail=turnaround))
            for each in floor.bays_for(demand)
        ]
        anyone: int = reduce(or_, (mask for _, mask in self._technicians), 0)
        anywhere: int = reduce(or_, (mask for _, mask in self._bays), 0)
        self._starts = anyone & anywhere

    def first_row(self, tick: int) -> TickSpan | None:
        """The earliest clear row that starts at or after a tick."""
        start = lowest(self._starts, tick)
        return None if start is None else self.row(start)

    def row(self, start: int) -> TickSpan | None:
        """The row of work that starts at a tick; None outside working time or past the window."""
        index = bisect_left(self._ticks, start)
        last = index + self._needed - 1
        if last >= len(self._ticks) or self._ticks[index] != start:
            return None
        return start, self._ticks[last] + 1

    def chances(self, first: int, until: int) -> Chances:
        """Who is clear for a row that starts at or after a tick and ends by another."""
        last = bisect_left(self._ticks, until) - self._needed
        allowed = (first, self._ticks[last] + 1 if last >= 0 else first)
        return Chances(
            row=bisect_left(self._ticks, first) <= last,
            technician=any(cut(mask, allowed) for _, mask in self._technicians),
            bay=any(cut(mask, allowed) for _, mask in self._bays),
        )

    def chances_at(self, start: int, until: int) -> Chances:
        """The same for the row that starts exactly at a tick."""
        row = self.row(start)
        if row is None or row[1] > until:
            return Chances(row=False, technician=False, bay=False)
        return Chances(row=True, technician=bool(self.technicians_at(start)), bay=bool(self.bays_at(start)))

    def is_clear(self, start: int) -> bool:
        """Whether a technician and a bay are clear for the row that starts at a tick."""
        return has(self._starts, start)

    def technicians_at(self, start: int) -> list[Technician]:
        return [each for each, mask in self._technicians if has(mask, start)]

    def bays_at(self, start: int) -> list[Bay]:
        return [each for each, mask in self._bays if has(mask, start)]

    def _blocked(self, taken: Iterable[TickSpan], *, tail: int) -> int:
        """The starts whose row, prolonged by ``tail`` ticks, touches one of the taken spans."""
        return mask_of((self._first_touching(first - tail), end) for first, end in taken)

    def _first_touching(self, tick: int) -> int:
        """The earliest start whose row goes past a tick."""
        index = max(0, bisect_left(self._ticks, tick) - self._needed + 1)
        return self._ticks[index] if index < len(self._ticks) else max(0, tick)


def _any_of(found: Sequence[Chances]) -> Chances:
    """What any of the shifts has."""
    return Chances(
        row=any(each.row for each in found),
        technician=any(each.technician for each in found),
        bay=any(each.bay for each in found),
    )


def is_past_drop_off(rules: BookingRules, arrival: datetime) -> bool:
    """Whether the clock on the wall shows a later time than the workshop takes cars in."""
    until = rules.drop_off_until
    return until is not None and arrival.hour * 60 + arrival.minute > until


def deadline(hours: Hours, arrives_on: date, stay_days: int) -> Instant | None:
    """The end of the last open minute of the ``stay_days``-th open day after a date.

    0 is the date itself. None if that day is closed, or lies beyond a closure of 400 days.
    """
    on, since_open = arrives_on, 0
    for _ in range(stay_days):
        on, since_open = on + ONE_DAY, 0
        while not opening(hours, on):
            on, since_open = on + ONE_DAY, since_open + 1
            if since_open > LONGEST_CLOSURE_DAYS:
                return None
    intervals = opening(hours, on)
    return intervals[-1][1] if intervals else None


def closing_of(hours: Hours, at: Instant) -> Instant:
    """The end of the opening interval that an open instant lies in."""
    on = local_date(hours.timezone, at)
    intervals = opening(hours, on) + opening(hours, on - timedelta(days=1))
    return next(ends_at for starts_at, ends_at in intervals if starts_at <= at < ends_at)


def _next_quarter(timezone: str, at: Instant) -> Instant:
    """Round up to the next :00, :15, :30 or :45 of the clock on the wall."""
    return at + -local_time(timezone, at).minute % QUARTER
