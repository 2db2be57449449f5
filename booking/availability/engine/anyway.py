"""Placing a visit past soft rules, and which ones it passes; never past a hard one.

Hard is that no bay, technician or courtesy car serves two cars at once: jobs and holds are never
passed. Neither is a block, which says that something is out of use, nor the tick of five minutes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Literal, get_args

from booking.availability.engine.candidates import is_at_short_notice, is_past_horizon
from booking.availability.engine.drop_off import is_past_drop_off
from booking.availability.engine.limits import Limits
from booking.availability.engine.model import TICK, Demand, Hours, Instant, Placement, Reason, Workshop
from booking.availability.engine.opening import DAY_MINUTES, ONE_DAY, local_date, local_time, opening
from booking.availability.engine.reach import reach
from booking.availability.engine.search import Search
from booking.availability.engine.why import find_reason

SoftRule = Literal[
    "closed",
    "no_slot_time",
    "drop_off_time",
    "horizon",
    "notice",
    "reception",
    "cap",
    "online_share",
    "own_hours",
    "leave",
    "imported",
    "skill",
    "equipment",
]
"""What the desk may pass, in the order in which it is named: rule 13's words, then those of resources."""

SOFT_RULES: tuple[SoftRule, ...] = get_args(SoftRule)
OF_THE_DAY: frozenset[SoftRule] = frozenset({"cap", "online_share"})
"""Rules that count all that comes on one local date."""

OF_THE_PLACE: tuple[SoftRule, ...] = ("imported", "own_hours", "leave", "closed", "skill", "equipment")
"""Rules that decide where the work may lie, the one that is passed most readily first."""


@dataclass(frozen=True, slots=True)
class Named:
    """The only bay, technician or courtesy car that may take the visit, and the only start of its work.

    None leaves the choice open.
    """

    bay_id: int | None = None
    technician_id: int | None = None
    courtesy_car_id: int | None = None
    works_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class PlacedAnyway:
    """The visit as it would lie, and every soft rule that it passes there; none if it needs none."""

    placement: Placement
    passed: tuple[SoftRule, ...] = ()


ANYBODY = Named()


class Arrivals:
    """Which soft rules an arrival passes, wherever the work of the visit would lie.

    ``stands_at`` is the arrival of a visit that stands already and is to be moved. It was agreed with
    the customer, so a rule is named only where the move breaks it anew or further: grid, drop-off time
    and reception where the arrival changes, notice where it comes earlier, horizon where its date
    comes later, caps and share where it changes its date. Closed hours are named in any case, for
    somebody has to be there. The share matters only to a visit that counts as online work
    (``demand.online``): what the desk took by phone uses what the share keeps free for it.
    """

    def __init__(
        self, workshop: Workshop, demand: Demand, *, now: Instant, stands_at: Instant | None = None
    ) -> None:
        self._workshop, self._demand = workshop, demand
        self._now, self._stands_at = now, stands_at
        self._zone = workshop.hours.timezone
        self._limits = [(rule, Limits(*alone, now=now)) for rule, alone in _limits(workshop, demand)]

    def list_passed(self, arrives_at: Instant) -> list[SoftRule]:
        """In the order of rule 13; an arrival before the present is one at too short notice."""
        on = local_date(self._zone, arrives_at)
        broken = [*self._of_opening(arrives_at, on), *self._of_clock(arrives_at, on)]
        broken += [rule for rule, limits in self._limits if limits.find_binding(arrives_at, on)]
        return [rule for rule in broken if self._can_matter(rule, arrives_at, on)]

    def _of_opening(self, arrives_at: Instant, on: date) -> Iterator[SoftRule]:
        # Hours whose end falls into a gap at midnight may reach into the next date.
        spans = [span for each in (on - ONE_DAY, on) for span in opening(self._workshop.hours, each)]
        opened = [opens_at for opens_at, closes_at in spans if opens_at <= arrives_at < closes_at]
        if not opened:
            yield "closed"
        elif all((arrives_at - opens_at) % self._workshop.rules.slot_minutes for opens_at in opened):
            yield "no_slot_time"

    def _of_clock(self, arrives_at: Instant, on: date) -> Iterator[SoftRule]:
        wall = local_time(self._zone, arrives_at)
        if self._demand.mode == "drop_off" and is_past_drop_off(self._workshop.rules, wall):
            yield "drop_off_time"
        if is_past_horizon(self._workshop, on, now=self._now):
            yield "horizon"
        if is_at_short_notice(self._demand, arrives_at, now=self._now):
            yield "notice"

    def _can_matter(self, rule: SoftRule, arrives_at: Instant, on: date) -> bool:
        """Whether the rule is broken anew, or further than it is where the visit stands."""
        if self._stands_at is None or rule == "closed":
            return True
        stands_on = local_date(self._zone, self._stands_at)
        if rule == "notice":
            return arrives_at < self._stands_at
        if rule == "horizon":
            return on > stands_on
        return on != stands_on if rule in OF_THE_DAY else arrives_at != self._stands_at


def place_anyway(
    workshop: Workshop,
    demand: Demand,
    *,
    arrives_at: Instant,
    now: Instant,
    named: Named = ANYBODY,
    stands_at: Instant | None = None,
    since: Instant | None = None,
) -> PlacedAnyway | None:
    """Place a visit that arrives exactly then, past as few soft rules as it takes; None if none helps.

    Rules of the arrival (opening, grid, drop-off time, horizon, notice, reception, caps, share) are
    named wherever they bind and can matter (:class:`Arrivals`, also for ``stands_at``). Of those of the
    place, the fewest are passed that let the work be done, and rules 7, 8 and 12 then place it as
    ever, or from the start that is ``named``. Where ``closed`` is passed for the work, it is done as if
    the workshop were open day and night. Nothing arrives off a tick, or before ``since``, which is
    ``now`` where nothing else is said: what has happened already may be written down, yet it is named as
    too short notice.
    """
    if arrives_at % TICK or (named.works_at or 0) % TICK or arrives_at < (now if since is None else since):
        return None
    asked = only(workshop, named)
    of_arrival = Arrivals(workshop, demand, now=now, stands_at=stands_at).list_passed(arrives_at)
    for passed in _each_choice():
        placement = _place(asked, demand, arrives_at=arrives_at, passed=passed, works_at=named.works_at)
        if placement:
            named_rules = {*of_arrival, *passed}
            return PlacedAnyway(placement, tuple(rule for rule in SOFT_RULES if rule in named_rules))
        if not passed and not _can_be_placed(asked, demand, arrives_at=arrives_at, works_at=named.works_at):
            return None  # a hard rule binds, and no choice among the soft ones changes that
    return None


def place_within(
    workshop: Workshop, demand: Demand, *, arrives_at: Instant, named: Named
) -> Placement | None:
    """The visit within all rules of the place; of the arrival's none is asked (:class:`Arrivals`)."""
    return _place(only(workshop, named), demand, arrives_at=arrives_at, passed=(), works_at=named.works_at)


def find_hard_reason(
    workshop: Workshop, demand: Demand, *, arrives_at: Instant, named: Named = ANYBODY
) -> Reason | None:
    """The first reason (rule 13) why a visit cannot lie there though every soft rule is passed, or None."""
    state, visit = _past(only(workshop, named), demand, passed=OF_THE_PLACE)
    return find_reason(state, visit, arrives_at=arrives_at, now=arrives_at, works_at=named.works_at)


def without_holds(workshop: Workshop) -> Workshop:
    """The workshop as if nobody were just booking online; reception, caps and share count them still."""
    return replace(workshop, busy=tuple(row for row in workshop.busy if row.kind != "hold"))


def reach_anyway(hours: Hours, demand: Demand, *, first_on: date, last_on: date) -> tuple[Instant, Instant]:
    """The instants ``[from, to)`` outside which no occupancy changes where a visit is placed anyway."""
    kinds = (hours, _day_and_night(hours))
    ends = [reach(each, demand, first_on=first_on, last_on=last_on) for each in kinds]
    return min(first for first, _ in ends), max(end for _, end in ends)


def _each_choice() -> Iterator[tuple[SoftRule, ...]]:
    """Every choice of rules to pass, fewer ones first, then the more readily passed."""
    for count in range(len(OF_THE_PLACE) + 1):
        yield from combinations(OF_THE_PLACE, count)


def only(workshop: Workshop, named: Named) -> Workshop:
    """The workshop with nobody and nothing but those that are named."""
    return replace(
        workshop,
        bays=tuple(bay for bay in workshop.bays if named.bay_id in {None, bay.id}),
        technicians=tuple(each for each in workshop.technicians if named.technician_id in {None, each.id}),
        courtesy_cars=tuple(car for car in workshop.courtesy_cars if named.courtesy_car_id in {None, car.id}),
    )


def _can_be_placed(
    workshop: Workshop, demand: Demand, *, arrives_at: Instant, works_at: Instant | None
) -> bool:
    """Whether all soft rules together help, with the hours or without: a stay is counted in open days."""
    but_hours = [rule for rule in OF_THE_PLACE if rule != "closed"]
    choices = (OF_THE_PLACE, but_hours)
    return any(
        _place(workshop, demand, arrives_at=arrives_at, passed=passed, works_at=works_at)
        for passed in choices
    )


def _place(
    workshop: Workshop,
    demand: Demand,
    *,
    arrives_at: Instant,
    passed: Collection[SoftRule],
    works_at: Instant | None,
) -> Placement | None:
    """The visit by the rules of the place that are left, once these do not count."""
    state, visit = _past(workshop, demand, passed=passed)
    on = local_date(state.hours.timezone, arrives_at)
    search = Search.over(state, visit, first_on=on, last_on=on, now=arrives_at)
    offer = search.offer(arrives_at, works_at=works_at)
    return search.placement(arrives_at, offer) if offer else None


def _past(workshop: Workshop, demand: Demand, *, passed: Collection[SoftRule]) -> tuple[Workshop, Demand]:
    """The question without these rules of the place, and without any of the arrival."""
    technicians = workshop.technicians
    if "own_hours" in passed:
        technicians = tuple(replace(each, week=None) for each in technicians)
    state = replace(
        workshop,
        hours=_day_and_night(workshop.hours) if "closed" in passed else workshop.hours,
        rules=replace(workshop.rules, slot_minutes=TICK, arrivals_per_slot=0, drop_off_until=None),
        technicians=technicians,
        busy=tuple(row for row in workshop.busy if row.kind not in passed),
    )
    visit = replace(
        demand,
        skills=frozenset() if "skill" in passed else demand.skills,
        equipment=frozenset() if "equipment" in passed else demand.equipment,
        notice_minutes=0,
        caps=(),
        online=False,
    )
    return state, visit


def _day_and_night(hours: Hours) -> Hours:
    day = ((0, DAY_MINUTES),)
    return Hours(hours.timezone, (day, day, day, day, day, day, day))


def _limits(workshop: Workshop, demand: Demand) -> Iterator[tuple[SoftRule, tuple[Workshop, Demand]]]:
    """Rules 9 and 10, each with a question in which it alone binds."""
    no_room_asked = replace(workshop, rules=replace(workshop.rules, arrivals_per_slot=0))
    yield "reception", (workshop, replace(demand, caps=(), online=False))
    yield "cap", (no_room_asked, replace(demand, online=False))
    yield "online_share", (no_room_asked, replace(demand, caps=()))
