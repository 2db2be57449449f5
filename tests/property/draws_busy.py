"""The part of a draw that says what is taken already: busy rows up to a wanted load, and visits."""

from __future__ import annotations

from datetime import date
from random import Random

from booking.availability.engine.model import (
    Bay,
    Busy,
    BusyKind,
    CourtesyCar,
    Demand,
    Technician,
    Visit,
    Workshop,
)
from tests.property.oracle_time import MINUTES_A_TICK, ONE_DAY, Tick, opening_ticks, working_ticks

Resource = Bay | Technician | CourtesyCar
KINDS: tuple[BusyKind, ...] = ("job", "job", "job", "hold", "leave", "block", "imported")
HEAVY = 0.6
"""The share of open time that is taken on every second draw, at least."""
SERVICE_IDS = (1, 2, 3)


def resources(workshop: Workshop) -> tuple[Resource, ...]:
    return (*workshop.bays, *workshop.technicians, *workshop.courtesy_cars)


def load(workshop: Workshop, on: date) -> float:
    """Return the share of the resources' open time on that date that is taken, 0 to 1."""
    open_ticks = opening_ticks(workshop.hours, on)
    if not open_ticks:
        return 0.0
    taken = 0
    for resource in resources(workshop):
        touched: set[Tick] = set()
        for row in workshop.busy:
            if row.resource_id == resource.id:
                touched.update(range(row.starts_at // MINUTES_A_TICK, -(-row.ends_at // MINUTES_A_TICK)))
        taken += len(touched & open_ticks)
    return taken / (len(open_ticks) * len(resources(workshop)))


class BusyRows:
    """Fills a workshop's days with busy rows until enough of the open time is taken."""

    def __init__(self, random: Random, workshop: Workshop, demand: Demand) -> None:
        self.random, self.workshop, self.demand = random, workshop, demand
        self.rows: list[Busy] = []
        self.taken: dict[int, set[Tick]] = {resource.id: set() for resource in resources(workshop)}
        self.spared: dict[int, range] = {}

    def spare(self, on: date) -> None:
        """Keep a stretch of the day clear on one fitting bay and technician, and on one car."""
        bays = [bay for bay in self.workshop.bays if self.demand.equipment <= bay.equipment]
        able = [one for one in self.workshop.technicians if self.demand.skills <= one.skills]
        shifts = {one.id: sorted(working_ticks(self.workshop.hours, one.week, on)) for one in able}
        present = [one_id for one_id, ticks in shifts.items() if ticks]
        if not bays or not present:
            return
        chosen = self.random.choice(present)
        shift = shifts[chosen]
        work_ticks = self.demand.work_minutes // MINUTES_A_TICK
        first = self.random.randint(0, max(0, len(shift) - work_ticks))
        last = min(first + work_ticks + self.random.randint(0, 12), len(shift)) - 1
        end = shift[last] + 1 + self.demand.turnaround_minutes // MINUTES_A_TICK
        self.spared = {
            self.random.choice(bays).id: range(shift[first], end),
            chosen: range(shift[first], end),
        }
        if self.random.random() < 0.7:
            spared_place = len(self.workshop.courtesy_cars) - 1
            lent = range(shift[first] - 24, shift[first] + 288 * (1 + self.demand.stay_days))
            self.spared.update(
                {car.id: lent for car in self.workshop.courtesy_cars if car.position == spared_place}
            )

    def fill(self, on: date, wanted: float) -> None:
        """Add rows until the wanted share of that date's open time is taken; late rows fill gaps."""
        open_ticks = opening_ticks(self.workshop.hours, on)
        for tries in range(400):
            if self.share(open_ticks) >= wanted:
                return
            if tries > 300:
                self.spared = {}
            if tries > 60:
                self.fill_gap(open_ticks)
                continue
            starts_at = self.random.choice(sorted(open_ticks)) * MINUTES_A_TICK
            starts_at -= MINUTES_A_TICK * self.random.choice((0, 0, 0, 6, 24))
            minutes = self.random.choice((20, 45, 60, 60, 90, 120, 180, 240))
            self.add(starts_at, minutes)

    def fill_gap(self, open_ticks: frozenset[Tick]) -> None:
        """Take a free stretch of one resource, up to two hours of it."""
        resource_id = self.random.choice(list(self.taken))
        free = sorted(open_ticks - self.taken[resource_id] - set(self.spared.get(resource_id, ())))
        if free:
            start = end = self.random.choice(free)
            while end in free and end < start + 24:
                end += 1
            kind = self.random.choice(KINDS)
            self.take(resource_id, start * MINUTES_A_TICK, (end - start) * MINUTES_A_TICK, kind)

    def share(self, open_ticks: frozenset[Tick]) -> float:
        taken = sum(len(ticks & open_ticks) for ticks in self.taken.values())
        return taken / (len(open_ticks) * len(self.taken)) if open_ticks else 1.0

    def add(self, starts_at: int, minutes: int) -> None:
        """Add one occupancy; a job or hold takes a bay and a technician, all else one resource."""
        kind = self.random.choice(KINDS)
        if kind in ("imported", "leave") and self.random.random() < 0.5:
            starts_at += self.random.randint(0, 4)
            minutes += self.random.randint(0, 4)
        if kind in ("job", "hold") and self.random.random() < 0.8:
            self.take(self.random.choice(self.workshop.bays).id, starts_at, minutes, kind)
            self.take(self.random.choice(self.workshop.technicians).id, starts_at, minutes, kind)
            return
        self.take(self.random.choice(resources(self.workshop)).id, starts_at, minutes, kind)

    def take(self, resource_id: int, starts_at: int, minutes: int, kind: BusyKind) -> None:
        ends_at = starts_at + minutes
        ticks = range(starts_at // MINUTES_A_TICK, -(-ends_at // MINUTES_A_TICK))
        if not set(self.spared.get(resource_id, ())).isdisjoint(ticks):
            return
        self.taken[resource_id].update(ticks)
        self.rows.append(Busy(resource_id, starts_at, ends_at, kind))


def draw_busy(random: Random, workshop: Workshop, demand: Demand, on: date) -> tuple[Busy, ...]:
    """Draw the busy rows of the day, of the days a drop-off may run into, and some at odd hours."""
    drawn = BusyRows(random, workshop, demand)
    if random.random() < 0.9:
        drawn.spare(on)
    lightest = random.choice((0.05, 0.5))
    wanted = random.uniform(HEAVY, 0.75) if random.random() < 0.555 else random.uniform(0.0, lightest)
    drawn.fill(on, wanted)
    later_on = on
    for _ in range(demand.stay_days):
        later_on += ONE_DAY
        drawn.fill(later_on, random.uniform(0.1, 0.7))
    add_odd_hours(random, drawn, on)
    random.shuffle(drawn.rows)
    return tuple(drawn.rows)


def add_odd_hours(random: Random, drawn: BusyRows, on: date) -> None:
    """Add rows outside opening hours, through the night and over several days."""
    noon = ((on - date(1970, 1, 1)).days * 24 + 12) * 60
    for _ in range(random.choice((0, 1, 1, 2))):
        starts_at = noon + random.randint(-1600, 1600)
        minutes = random.choice((7, 30, 300, 700, 1500))
        drawn.take(random.choice(list(drawn.taken)), starts_at, minutes, random.choice(KINDS))


def draw_visits(random: Random, workshop: Workshop, on: date) -> tuple[Visit, ...]:
    """Draw visits, most of them for a job or hold that is there, some unplanned or of another day."""
    bay_ids = {bay.id for bay in workshop.bays}
    drawn: list[Visit] = []
    for row in workshop.busy:
        if row.resource_id in bay_ids and row.kind in ("job", "hold") and random.random() < 0.7:
            arrives_at = row.starts_at // MINUTES_A_TICK * MINUTES_A_TICK - random.choice((0, 0, 10, 120))
            drawn.append(draw_visit(random, arrives_at, row.ends_at - row.starts_at))
    ticks = sorted(opening_ticks(workshop.hours, on))
    others = random.choices(ticks, k=random.randint(0, 4)) if ticks else []
    drawn.extend(draw_visit(random, tick * MINUTES_A_TICK, 30) for tick in others)
    return tuple(drawn)


def draw_visit(random: Random, arrives_at: int, work_minutes: int) -> Visit:
    service_ids = frozenset(random.sample(SERVICE_IDS, random.randint(0, 2)))
    return Visit(arrives_at, max(5, work_minutes // 5 * 5), random.random() < 0.6, service_ids)
