"""The workshop's floor within a window: when it is open, who works when, what is taken (rules 3, 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property, lru_cache

from booking.availability.engine.masks import TickSpan, Window, cut, mask_of
from booking.availability.engine.model import TICK, Bay, Busy, Demand, Technician, Week, Workshop
from booking.availability.engine.opening import (
    DAY_MINUTES,
    ONE_DAY,
    Intervals,
    dates,
    day_start,
    local_date,
    merge,
    opening,
    working_time,
)

_DAY_TICKS = DAY_MINUTES // TICK
_DAYS_APART = 1 << 20
"""More days than any calendar has: what lies between the numbers of two resources."""
_CACHED_STRETCHES = 16384


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
        self._working: dict[Week | None, tuple[TickSpan, ...]] = {}
        self._working_masks: dict[Week | None, int] = {}

    def taken(self, resource_id: int) -> list[TickSpan]:
        """The spans in which a resource is occupied by anything."""
        return self._taken.get(resource_id, [])

    def taken_mask(self, resource_id: int) -> int:
        return self._taken_masks.get(resource_id, 0)

    def booked_mask(self, resource_id: int) -> int:
        """The job and hold rows of a resource."""
        return self._booked_masks.get(resource_id, 0)

    def working(self, technician: Technician) -> tuple[TickSpan, ...]:
        """The spans of a technician's working time, joined where two dates touch."""
        spans = self._working.get(technician.week)
        if spans is None:
            spans = self._working[technician.week] = self._spans(technician.week)
        return spans

    def working_mask(self, technician: Technician) -> int:
        mask = self._working_masks.get(technician.week)
        if mask is None:
            mask = self._working_masks[technician.week] = mask_of(self.working(technician))
        return mask

    def day(self, on: date) -> TickSpan:
        """The span of a local date."""
        zone = self.hours.timezone
        return self.window.span(day_start(zone, on), day_start(zone, on + ONE_DAY))

    def technicians_for(self, demand: Demand) -> list[Technician]:
        return [each for each in self.workshop.technicians if demand.skills <= each.skills]

    def bays_for(self, demand: Demand) -> list[Bay]:
        return [each for each in self.workshop.bays if demand.equipment <= each.equipment]

    @cached_property
    def _taken(self) -> dict[int, list[TickSpan]]:
        return _by_resource(self.workshop.busy, self.window)

    @cached_property
    def _taken_masks(self) -> dict[int, int]:
        return _masks(self.workshop.busy, self.window)

    @cached_property
    def _booked_masks(self) -> dict[int, int]:
        return _masks((row for row in self.workshop.busy if row.kind in {"job", "hold"}), self.window)

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
    for resource_id, starts_at, ends_at, _ in busy:
        first, end = (starts_at - begins_at) // TICK, -((begins_at - ends_at) // TICK)
        if end > 0 and first < size and starts_at < ends_at:
            taken[resource_id].append((0 if first < 0 else first, size if end > size else end))
    return taken


def _masks(busy: Iterable[Busy], window: Window) -> dict[int, int]:
    """The mask of each resource's spans.

    Every occupancy of a month comes by here. It is added to its own day, counted from the start of the
    window, as short numbers are added faster than long ones, and the days are joined at the end. Resource
    and day are one number, which is found sooner than a pair.
    """
    days: dict[int, int] = {}
    known = days.get
    begins_at, size = window.starts_at, window.size
    for resource_id, starts_at, ends_at, _ in busy:
        since = starts_at - begins_at
        day = since // DAY_MINUTES
        key = resource_id * _DAYS_APART + day
        days[key] = known(key, 0) | _stretch(since - day * DAY_MINUTES, ends_at - starts_at)
    masks: dict[int, int] = defaultdict(int)
    for key, mask in days.items():
        # Rows may begin before the window: a day counts from half as many before it.
        resource_id, day = divmod(key + _DAYS_APART // 2, _DAYS_APART)
        first = (day - _DAYS_APART // 2) * _DAY_TICKS
        if first < size:
            masks[resource_id] |= mask << first if first >= 0 else mask >> -first
    return {resource_id: cut(mask, (0, size)) for resource_id, mask in masks.items()}


@lru_cache(maxsize=_CACHED_STRETCHES)
def _stretch(minute: int, minutes: int) -> int:
    """The ticks of a stretch that begins at a minute of a day, rounded outward; it may end days later."""
    return mask_of([(minute // TICK, -(-(minute + minutes) // TICK))]) if minutes > 0 else 0
