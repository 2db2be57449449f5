"""Rule 12, and the car of rule 11: which of the fitting resources take the visit, a best fit."""

from __future__ import annotations

from collections.abc import Iterable

from booking.availability.engine.floor import Floor
from booking.availability.engine.masks import TickSpan, count, cut, highest, lowest
from booking.availability.engine.model import TICK, Bay, CourtesyCar, Instant, Technician
from booking.availability.engine.opening import local_date
from booking.availability.engine.plan import Work


def choose_technician(floor: Floor, technicians: Iterable[Technician], work: Work) -> Technician:
    """The fewest skills, then the fewest booked minutes on the date of the start, then position."""
    day = floor.day(local_date(floor.hours.timezone, work.starts_at))

    def rank(technician: Technician) -> tuple[int, int, int, int]:
        booked = floor.working_mask(technician) & floor.booked_mask(technician.id)
        return len(technician.skills), count(booked, day), technician.position, technician.id

    return min(technicians, key=rank)


def choose_bay(floor: Floor, bays: Iterable[Bay], work: Work) -> Bay:
    """The fewest equipment tags, then the shortest free run around the work, then position."""

    def rank(bay: Bay) -> tuple[int, int, int, int]:
        return len(bay.equipment), free_run(floor, bay, work), bay.position, bay.id

    return min(bays, key=rank)


def find_car(floor: Floor, *, starts_at: Instant, ends_at: Instant) -> CourtesyCar | None:
    """The first courtesy car by position that is clear over a stretch, or None."""
    span = floor.window.span(starts_at, ends_at)
    clear = (
        car
        for car in floor.workshop.courtesy_cars
        if not any(_overlap(span, row) for row in floor.taken(car.id))
    )
    return min(clear, key=lambda car: (car.position, car.id), default=None)


def free_run(floor: Floor, bay: Bay, work: Work) -> int:
    """Open ticks without occupancy before and after the work, closed ones skipped.

    Counted back to the first occupied open tick or the start of the date of the work's first
    minute, and on to the next one or the end of the date of its last minute.
    """
    zone, window = floor.hours.timezone, floor.window
    start, end = window.tick(work.starts_at), window.tick(work.ends_at)
    earliest = floor.day(local_date(zone, work.starts_at))[0]
    latest = floor.day(local_date(zone, work.ends_at - TICK))[1]
    occupied = floor.open & floor.taken_mask(bay.id)
    before = highest(cut(occupied, (earliest, start)))
    after = lowest(cut(occupied, (end, latest)))
    run_from = earliest if before is None else before + 1
    run_to = latest if after is None else after
    return count(floor.open, (run_from, start)) + count(floor.open, (end, run_to))


def _overlap(one: TickSpan, other: TickSpan) -> bool:
    return one[0] < other[1] and other[0] < one[1]
