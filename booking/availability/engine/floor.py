"""The workshop's floor within a window: when it is open, who works when, what is taken (rules 3, 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property

from booking.availability.engine.masks import TickSpan, Window, mask_of
from booking.availability.engine.model import TICK, Bay, Busy, Demand, Technician, Week, Workshop
from booking.availability.engine.opening import (
    ONE_DAY,
    Intervals,
    dates,
    day_start,
    local_date,
    merge,
    opening,
    working_time,
)


class Floor:
    """Masks of one workshop over one window, built when first asked for."""

    def __init__(self, workshop: Workshop, window: Window) -> None:
        self.workshop = workshop
        self.hours = workshop.hours
        self.window = window
        zone = self.hours.timezone
        # Hours whose end falls into a gap at midnight may reach into the next date.
        self._dates = dates(
            local_date(zone, window.starts_at) - ONE_DAY, local_date(zone, window.instant(window.size))
        )
        self.open = window.mask(self._each_date())
        self._taken = _by_resource(workshop.busy, window)
        self._working: dict[Week | None, tuple[TickSpan, ...]] = {}

    def taken(self, resource_id: int) -> list[TickSpan]:
        """The spans in which a resource is occupied by anything."""
        return self._taken.get(resource_id, [])

    def taken_mask(self, resource_id: int) -> int:
        return mask_of(self.taken(resource_id))

    def booked_mask(self, resource_id: int) -> int:
        """The job and hold rows of a resource."""
        return mask_of(self._booked.get(resource_id, []))

    def working(self, technician: Technician) -> tuple[TickSpan, ...]:
        """The spans of a technician's working time, joined where two dates touch."""
        spans = self._working.get(technician.week)
        if spans is None:
            spans = self._working[technician.week] = self._spans(technician.week)
        return spans

    def day(self, on: date) -> TickSpan:
        """The span of a local date."""
        zone = self.hours.timezone
        return self.window.span(day_start(zone, on), day_start(zone, on + ONE_DAY))

    def technicians_for(self, demand: Demand) -> list[Technician]:
        return [each for each in self.workshop.technicians if demand.skills <= each.skills]

    def bays_for(self, demand: Demand) -> list[Bay]:
        return [each for each in self.workshop.bays if demand.equipment <= each.equipment]

    @cached_property
    def _booked(self) -> dict[int, list[TickSpan]]:
        rows = (row for row in self.workshop.busy if row.kind in {"job", "hold"})
        return _by_resource(rows, self.window)

    def _each_date(self) -> Intervals:
        return tuple(interval for on in self._dates for interval in opening(self.hours, on))

    def _spans(self, week: Week | None) -> tuple[TickSpan, ...]:
        intervals = merge(interval for on in self._dates for interval in working_time(self.hours, week, on))
        spans = (self.window.span(*interval) for interval in intervals)
        return tuple(span for span in spans if span[0] < span[1])


def _by_resource(busy: Iterable[Busy], window: Window) -> dict[int, list[TickSpan]]:
    """Each resource's spans, as :meth:`Window.span` cuts them; those outside are left out.

    Every occupancy of a month comes by here, so the reckoning is not called but written out.
    """
    taken: dict[int, list[TickSpan]] = defaultdict(list)
    begins_at, size = window.starts_at, window.size
    for row in busy:
        starts_at, ends_at = row.starts_at, row.ends_at
        first, end = (starts_at - begins_at) // TICK, -((begins_at - ends_at) // TICK)
        if end > 0 and first < size and starts_at < ends_at:
            taken[row.resource_id].append((0 if first < 0 else first, size if end > size else end))
    return taken
