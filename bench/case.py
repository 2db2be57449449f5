"""The case that availability is measured on: a month, ten bays, twenty technicians, a break at noon.

With it come the least program that answers it, one integer a resource and day, and the plain scan
that every answer is held to before anything is timed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.localtime import from_minutes, to_minutes
from booking.availability.engine.model import (
    Bay,
    BookingRules,
    Busy,
    Demand,
    Hours,
    Technician,
    Visit,
    Week,
    Workshop,
)
from booking.availability.engine.search import list_slots

ZONE = "Europe/Paris"
FIRST = date(2027, 3, 1)  # a clock change lies inside the month
SPANS = ((8 * 60, 12 * 60), (13 * 60, 18 * 60))
OPENS, CLOSES, GRID, NEED = 8 * 60, 18 * 60, 15, 60
PIECE = 30
"""Minutes of a stored booking: half hours, so that 5,000 fit without two on one bay."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the workshop and the range are."""

    days: int = 31
    bays: int = 10
    technicians: int = 20

    @property
    def last(self) -> date:
        return FIRST + timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class Booking:
    """Minutes of a local day, on a bay and a technician counted from 0."""

    day: int
    start: int
    end: int
    bay: int
    technician: int


def draw(count: int, size: Size, *, first_day: int = 0) -> list[Booking]:
    """``count`` bookings of half an hour at random, no two on one bay or technician at a time."""
    times = [start for opens, closes in SPANS for start in range(opens, closes, PIECE)]
    places = [(day, start, bay) for day in range(size.days) for start in times for bay in range(size.bays)]
    chosen = random.Random(7).sample(places, count)
    return [
        Booking(first_day + day, start, start + PIECE, bay, (bay + start // PIECE + day) % size.technicians)
        for day, start, bay in chosen
    ]


def most(size: Size) -> int:
    """How many bookings fit into the range at all."""
    return size.days * size.bays * sum((closes - opens) // PIECE for opens, closes in SPANS)


def plain_workshop(bookings: Sequence[Booking], size: Size) -> Workshop:
    """The case as the engine's plain data: hours, break, zone, every booking's rows and visit."""
    week: Week = (SPANS,) * 7
    busy, visits = [], []
    for each in bookings:
        midnight = local_midnight(each.day)
        starts_at, ends_at = midnight + each.start, midnight + each.end
        busy += [
            Busy(resource, starts_at, ends_at, "job") for resource in (each.bay, size.bays + each.technician)
        ]
        visits.append(Visit(starts_at, ends_at - starts_at, online=True))
    return Workshop(
        hours=Hours(ZONE, week),
        rules=BookingRules(slot_minutes=GRID, horizon_days=400),
        bays=tuple(Bay(number, number) for number in range(size.bays)),
        technicians=tuple(Technician(size.bays + number, number) for number in range(size.technicians)),
        busy=tuple(busy),
        visits=tuple(visits),
    )


def local_midnight(day: int) -> int:
    """UTC minutes of 00:00 by the wall clock that stands at eight on that day in Paris."""
    on = FIRST + timedelta(days=day)
    offset = 120 if date(2027, 3, 28) <= on < date(2027, 10, 31) else 60
    return to_minutes(datetime(on.year, on.month, on.day, tzinfo=UTC)) - offset


def arrival(day: int, minute: int) -> str:
    """A minute of a local day as calls name it."""
    return from_minutes(local_midnight(day) + minute).isoformat()


def engine(workshop: Workshop, demand: Demand, size: Size) -> list[int]:
    """What the product does, from rows in memory to slots."""
    now = local_midnight(0) - 4_000
    return [
        slot.arrives_at for slot in list_slots(workshop, demand, first_on=FIRST, last_on=size.last, now=now)
    ]


def floor(bookings: Sequence[Booking], size: Size) -> list[int]:
    """The least that any answer needs: masks, shift and AND; no zones, no rules, no choice of rows."""
    cells, need = (CLOSES - OPENS) // GRID, NEED // GRID
    whole = sum(_cells(opens, closes) for opens, closes in SPANS)
    free = [[whole] * size.days for _ in range(size.bays + size.technicians)]
    for each in bookings:
        taken = ~_cells(each.start, each.end)
        free[each.bay][each.day] &= taken
        free[size.bays + each.technician][each.day] &= taken
    found = []
    for day in range(size.days):
        bays = technicians = 0
        for number, row in enumerate(free):
            mask = row[day]
            for step in range(1, need):
                mask &= row[day] >> step
            if number < size.bays:
                bays |= mask
            else:
                technicians |= mask
        both, base = bays & technicians, local_midnight(day) + OPENS
        found += [base + GRID * cell for cell in range(cells - need + 1) if both >> cell & 1]
    return found


def _cells(start: int, end: int) -> int:
    return ((1 << ((end - start) // GRID)) - 1) << ((start - OPENS) // GRID)


def naive(bookings: Sequence[Booking], size: Size) -> list[int]:
    """The plain scan: for each start, who is busy meanwhile."""
    found = []
    for day in range(size.days):
        today = [each for each in bookings if each.day == day]
        for opens, closes in SPANS:
            for start in range(opens, closes - NEED + 1, GRID):
                hit = [each for each in today if each.start < start + NEED and each.end > start]
                bays, technicians = {each.bay for each in hit}, {each.technician for each in hit}
                if len(bays) < size.bays and len(technicians) < size.technicians:
                    found.append(local_midnight(day) + start)
    return found
