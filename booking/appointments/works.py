"""Free starts of a visit's work, found in what was loaded: near a wanted one, or first on a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from app import clock
from app.localtime import day_bounds, from_minutes, local_date, to_minutes, to_minutes_up
from booking.appointments.loading import Prepared
from booking.appointments.moving import (
    DeskPlace,
    arrival_for,
    choices_of,
    desk_place,
    promised_at,
    stays_here,
)
from booking.appointments.queries import AppointmentView
from booking.appointments.requests import MoveRequest
from booking.availability.engine.anyway import Arrivals, Named, place_within
from booking.availability.engine.model import Placement

STEP = 15
"""Minutes between the starts that are looked through."""


class Works:
    """Starts of one visit's work, tried one after the other; none passes a soft rule or lies in the past.

    ``prepared`` holds what is taken on the days that are asked about, and on those of their arrivals.
    """

    def __init__(self, view: AppointmentView, request: MoveRequest, *, prepared: Prepared) -> None:
        self._view, self._request, self._prepared = view, request, prepared
        promised = promised_at(view)
        self._arrivals = Arrivals(
            prepared.state,
            prepared.demand,
            now=to_minutes_up(clock.now()),
            stands_at=to_minutes(promised) if promised else None,
        )

    @property
    def _zone(self) -> str:
        return self._prepared.state.hours.timezone

    def near(self, wanted_at: datetime) -> list[DeskPlace]:
        """That start with anybody, the last before it and the first after it on its day; by time."""
        starts = self._starts(local_date(wanted_at, self._zone))
        before = (self._at(at) for at in reversed(starts) if at < wanted_at)
        after = (self._at(at) for at in starts if at > wanted_at)
        nearest = [next(filter(None, side), None) for side in (before, after)]
        found = {each for each in (self._at(wanted_at, anybody=True), *nearest) if each}
        return sorted(found, key=lambda each: each.works_at)

    def first_on(self, on: date) -> DeskPlace | None:
        """The earliest start on a local date."""
        return next(filter(None, (self._at(at) for at in self._starts(on))), None)

    def _starts(self, on: date) -> list[datetime]:
        starts_at, ends_at = day_bounds(on, self._zone)
        soonest = max(starts_at, clock.now())
        steps = range(-(-to_minutes_up(soonest) // STEP), -(-to_minutes(ends_at) // STEP))
        return [from_minutes(step * STEP) for step in steps]

    def _at(self, works_at: datetime, *, anybody: bool = False) -> DeskPlace | None:
        """The place with this start, if there is one; the visit's present place is none."""
        arrival = (
            works_at if stays_here(self._view) else arrival_for(self._view, works_at, timezone=self._zone)
        )
        arrives_at = to_minutes(arrival)
        if works_at < clock.now() or self._arrivals.list_passed(arrives_at):
            return None
        state, demand = self._prepared.state, self._prepared.demand
        for named in self._choices(works_at, anybody=anybody):
            found = place_within(state, demand, arrives_at=arrives_at, named=named)
            if found is not None and not self._is_present(found):
                return desk_place(found)
        return None

    def _choices(self, works_at: datetime, *, anybody: bool) -> Iterator[Named]:
        """Those that were named, else as is dearest; ``anybody`` after them."""
        yield from choices_of(self._view, replace(self._request, works_at=works_at))
        if anybody:
            open_to_all = replace(self._request, works_at=works_at, bay_id=None, technician_id=None)
            yield from choices_of(self._view, replace(open_to_all, keeps_team=False))

    def _is_present(self, found: Placement) -> bool:
        taken = {place.kind: place.resource_id for place in self._view.places}
        team = (taken.get("bay"), taken.get("technician"))
        starts_at = self._view.appointment.work_starts_at
        is_same_start = starts_at is not None and found.work_starts_at == to_minutes(starts_at)
        return is_same_start and (found.bay.resource_id, found.technician.resource_id) == team
