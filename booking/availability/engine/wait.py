"""Rule 7: the customer stays, so the work starts on arrival and runs without a pause."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from booking.availability.engine.floor import Floor
from booking.availability.engine.masks import erode, has, mask_of
from booking.availability.engine.model import TICK, Demand, Instant, Slot
from booking.availability.engine.plan import Chances, Team, Work


class Wait:
    """The starts at which a technician and a bay are clear, as masks of one floor."""

    def __init__(self, floor: Floor, demand: Demand) -> None:
        self._floor = floor
        self._window = floor.window
        self._work_minutes = demand.work_minutes
        work = demand.work_minutes // TICK
        row = work + demand.turnaround_minutes // TICK
        always = (1 << self._window.size) - 1
        self._technicians = [
            (each, erode(floor.working_mask(each) & ~floor.taken_mask(each.id), work))
            for each in floor.technicians_for(demand)
        ]
        self._bays = [
            (each, erode(always & ~floor.taken_mask(each.id), row)) for each in floor.bays_for(demand)
        ]
        technicians: int = reduce(or_, (mask for _, mask in self._technicians), 0)
        bays: int = reduce(or_, (mask for _, mask in self._bays), 0)
        self._starts = technicians & bays

    def work(self, arrives_at: Instant) -> Work | None:
        if not has(self._starts, self._window.tick(arrives_at)):
            return None
        return Work(arrives_at, arrives_at + self._work_minutes)

    def work_at(self, arrives_at: Instant, starts_at: Instant) -> Work | None:
        """Whoever waits may have to wait for it: the work starts on arrival or, where it is named, later."""
        if not arrives_at <= starts_at < self._window.ends_at:
            return None
        return self.work(starts_at)

    def list_slots(self, arrivals: Iterable[Instant]) -> list[Slot]:
        # A month has a thousand arrivals, so what work() calls is written out here.
        starts, begins_at, work_minutes = self._starts, self._window.starts_at, self._work_minutes
        return [Slot(at, at + work_minutes) for at in arrivals if starts >> (at - begins_at) // TICK & 1]

    def chances(self, arrives_at: Instant) -> Chances:
        first = self._window.tick(arrives_at)
        row = (first, first + self._work_minutes // TICK)
        whole = mask_of([row])
        working = (self._floor.working_mask(each) for each, _ in self._technicians)
        return Chances(
            row=any(whole & mask == whole for mask in working),
            technician=any(has(mask, first) for _, mask in self._technicians),
            bay=any(has(mask, first) for _, mask in self._bays),
        )

    def chances_at(self, arrives_at: Instant, starts_at: Instant) -> Chances:
        if not arrives_at <= starts_at < self._window.ends_at:
            return Chances(row=False, technician=False, bay=False)
        return self.chances(starts_at)

    def ready_at(self, work: Work) -> Instant:
        return work.ends_at

    def team(self, work: Work) -> Team:
        tick = self._window.tick(work.starts_at)
        return Team(
            technicians=[each for each, mask in self._technicians if has(mask, tick)],
            bays=[each for each, mask in self._bays if has(mask, tick)],
        )
