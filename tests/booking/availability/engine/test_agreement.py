"""Properties of the two entry points: they agree, whatever the range and whatever lies beyond reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import strategies as st

from booking.availability.engine.model import TICK, Busy, Instant, Placement, Row, Slot
from booking.availability.engine.opening import (
    ONE_DAY,
    dates,
    day_start,
    local_date,
    opening,
)
from booking.availability.engine.reach import reach
from booking.availability.engine.search import list_slots, place
from tests.booking.availability.engine.strategies import BAYS, CARS, TECHNICIANS, Question, questions
from tests.support.examples import holds_for

pytestmark = pytest.mark.time


def listed(question: Question, first_on: date | None = None, last_on: date | None = None) -> list[Slot]:
    return list_slots(
        question.workshop,
        question.demand,
        first_on=first_on or question.first_on,
        last_on=last_on or question.last_on,
        now=question.now,
    )


def placed(question: Question, arrives_at: Instant) -> Placement | None:
    return place(question.workshop, question.demand, arrives_at=arrives_at, now=question.now)


def placements(question: Question) -> list[Placement | None]:
    return [placed(question, slot.arrives_at) for slot in listed(question)]


def grid(question: Question) -> Iterator[Instant]:
    """Every arrival on the slot grid of the range, and one just beside each."""
    hours = question.workshop.hours
    for on in dates(question.first_on, question.last_on):
        for opens_at, closes_at in opening(hours, on):
            for arrives_at in range(opens_at, closes_at, question.workshop.rules.slot_minutes):
                yield from (arrives_at, arrives_at + TICK)


def rows(placement: Placement) -> list[Row]:
    car = [placement.courtesy_car] if placement.courtesy_car else []
    return [placement.bay, placement.technician, *car]


@holds_for(question=questions(), short=12, full=60)
def test_every_listed_slot_is_placed_with_the_same_ready_time(question: Question) -> None:
    slots = listed(question)
    found = [placed(question, slot.arrives_at) for slot in slots]
    assert [each and Slot(each.arrives_at, each.ready_at) for each in found] == slots


@holds_for(question=questions(), short=12, full=60)
def test_no_other_arrival_is_placed(question: Question) -> None:
    offered = {slot.arrives_at for slot in listed(question)}
    others = [each for each in grid(question) if each not in offered]
    assert [each for each in others if placed(question, each)] == []


@holds_for(question=questions(), short=12, full=60)
def test_slots_are_sorted_unique_and_within_the_range(question: Question) -> None:
    slots = listed(question)
    zone = question.workshop.hours.timezone
    assert slots == sorted(set(slots))
    assert all(question.first_on <= local_date(zone, slot.arrives_at) <= question.last_on for slot in slots)


@holds_for(question=questions(), before=st.integers(0, 3), after=st.integers(0, 9), short=12, full=60)
def test_a_wider_range_lists_the_same_slots(question: Question, before: int, after: int) -> None:
    zone = question.workshop.hours.timezone
    wider = listed(question, question.first_on - before * ONE_DAY, question.last_on + after * ONE_DAY)
    within = [
        slot for slot in wider if question.first_on <= local_date(zone, slot.arrives_at) <= question.last_on
    ]
    assert within == listed(question)


def reach_of(question: Question) -> tuple[Instant, Instant]:
    return reach(
        question.workshop.hours, question.demand, first_on=question.first_on, last_on=question.last_on
    )


@holds_for(question=questions(), short=12, full=60)
def test_occupancies_outside_reach_change_no_answer(question: Question) -> None:
    starts_at, ends_at = reach_of(question)
    within = tuple(
        row for row in question.workshop.busy if row.starts_at < ends_at and row.ends_at > starts_at
    )
    restricted = replace(question, workshop=replace(question.workshop, busy=within))
    assert listed(restricted) == listed(question)
    assert placements(restricted) == placements(question)


@holds_for(question=questions(), short=12, full=60)
def test_full_occupation_outside_reach_changes_no_answer(question: Question) -> None:
    starts_at, ends_at = reach_of(question)
    beyond = tuple(
        Busy(resource_id, begin, begin + 30000, "job")
        for resource_id in (*BAYS, *TECHNICIANS, *CARS)
        for begin in (starts_at - 30000, ends_at)
    )
    crowded = replace(question, workshop=replace(question.workshop, busy=(*question.workshop.busy, *beyond)))
    assert listed(crowded) == listed(question)
    assert placements(crowded) == placements(question)


@holds_for(question=questions(), short=12, full=60)
def test_every_row_of_an_offered_visit_lies_within_reach(question: Question) -> None:
    starts_at, ends_at = reach_of(question)
    taken = [row for each in placements(question) if each for row in rows(each)]
    assert [row for row in taken if row.starts_at < starts_at or row.ends_at > ends_at] == []


@holds_for(question=questions(), short=12, full=60)
def test_reach_covers_the_whole_dates_on_which_the_work_starts_and_ends(question: Question) -> None:
    starts_at, ends_at = reach_of(question)
    zone = question.workshop.hours.timezone
    for each in placements(question):
        assert each is not None
        last_on = local_date(zone, each.work_ends_at - TICK)
        assert starts_at <= day_start(zone, local_date(zone, each.work_starts_at))
        assert day_start(zone, last_on + ONE_DAY) <= ends_at


@holds_for(question=questions(), short=12, full=60)
def test_every_row_of_an_offered_visit_is_clear(question: Question) -> None:
    taken = [row for each in placements(question) if each for row in rows(each)]
    clashes = [
        (row, other)
        for row in taken
        for other in question.workshop.busy
        if other.resource_id == row.resource_id
        and other.starts_at < row.ends_at
        and row.starts_at < other.ends_at
    ]
    assert clashes == []


@holds_for(question=questions(), short=12, full=60)
def test_visits_away_from_the_range_change_no_answer(question: Question) -> None:
    zone = question.workshop.hours.timezone
    around = question.workshop.rules.slot_minutes
    first_at = day_start(zone, question.first_on) - around
    end_at = day_start(zone, question.last_on + ONE_DAY) + around
    near = tuple(each for each in question.workshop.visits if first_at <= each.arrives_at < end_at)
    restricted = replace(question, workshop=replace(question.workshop, visits=near))
    assert listed(restricted) == listed(question)


@holds_for(question=questions(), short=12, full=60)
def test_the_order_in_which_things_are_loaded_changes_no_answer(question: Question) -> None:
    workshop = question.workshop
    mirrored = replace(
        workshop,
        bays=workshop.bays[::-1],
        technicians=workshop.technicians[::-1],
        courtesy_cars=workshop.courtesy_cars[::-1],
        busy=workshop.busy[::-1],
        visits=workshop.visits[::-1],
    )
    assert placements(replace(question, workshop=mirrored)) == placements(question)
