"""Rule 7: the customer stays, so the work starts on arrival and runs without a pause."""

from __future__ import annotations

from functools import reduce
from operator import or_

from booking.availability.engine.floor import Floor
from booking.availability.engine.masks import erode, has, mask_of
from booking.availability.engine.model import TICK, Demand, Instant
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
            (each, erode(mask_of(floor.working(each)) & ~floor.taken_mask(each.id), work))
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

    def chances(self, arrives_at: Instant) -> Chances:
        first = self._window.tick(arrives_at)
        row = (first, first + self._work_minutes // TICK)
        whole = mask_of([row])
        working = (mask_of(self._floor.working(each)) for each, _ in self._technicians)
        return Chances(
            row=any(whole & mask == whole for mask in working),
            technician=any(has(mask, first) for _, mask in self._technicians),
            bay=any(has(mask, first) for _, mask in self._bays),
        )

    def ready_at(self, work: Work) -> Instant:
        return work.ends_at

    def team(self, work: Work) -> Team:
        tick = self._window.tick(work.starts_at)
        return Team(
            technicians=[each for each, mask in self._technicians if has(mask, tick)],
            bays=[each for each, mask in self._bays if has(mask, tick)],
        )
