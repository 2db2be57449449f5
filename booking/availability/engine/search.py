"""The engine's two questions: which arrivals are offered, and how exactly one of them is placed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from booking.availability.engine.candidates import bookable_dates, list_candidates
from booking.availability.engine.choice import choose_bay, choose_technician, find_car
from booking.availability.engine.drop_off import DropOff, closing_of
from booking.availability.engine.floor import Floor
from booking.availability.engine.limits import Limits
from booking.availability.engine.masks import window_over
from booking.availability.engine.model import TICK, Demand, Instant, Placement, Row, Slot, Workshop
from booking.availability.engine.opening import local_date, opening
from booking.availability.engine.plan import Plan, Work
from booking.availability.engine.reach import reach
from booking.availability.engine.wait import Wait


def list_slots(
    workshop: Workshop, demand: Demand, *, first_on: date, last_on: date, now: Instant
) -> list[Slot]:
    """Every offered arrival whose local date lies from ``first_on`` to ``last_on``, in order.

    ``now`` is the asker's present, in whole minutes.
    """
    first_on, last_on = bookable_dates(workshop, demand, first_on=first_on, last_on=last_on, now=now)
    if first_on > last_on:
        return []
    search = Search.over(workshop, demand, first_on=first_on, last_on=last_on, now=now)
    candidates = list_candidates(workshop, demand, first_on=first_on, last_on=last_on, now=now)
    return search.list_offered(candidates)


def place(workshop: Workshop, demand: Demand, *, arrives_at: Instant, now: Instant) -> Placement | None:
    """Place a visit that arrives exactly then, or None if that arrival is not offered."""
    on = local_date(workshop.hours.timezone, arrives_at)
    first_on, last_on = bookable_dates(workshop, demand, first_on=on, last_on=on, now=now)
    if first_on > last_on:
        return None
    if arrives_at not in list_candidates(workshop, demand, first_on=on, last_on=on, now=now):
        return None
    search = Search.over(workshop, demand, first_on=on, last_on=on, now=now)
    offer = search.offer(arrives_at)
    return search.placement(arrives_at, offer) if offer else None


class _Offer(NamedTuple):
    work: Work
    ready_at: Instant
    courtesy_car: Row | None


@dataclass(frozen=True, slots=True)
class Search:
    """One question to one workshop over a range of dates of arrival, once they are on the grid."""

    demand: Demand
    floor: Floor
    plan: Plan
    limits: Limits

    @classmethod
    def over(
        cls, workshop: Workshop, demand: Demand, *, first_on: date, last_on: date, now: Instant
    ) -> Search:
        """The masks of all that the answers for these local dates depend on."""
        window = window_over(*reach(workshop.hours, demand, first_on=first_on, last_on=last_on))
        floor = Floor(workshop, window)
        return cls(
            demand=demand,
            floor=floor,
            plan=Wait(floor, demand) if demand.mode == "wait" else DropOff(floor, demand),
            limits=Limits(workshop, demand, now=now),
        )

    def list_offered(self, candidates: Iterable[Instant]) -> list[Slot]:
        """Those of the candidates that :meth:`offer` offers something."""
        if self.lends:
            offers = ((each, self.offer(each)) for each in candidates)
            return [Slot(arrives_at, offer.ready_at) for arrives_at, offer in offers if offer]
        slots = self.plan.list_slots(candidates)
        return slots if self.limits.are_none else [slot for slot in slots if self._has_room(slot.arrives_at)]

    def offer(self, arrives_at: Instant, *, works_at: Instant | None = None) -> _Offer | None:
        """What a candidate would be offered, or None; ``works_at`` is the only start of its work allowed."""
        plan = self.plan
        work = plan.work(arrives_at) if works_at is None else plan.work_at(arrives_at, works_at)
        if work is None or not self._has_room(arrives_at):
            return None
        car = self.lend(arrives_at, work) if self.lends else None
        if self.lends and car is None:
            return None
        return _Offer(work=work, ready_at=self.plan.ready_at(work), courtesy_car=car)

    @property
    def lends(self) -> bool:
        """Whether a courtesy car goes with the visit."""
        return self.demand.courtesy_car and self.demand.mode == "drop_off"

    def placement(self, arrives_at: Instant, offer: _Offer) -> Placement:
        """The visit with its rows, for an arrival that is offered."""
        work = offer.work
        team = self.plan.team(work)
        bay = choose_bay(self.floor, team.bays, work)
        technician = choose_technician(self.floor, team.technicians, work)
        return Placement(
            arrives_at=arrives_at,
            work_starts_at=work.starts_at,
            work_ends_at=work.ends_at,
            ready_at=offer.ready_at,
            bay=Row(bay.id, work.starts_at, work.ends_at + self.demand.turnaround_minutes),
            technician=Row(technician.id, work.starts_at, work.ends_at),
            courtesy_car=offer.courtesy_car,
        )

    def _has_room(self, arrives_at: Instant) -> bool:
        if self.limits.are_none:
            return True
        on = local_date(self.floor.hours.timezone, arrives_at)
        return not self.limits.find_binding(arrives_at, on)

    def lend(self, arrives_at: Instant, work: Work) -> Row | None:
        """The courtesy car's row (rule 11), sought for the work as it is placed."""
        hours = self.floor.hours
        last_minute = work.ends_at - TICK
        closings = [ends_at for _, ends_at in opening(hours, local_date(hours.timezone, last_minute))]
        back_at = max([closing_of(hours, last_minute), *closings])
        car = find_car(self.floor, starts_at=arrives_at, ends_at=back_at)
        return Row(car.id, arrives_at, back_at) if car else None
