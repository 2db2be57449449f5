"""The workshop's floor within a window: when it is open, who works when, what is taken (rules 3, 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property

from booking.availability.engine.masks import TickSpan, Window, mask_of
from booking.availability.engine.model import Bay, Busy, Demand, Instant, Technician, Week, Workshop
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

_Taken = tuple[TickSpan, list[int]]
"""A span, and the resources that are taken over it."""


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
    def _spans_taken(self) -> list[_Taken]:
        return _by_span(self.workshop.busy, self.window)

    @cached_property
    def _taken(self) -> dict[int, list[TickSpan]]:
        taken: dict[int, list[TickSpan]] = defaultdict(list)
        for span, resource_ids in self._spans_taken:
            for resource_id in resource_ids:
                taken[resource_id].append(span)
        return taken

    @cached_property
    def _taken_masks(self) -> dict[int, int]:
        return _masks(self._spans_taken)

    @cached_property
    def _booked_masks(self) -> dict[int, int]:
        rows = (row for row in self.workshop.busy if row.kind in {"job", "hold"})
        return _masks(_by_span(rows, self.window))

    def _each_date(self) -> Intervals:
        return tuple(interval for on in self._dates for interval in opening(self.hours, on))

    def _spans(self, week: Week | None) -> tuple[TickSpan, ...]:
        intervals = merge(interval for on in self._dates for interval in working_time(self.hours, week, on))
        spans = (self.window.span(*interval) for interval in intervals)
        return tuple(span for span in spans if span[0] < span[1])


def _by_span(busy: Iterable[Busy], window: Window) -> list[_Taken]:
    """Which resources are taken over each span; what lies outside the window is left out.

    A bay and a technician, and many cars at the usual times, are taken from and to the same minutes:
    a span is placed, and its mask made, once for all of them.
    """
    resource_ids: dict[tuple[Instant, Instant], list[int]] = defaultdict(list)
    for row in busy:
        resource_ids[row.starts_at, row.ends_at].append(row.resource_id)
    placed = (
        (window.span(*between), taken) for between, taken in resource_ids.items() if between[0] < between[1]
    )
    return [(span, taken) for span, taken in placed if span[0] < span[1]]


def _masks(spans: Iterable[_Taken]) -> dict[int, int]:
    """Each resource's spans in one."""
    masks: dict[int, int] = defaultdict(int)
    for span, resource_ids in spans:
        mask = mask_of([span])
        for resource_id in resource_ids:
            masks[resource_id] |= mask
    return masks
