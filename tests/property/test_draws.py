"""The draws ask what they are meant to ask: half and half, often something to offer, every rule at work.

A rule is at work in a draw when the oracle's answer is another one without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest

from booking.availability.engine.model import Busy, Placement, Workshop
from tests.property.draws import Draw, draw
from tests.property.draws_busy import HEAVY, load
from tests.property.oracle import CHOICE, Oracle
from tests.property.oracle_time import MINUTES_A_TICK, hours_on, opening, ticks_of_date

DRAWS = 2_000
LONG_SOLVED = 1_000
Change = Callable[[Draw], Draw]
Sight = Callable[[Draw, tuple[Placement, ...]], bool]


@lru_cache(maxsize=DRAWS)
def question(seed: int) -> Draw:
    return draw(seed)


@lru_cache(maxsize=LONG_SOLVED)
def answer(seed: int) -> tuple[Placement, ...]:
    return tuple(placements(question(seed)))


def placements(drawn: Draw, choice: tuple[str, ...] = CHOICE) -> Iterator[Placement]:
    """Yield how each slot of the day is placed."""
    oracle = Oracle(drawn.workshop, drawn.demand, drawn.now, choice)
    for arrives_at in oracle.candidates(drawn.on):
        placement = oracle.place(arrives_at)
        if placement is not None:
            yield placement


@pytest.mark.parametrize(
    ("draws", "margin"), [(500, 0.07), pytest.param(DRAWS, 0.02, marks=pytest.mark.long)]
)
def test_half_of_the_draws_are_drop_offs_and_half_are_heavily_loaded(draws: int, margin: float) -> None:
    drawn = [question(seed) for seed in range(draws)]
    drop_offs = sum(one.demand.mode == "drop_off" for one in drawn)
    heavy = sum(load(one.workshop, one.on) >= HEAVY for one in drawn)
    assert drop_offs / draws == pytest.approx(0.5, abs=margin)
    assert heavy / draws == pytest.approx(0.53, abs=margin)


@pytest.mark.parametrize(
    ("solved", "least"), [(100, 0.5), pytest.param(LONG_SOLVED, 0.6, marks=pytest.mark.long)]
)
def test_most_draws_have_something_to_offer(solved: int, least: float) -> None:
    assert sum(bool(answer(seed)) for seed in range(solved)) / solved > least


# -- each rule changes the answer in a fair number of draws ---------------------------------------


def with_rules(**changes: Any) -> Change:
    return lambda drawn: with_workshop(drawn, rules=replace(drawn.workshop.rules, **changes))


def with_hours(**changes: Any) -> Change:
    return lambda drawn: with_workshop(drawn, hours=replace(drawn.workshop.hours, **changes))


def with_demand(**changes: Any) -> Change:
    return lambda drawn: replace(drawn, demand=replace(drawn.demand, **changes))


def with_workshop(drawn: Draw, **changes: Any) -> Draw:
    return replace(drawn, workshop=replace(drawn.workshop, **changes))


def only_busy(keep: Callable[[Busy], bool]) -> Change:
    return lambda drawn: with_workshop(drawn, busy=tuple(row for row in drawn.workshop.busy if keep(row)))


def without_own_hours(drawn: Draw) -> Draw:
    plain = tuple(replace(one, week=None) for one in drawn.workshop.technicians)
    return with_workshop(drawn, technicians=plain)


def with_first_exception_last(drawn: Draw) -> Draw:
    return with_hours(exceptions=drawn.workshop.hours.exceptions[::-1])(drawn)


def with_rows_rounded_inward(drawn: Draw) -> Draw:
    """Round to whole ticks the wrong way."""
    inward = [
        row._replace(starts_at=-(-row.starts_at // 5) * 5, ends_at=row.ends_at // 5 * 5)
        for row in drawn.workshop.busy
    ]
    return with_workshop(drawn, busy=tuple(row for row in inward if row.starts_at < row.ends_at))


def with_one_stay_day_more(drawn: Draw) -> Draw:
    more = drawn.demand.stay_days + (drawn.demand.mode == "drop_off")
    return with_demand(stay_days=more)(drawn)


WITHOUT: dict[str, tuple[Change, float]] = {
    "2 exceptions": (with_hours(exceptions=()), 0.05),
    "2 the last exception stands": (with_first_exception_last, 0.01),
    "2 holidays": (with_hours(holidays=frozenset()), 0.02),
    "3 own hours": (without_own_hours, 0.05),
    "4 skills": (with_demand(skills=frozenset()), 0.03),
    "4 equipment": (with_demand(equipment=frozenset()), 0.03),
    "5 slot grid": (with_rules(slot_minutes=5), 0.2),
    "5 notice": (with_demand(notice_minutes=0), 0.02),
    "5 now": (with_demand(notice_minutes=-10_000), 0.05),
    "5 horizon": (with_rules(horizon_days=400), 0.02),
    "6 busy jobs": (only_busy(lambda row: row.kind != "job"), 0.2),
    "6 busy holds": (only_busy(lambda row: row.kind != "hold"), 0.05),
    "6 leave": (only_busy(lambda row: row.kind != "leave"), 0.05),
    "6 blocks": (only_busy(lambda row: row.kind != "block"), 0.05),
    "6 imported": (only_busy(lambda row: row.kind != "imported"), 0.05),
    "6 rounded outward": (with_rows_rounded_inward, 0.01),
    "7, 8 turnaround": (with_demand(turnaround_minutes=0), 0.1),
    "8 stay days": (with_one_stay_day_more, 0.05),
    "8 latest drop-off": (with_rules(drop_off_until=None), 0.03),
    "9 reception": (with_rules(arrivals_per_slot=0), 0.1),
    "10 caps": (with_demand(caps=()), 0.02),
    "10 online share": (with_rules(online_share=100), 0.02),
    "10 desk asks": (with_demand(online=False), 0.02),
    "10 release": (with_rules(release_hours=0), 0.01),
    "11 courtesy car": (with_demand(courtesy_car=False), 0.03),
}


def bare(answered: tuple[Placement, ...]) -> tuple[Placement, ...]:
    """Leave the parts that the demand alone decides out of the comparison."""
    return tuple(
        replace(one, bay=replace(one.bay, ends_at=one.work_ends_at), courtesy_car=None) for one in answered
    )


@pytest.mark.long
@pytest.mark.parametrize("rule", WITHOUT)
def test_a_rule_changes_the_answer_in_a_fair_number_of_draws(rule: str) -> None:
    change, least = WITHOUT[rule]
    changed = 0
    for seed in range(LONG_SOLVED):
        other = change(question(seed))
        changed += other != question(seed) and bare(tuple(placements(other))) != bare(answer(seed))
    assert changed / LONG_SOLVED >= least


@pytest.mark.long
@pytest.mark.parametrize("name", CHOICE[1:])
def test_each_step_of_the_choice_decides_in_some_draws(name: str) -> None:
    less = tuple(step for step in CHOICE if step != name)
    changed = sum(tuple(placements(question(seed), less)) != answer(seed) for seed in range(LONG_SOLVED))
    assert changed / LONG_SOLVED >= 0.005


# -- what happens in the answers ------------------------------------------------------------------


def clocks_matter(drawn: Draw, answered: tuple[Placement, ...]) -> bool:
    """Rule 1: the day's opening is not as long as its hours are written."""
    hours = drawn.workshop.hours
    written = {minute for opens, closes in hours_on(hours, drawn.on) for minute in range(opens, closes, 5)}
    return sum(closes - opens for opens, closes in opening(hours, drawn.on)) != len(written)


def spans_merge(drawn: Draw, answered: tuple[Placement, ...]) -> bool:
    """Rule 2: spans of the date touch or overlap."""
    return len(opening(drawn.workshop.hours, drawn.on)) < len(hours_on(drawn.workshop.hours, drawn.on))


def waits_through_midnight(drawn: Draw, answered: tuple[Placement, ...]) -> bool:
    ends = ticks_of_date(drawn.workshop.hours.timezone, drawn.on)[-1:]
    last = [tick * MINUTES_A_TICK + MINUTES_A_TICK for tick in ends]
    return drawn.demand.mode == "wait" and any(one.work_ends_at > at for one in answered for at in last)


def pauses(drawn: Draw, answered: tuple[Placement, ...]) -> bool:
    return any(one.work_ends_at - one.work_starts_at > drawn.demand.work_minutes for one in answered)


def starts_late(drawn: Draw, answered: tuple[Placement, ...]) -> bool:
    return any(one.work_starts_at > one.arrives_at for one in answered)


def ready_is_rounded(drawn: Draw, answered: tuple[Placement, ...]) -> bool:
    return any(one.ready_at > one.work_ends_at for one in answered)


def ready_is_cut_at_closing(drawn: Draw, answered: tuple[Placement, ...]) -> bool:
    return drawn.demand.mode == "drop_off" and any(one.ready_at % 15 for one in answered)


def lends_the_second_car(drawn: Draw, answered: tuple[Placement, ...]) -> bool:
    cars = [one.courtesy_car.resource_id for one in answered if one.courtesy_car is not None]
    return any(position_of(drawn.workshop, car) > 0 for car in cars)


def position_of(workshop: Workshop, car_id: int) -> int:
    return next(car.position for car in workshop.courtesy_cars if car.id == car_id)


SEEN: dict[Sight, float] = {
    clocks_matter: 0.05,
    spans_merge: 0.02,
    waits_through_midnight: 0.01,
    pauses: 0.05,
    starts_late: 0.1,
    ready_is_rounded: 0.05,
    ready_is_cut_at_closing: 0.01,
    lends_the_second_car: 0.01,
}


@pytest.mark.long
@pytest.mark.parametrize("sight", SEEN, ids=lambda sight: str(sight.__name__))
def test_the_draws_show_it_often_enough(sight: Sight) -> None:
    seen = sum(sight(question(seed), answer(seed)) for seed in range(LONG_SOLVED))
    assert seen / LONG_SOLVED >= SEEN[sight]
