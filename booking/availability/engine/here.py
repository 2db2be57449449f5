"""A car that is here already: the next places for its work, whatever the rules of an arrival say."""

from __future__ import annotations

from collections.abc import Iterator

from booking.availability.engine.model import TICK, Demand, Instant, Placement, Workshop
from booking.availability.engine.opening import local_date, local_time
from booking.availability.engine.search import Search


def list_next_works(
    workshop: Workshop, demand: Demand, *, arrives_at: Instant, step: int, most: int
) -> list[Placement]:
    """The first places for the work of a car that is here from ``arrives_at``, by the start of the work.

    ``arrives_at`` lies on a tick; that it is a slot, or open then, is not asked. Of who waits the work
    starts on arrival or not at all. Of who leaves the car the next starts lie on the wall clock's steps of
    ``step`` minutes: three places five minutes apart would be one.
    """
    on = local_date(workshop.hours.timezone, arrives_at)
    search = Search.over(workshop, demand, first_on=on, last_on=on, now=arrives_at)
    found: list[Placement] = []
    for placement in _each(search, arrives_at=arrives_at, step=step):
        found.append(placement)
        if len(found) == most or demand.mode == "wait":
            break
    return found


def _each(search: Search, *, arrives_at: Instant, step: int) -> Iterator[Placement]:
    """One place after the other, each sought from the step after the last one on."""
    timezone = search.floor.hours.timezone
    sought_at = arrives_at
    while (work := search.plan.work(sought_at)) is not None:
        offer = search.offer(arrives_at, works_at=work.starts_at)
        if offer is not None:
            yield search.placement(arrives_at, offer)
        wall = local_time(timezone, work.starts_at)
        sought_at = work.starts_at + max(TICK, step - (wall.hour * 60 + wall.minute) % step)
