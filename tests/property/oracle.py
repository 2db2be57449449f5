"""The slow second opinion: which arrivals are offered and how they are placed (DESIGN §4, rules 5-12).

Plain sets and loops over ticks of 5 minutes. It shares nothing with the engine but the plain data.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from booking.availability.engine.model import (
    Bay,
    BusyKind,
    CourtesyCar,
    Demand,
    Instant,
    Placement,
    Row,
    Slot,
    Technician,
    Workshop,
)
from tests.property.oracle_time import (
    MINUTES_A_TICK,
    ONE_DAY,
    Tick,
    opening,
    opening_ticks,
    shown_on,
    wall,
    working_ticks,
)

CHOICE = (
    "start",
    "end",
    "skills",
    "booked",
    "technician_position",
    "equipment",
    "free_run",
    "bay_position",
)
"""Rule 12, in order. A test leaves one out to see that it matters."""

DAYS_LOOKED_AHEAD = 60


@dataclass(frozen=True)
class Work:
    """One way to do the work: who, where, and from which tick to which (the end is not in it)."""

    technician: Technician
    bay: Bay
    start: Tick
    end: Tick


def oracle_slots(
    workshop: Workshop, demand: Demand, first_on: date, last_on: date, now: Instant
) -> list[Slot]:
    """Return what is offered on the local dates ``first_on`` to ``last_on``, both included."""
    return Oracle(workshop, demand, now).slots(first_on, last_on)


def oracle_place(workshop: Workshop, demand: Demand, arrives_at: Instant, now: Instant) -> Placement | None:
    """Return how the visit that arrives then is placed, or None where that arrival is not offered."""
    return Oracle(workshop, demand, now).place(arrives_at)


class Oracle:
    """One question asked of one workshop at one moment."""

    def __init__(
        self, workshop: Workshop, demand: Demand, now: Instant, choice: tuple[str, ...] = CHOICE
    ) -> None:
        self.workshop, self.demand, self.now, self.choice = workshop, demand, now, choice
        self.hours, self.rules = workshop.hours, workshop.rules
        self.timezone = workshop.hours.timezone
        self.work_ticks = demand.work_minutes // MINUTES_A_TICK
        self.turnaround_ticks = demand.turnaround_minutes // MINUTES_A_TICK
        resource_ids = [bay.id for bay in workshop.bays]
        resource_ids.extend(technician.id for technician in workshop.technicians)
        resource_ids.extend(car.id for car in workshop.courtesy_cars)
        self.busy = {resource_id: self.busy_ticks(resource_id) for resource_id in resource_ids}
        self.dates: dict[Tick, date] = {}
        self.openings: dict[date, tuple[Tick, ...]] = {}
        self.grids: dict[date, list[Instant]] = {}
        self.shifts: dict[tuple[int, date], frozenset[Tick]] = {}
        self.booked: dict[tuple[int, date], int] = {}
        self.workings: dict[tuple[int, Tick], tuple[Tick, list[Tick]]] = {}
        self.starts: dict[tuple[Tick, Tick], list[Work]] = {}
        self.earliest: dict[tuple[Tick, Tick], list[Work]] = {}
        self.ranks: dict[Work, tuple[int, ...]] = {}

    # -- what the workshop looks like -------------------------------------------------------------

    def busy_ticks(self, resource_id: int, kinds: frozenset[BusyKind] | None = None) -> set[Tick]:
        """Return the ticks that an occupancy of the resource touches (rounded outward)."""
        taken: set[Tick] = set()
        for row in self.workshop.busy:
            if row.resource_id == resource_id and (kinds is None or row.kind in kinds):
                tick = row.starts_at // MINUTES_A_TICK
                while tick * MINUTES_A_TICK < row.ends_at:
                    taken.add(tick)
                    tick += 1
        return taken

    def is_clear(self, resource_id: int, start: Tick, end: Tick) -> bool:
        """Rule 6."""
        return self.busy[resource_id].isdisjoint(range(start, end))

    def shift(self, technician: Technician, on: date) -> frozenset[Tick]:
        """Return the technician's working time on one date (rule 3)."""
        if (technician.id, on) not in self.shifts:
            hours, week = self.hours, technician.week
            parts = working_ticks(hours, week, on), working_ticks(hours, week, on - ONE_DAY)
            self.shifts[technician.id, on] = shown_on(self.timezone, on, *parts)
        return self.shifts[technician.id, on]

    def works(self, technician: Technician, tick: Tick) -> bool:
        """Is the technician in working time on this tick?"""
        return tick in self.shift(technician, self.date_of(tick))

    def open_ticks(self, on: date) -> tuple[Tick, ...]:
        """Return the ticks of this date on which the workshop is open, in order."""
        if on not in self.openings:
            parts = opening_ticks(self.hours, on), opening_ticks(self.hours, on - ONE_DAY)
            self.openings[on] = tuple(sorted(shown_on(self.timezone, on, *parts)))
        return self.openings[on]

    def date_of(self, tick: Tick) -> date:
        """Return the local date that the wall shows."""
        if tick not in self.dates:
            self.dates[tick] = wall(self.timezone, tick)[0]
        return self.dates[tick]

    # -- which arrivals are asked about -----------------------------------------------------------

    def candidates(self, on: date) -> list[Instant]:
        """Rule 5, without notice and horizon: the grids of the opening intervals, by the date of arrival."""
        if on in self.grids:
            return self.grids[on]
        grid: set[Instant] = set()
        for opens, closes in opening(self.hours, on - ONE_DAY) + opening(self.hours, on):
            grid.update(range(opens * MINUTES_A_TICK, closes * MINUTES_A_TICK, self.rules.slot_minutes))
        self.grids[on] = sorted(one for one in grid if self.date_of(one // MINUTES_A_TICK) == on)
        return self.grids[on]

    def slots(self, first_on: date, last_on: date) -> list[Slot]:
        """Try every candidate of every date."""
        found: list[Slot] = []
        on = first_on
        while on <= last_on:
            placements = [self.place(arrives_at) for arrives_at in self.candidates(on)]
            found.extend(Slot(one.arrives_at, one.ready_at) for one in placements if one is not None)
            on += ONE_DAY
        return sorted(found)

    def place(self, arrives_at: Instant) -> Placement | None:
        """Place the visit that arrives then, if rules 5 and 8-11 let it be offered."""
        on = self.date_of(arrives_at // MINUTES_A_TICK)
        if arrives_at not in self.candidates(on) or not self.is_in_time(arrives_at, on):
            return None
        if not (self.has_reception(arrives_at) and self.is_under_caps(on)):
            return None
        if not self.has_online_share(arrives_at, on):
            return None
        first = arrives_at // MINUTES_A_TICK
        ways = self.ways_from(first) if self.demand.mode == "wait" else self.ways_to_drop_off(first)
        return self.placed(arrives_at, min(ways, key=self.rank)) if ways else None

    def is_in_time(self, arrives_at: Instant, on: date) -> bool:
        """Rule 5 (notice, horizon) and, for a drop-off, the latest hour of rule 8."""
        if arrives_at < self.now + self.demand.notice_minutes:
            return False
        today = self.date_of(self.now // MINUTES_A_TICK)
        if (on - today).days > self.rules.horizon_days:
            return False
        latest = self.rules.drop_off_until
        if self.demand.mode == "wait" or latest is None:
            return True
        return wall(self.timezone, arrives_at // MINUTES_A_TICK)[1] <= latest

    def has_reception(self, arrives_at: Instant) -> bool:
        """Rule 9."""
        if self.rules.arrivals_per_slot == 0:
            return True
        until = arrives_at + self.rules.slot_minutes
        arrivals = [visit for visit in self.workshop.visits if arrives_at <= visit.arrives_at < until]
        return len(arrivals) < self.rules.arrivals_per_slot

    def is_under_caps(self, on: date) -> bool:
        """Rule 10: each chosen service type with a limit has room on that date."""
        that_day = [
            visit for visit in self.workshop.visits if self.date_of(visit.arrives_at // MINUTES_A_TICK) == on
        ]
        for service_id, most in self.demand.caps:
            if len([visit for visit in that_day if service_id in visit.service_ids]) >= most:
                return False
        return True

    def has_online_share(self, arrives_at: Instant, on: date) -> bool:
        """Rule 10: the part of the day's working time that may be booked online."""
        if not self.demand.online or self.rules.online_share == 100:
            return True
        release_minutes = self.rules.release_hours * 60
        if release_minutes and arrives_at - self.now <= release_minutes:
            return True
        booked = 0
        for visit in self.workshop.visits:
            if visit.online and self.date_of(visit.arrives_at // MINUTES_A_TICK) == on:
                booked += visit.work_minutes
        capacity = 0
        for technician in self.workshop.technicians:
            capacity += MINUTES_A_TICK * len(working_ticks(self.hours, technician.week, on))
        return 100 * (booked + self.demand.work_minutes) <= self.rules.online_share * capacity

    # -- who can do it, where and when ------------------------------------------------------------

    def ways_to_drop_off(self, first: Tick) -> list[Work]:
        """Rule 8: every way that starts as early as any can and ends in time."""
        until = self.must_end_by(self.date_of(first))
        tried: list[Tick] = []
        ways: list[Work] = []
        for start in range(first, until):
            tried.append(start)
            if (start, until) in self.earliest:
                ways = self.earliest[start, until]
                break
            ways = self.ways_from(start, until)
            if ways:
                break
        self.earliest.update({(start, until): ways for start in tried})
        return ways

    def must_end_by(self, arrival_on: date) -> Tick:
        """Rule 8: the last closing of the ``stay_days``-th open day after the arrival's date."""
        on, left = arrival_on, self.demand.stay_days
        for _ in range(DAYS_LOOKED_AHEAD):
            if left == 0:
                return max((closes for _, closes in opening(self.hours, on)), default=0)
            on += ONE_DAY
            if opening(self.hours, on):
                left -= 1
        raise AssertionError("the workshop stays closed for months; draw another")

    def ways_from(self, start: Tick, until: Tick = 0) -> list[Work]:
        """Return every technician with every bay that can take work which starts on this tick.

        A drop-off may pause and has to end by ``until``; a wait (rule 7) may not pause.
        """
        if (start, until) not in self.starts:
            self.starts[start, until] = list(self.ways_tried(start, until))
        return self.starts[start, until]

    def ways_tried(self, start: Tick, until: Tick) -> Iterator[Work]:
        for technician in self.workshop.technicians:
            if not self.demand.skills <= technician.skills or not self.works(technician, start):
                continue
            end = self.end_of_work(technician, start, until)
            if end is None or not self.is_clear(technician.id, start, end):
                continue
            for bay in self.workshop.bays:
                fits = self.demand.equipment <= bay.equipment
                if fits and self.is_clear(bay.id, start, end + self.turnaround_ticks):
                    yield Work(technician, bay, start, end)

    def end_of_work(self, technician: Technician, start: Tick, until: Tick) -> Tick | None:
        """Work on one working tick after the other; None if it pauses and may not, or time runs out."""
        if self.demand.mode == "wait":
            ticks = range(start, start + self.work_ticks)
            return ticks.stop if all(self.works(technician, tick) for tick in ticks) else None
        working = self.working_ticks(technician, start, until)
        last = bisect_left(working, start) + self.work_ticks - 1
        return working[last] + 1 if last < len(working) else None

    def working_ticks(self, technician: Technician, start: Tick, until: Tick) -> list[Tick]:
        """Return the technician's working ticks before ``until``, from ``start`` or sooner on."""
        first, ticks = self.workings.get((technician.id, until), (until, []))
        if start < first:
            ticks = [tick for tick in range(start, first) if self.works(technician, tick)] + ticks
            self.workings[technician.id, until] = start, ticks
        return ticks

    # -- which of them is chosen ------------------------------------------------------------------

    def rank(self, way: Work) -> tuple[int, ...]:
        """Rule 12: the smallest of these is chosen."""
        if way not in self.ranks:
            self.ranks[way] = self.rank_anew(way)
        return self.ranks[way]

    def rank_anew(self, way: Work) -> tuple[int, ...]:
        values = {
            "start": way.start,
            "end": way.end,
            "skills": len(way.technician.skills),
            "booked": self.booked_ticks(way.technician, self.date_of(way.start)),
            "technician_position": way.technician.position,
            "equipment": len(way.bay.equipment),
            "free_run": self.free_run(way),
            "bay_position": way.bay.position,
        }
        return tuple(values[name] for name in self.choice)

    def booked_ticks(self, technician: Technician, on: date) -> int:
        """Working time of the technician on that date that lies inside job and hold rows."""
        if (technician.id, on) not in self.booked:
            booked = self.busy_ticks(technician.id, frozenset({"job", "hold"}))
            self.booked[technician.id, on] = len(booked & self.shift(technician, on))
        return self.booked[technician.id, on]

    def free_run(self, way: Work) -> int:
        """Open ticks that would stay free around the work, within the dates it begins and ends on."""
        before = [tick for tick in self.open_ticks(self.date_of(way.start)) if tick < way.start]
        after = [tick for tick in self.open_ticks(self.date_of(way.end - 1)) if tick >= way.end]
        return self.count_free(way.bay, reversed(before)) + self.count_free(way.bay, after)

    def count_free(self, bay: Bay, ticks: Iterable[Tick]) -> int:
        free = 0
        for tick in ticks:
            if tick in self.busy[bay.id]:
                break
            free += 1
        return free

    # -- the answer -------------------------------------------------------------------------------

    def placed(self, arrives_at: Instant, way: Work) -> Placement | None:
        """Give the chosen way its three clocks and rows; None if no courtesy car is left for it."""
        car: Row | None = None
        if self.demand.courtesy_car:
            car = self.car_row(arrives_at, way)
            if car is None:
                return None
        start, end = way.start * MINUTES_A_TICK, way.end * MINUTES_A_TICK
        waits = self.demand.mode == "wait"
        return Placement(
            arrives_at=arrives_at,
            work_starts_at=start,
            work_ends_at=end,
            ready_at=end if waits else self.ready_tick(way.end) * MINUTES_A_TICK,
            bay=Row(way.bay.id, start, end + self.turnaround_ticks * MINUTES_A_TICK),
            technician=Row(way.technician.id, start, end),
            courtesy_car=car,
        )

    def ready_tick(self, end: Tick) -> Tick:
        """Rule 8: go on to the next quarter of an hour on the wall, but not past closing."""
        ready = end
        while wall(self.timezone, ready)[1] % 15 and ready < self.closing(end - 1):
            ready += 1
        return ready

    def closing(self, last: Tick) -> Tick:
        """Return the end of the opening interval that an open tick lies in."""
        on = self.date_of(last)
        intervals = opening(self.hours, on) + opening(self.hours, on - ONE_DAY)
        return next(closes for opens, closes in intervals if opens <= last < closes)

    def car_row(self, arrives_at: Instant, way: Work) -> Row | None:
        """Rule 11: the first courtesy car that is clear from the arrival to that day's last closing."""
        start = arrives_at // MINUTES_A_TICK
        closings = [closes for _, closes in opening(self.hours, self.date_of(way.end - 1))]
        end = max([self.closing(way.end - 1), *closings])
        cars: list[CourtesyCar] = sorted(self.workshop.courtesy_cars, key=lambda car: car.position)
        for car in cars:
            if self.is_clear(car.id, start, end):
                return Row(car.id, arrives_at, end * MINUTES_A_TICK)
        return None
