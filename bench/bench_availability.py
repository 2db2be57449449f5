"""A month of availability, ten bays and twenty technicians: the engine against a bare bit-mask floor.

Prints ratios taken in one interleaved run, never bare times: a machine's speed drifts, a ratio of
neighbours does not. Both answers are checked against a plain scan before anything is timed.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

from app.localtime import to_minutes
from booking.availability.engine.model import (
    Bay,
    BookingRules,
    Busy,
    Demand,
    Hours,
    Technician,
    Week,
    Workshop,
)
from booking.availability.engine.search import list_slots

FIRST = date(2027, 3, 1)  # March in Paris: a clock change lies inside
DAYS, BAYS, TECHNICIANS, NEED = 31, 10, 20, 60
OPENS, CLOSES, GRID = 8 * 60, 18 * 60, 15
FILLS = (0, 500, 5_000)
PAIRS, SAMPLE_SECONDS = 9, 0.05
Booking = tuple[int, int, int, int, int]  # day, start and end minute of the day, bay, technician


def main() -> None:
    """Print one row a fill and mode: the median of the pairs' ratios, with min and max."""
    print(f"{'bookings':>8} {'mode':>9} {'engine / floor':>15} {'min':>6} {'max':>6} {'slots':>6}")
    for fill in FILLS:
        bookings = draw(fill)
        workshop = build(bookings)
        wait, drop = Demand("wait", NEED), Demand("drop_off", NEED)
        assert engine(workshop, wait) == naive(bookings) == floor(bookings), "the answers differ"
        for demand in (wait, drop):
            ratios = compare(partial(engine, workshop, demand), partial(floor, bookings))
            low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
            count = len(engine(workshop, demand))
            print(f"{fill:>8} {demand.mode:>9} {middle:>15.2f} {low:>6.2f} {high:>6.2f} {count:>6}")


def draw(count: int) -> list[Booking]:
    """``count`` bookings of 15 to 120 minutes, each on a bay and a technician of its own choice."""
    chooser = random.Random(7)
    found = []
    for _ in range(count):
        day, start = chooser.randrange(DAYS), chooser.randrange(OPENS, CLOSES, GRID)
        length = chooser.choice((15, 30, 60, 120))
        bay, technician = chooser.randrange(BAYS), chooser.randrange(TECHNICIANS)
        found.append((day, start, start + length, bay, technician))
    return found


def build(bookings: list[Booking]) -> Workshop:
    """The same case as the engine's plain data, opening hours and clock change included."""
    week: Week = (((OPENS, CLOSES),),) * 7
    busy = []
    for day, start, end, bay, technician in bookings:
        midnight = local_midnight(day)
        both = (bay, BAYS + technician)
        busy += [Busy(resource, midnight + start, midnight + end, "job") for resource in both]
    return Workshop(
        hours=Hours("Europe/Paris", week),
        rules=BookingRules(slot_minutes=GRID, horizon_days=400),
        bays=tuple(Bay(number, number) for number in range(BAYS)),
        technicians=tuple(Technician(BAYS + number, number) for number in range(TECHNICIANS)),
        busy=tuple(busy),
    )


def local_midnight(day: int) -> int:
    """UTC minutes of 00:00 by the wall clock that stands at eight on that day in Paris."""
    on = FIRST + timedelta(days=day)
    offset = 120 if on >= date(2027, 3, 28) else 60
    return to_minutes(datetime(on.year, on.month, on.day, tzinfo=UTC)) - offset


def engine(workshop: Workshop, demand: Demand) -> list[int]:
    """What the product does, from rows in memory to slots."""
    last = FIRST + timedelta(days=DAYS - 1)
    slots = list_slots(workshop, demand, first_on=FIRST, last_on=last, now=local_midnight(0) - 10_000)
    return [slot.arrives_at for slot in slots]


def floor(bookings: list[Booking]) -> list[int]:
    """The least that any answer needs: one integer a resource and day, shift and AND; no zones, no rules."""
    cells = (CLOSES - OPENS) // GRID
    whole, need = (1 << cells) - 1, NEED // GRID
    free = [[whole] * DAYS for _ in range(BAYS + TECHNICIANS)]
    for day, start, end, bay, technician in bookings:
        taken = ~(((1 << ((end - start) // GRID)) - 1) << ((start - OPENS) // GRID))
        free[bay][day] &= taken
        free[BAYS + technician][day] &= taken
    found = []
    for day in range(DAYS):
        bays = technicians = 0
        for number, row in enumerate(free):
            mask = row[day]
            for step in range(1, need):
                mask &= row[day] >> step
            if number < BAYS:
                bays |= mask
            else:
                technicians |= mask
        both, base = bays & technicians, local_midnight(day) + OPENS
        found += [base + GRID * cell for cell in range(cells - need + 1) if both >> cell & 1]
    return found


def naive(bookings: list[Booking]) -> list[int]:
    """The plain scan that both are held to."""
    found = []
    for day in range(DAYS):
        today = [row for row in bookings if row[0] == day]
        for start in range(OPENS, CLOSES - NEED + 1, GRID):
            hit = [row for row in today if row[1] < start + NEED and row[2] > start]
            if len({row[3] for row in hit}) < BAYS and len({row[4] for row in hit}) < TECHNICIANS:
                found.append(local_midnight(day) + start)
    return found


def compare(one: Callable[[], object], other: Callable[[], object]) -> list[float]:
    """Ratios one / other of neighbouring samples in processor time, each at least 50 ms long."""
    return [sample(one) / sample(other) for _ in range(PAIRS)]


def sample(work: Callable[[], object]) -> float:
    """Processor seconds of one call, over as many as fill the sample."""
    calls, began = 0, time.process_time()
    while time.process_time() - began < SAMPLE_SECONDS:
        work()
        calls += 1
    return (time.process_time() - began) / calls


if __name__ == "__main__":
    main()
