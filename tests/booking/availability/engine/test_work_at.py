"""Work that is to start at a named time: exactly then or not at all, by the rules of where it may lie."""

from __future__ import annotations

import pytest

from booking.availability.engine.anyway import Named, PlacedAnyway, find_hard_reason, place_anyway
from booking.availability.engine.model import Demand, Workshop
from booking.availability.engine.opening import local_date
from booking.availability.engine.search import Search, list_slots, place
from tests.booking.availability.engine.builders import (
    LONG_BEFORE,
    at,
    bay,
    busy,
    drop_off,
    make_hours,
    make_workshop,
    technician,
    wait,
    weekdays,
)
from tests.booking.availability.engine.strategies import Question, questions
from tests.support.examples import holds_for

LUNCH = make_hours("08:00-12:00", "13:30-18:00")


def find(workshop: Workshop, demand: Demand, arrival: str, start: str, **named: int) -> PlacedAnyway | None:
    return place_anyway(
        workshop,
        demand,
        arrives_at=at(arrival),
        now=LONG_BEFORE,
        named=Named(works_at=at(start), **named),
    )


def why(workshop: Workshop, demand: Demand, arrival: str, start: str, **named: int) -> str | None:
    named_there = Named(works_at=at(start), **named)
    return find_hard_reason(workshop, demand, arrives_at=at(arrival), named=named_there)


@pytest.mark.parametrize("demand", [wait(60), drop_off(60)])
def test_the_work_starts_then_and_the_arrival_stands(demand: Demand) -> None:
    found = find(make_workshop(), demand, "08:00", "10:05")
    assert found is not None
    placement = found.placement
    assert (placement.arrives_at, placement.work_starts_at) == (at("08:00"), at("10:05"))
    assert placement.bay.starts_at == placement.technician.starts_at == at("10:05")
    assert found.passed == ()


@pytest.mark.parametrize("demand", [wait(60), drop_off(60)])
def test_never_before_the_arrival(demand: Demand) -> None:
    assert find(make_workshop(), demand, "09:00", "08:55") is None
    assert why(make_workshop(), demand, "09:00", "08:55") == "not_in_time"


def test_the_work_pauses_at_noon() -> None:
    found = find(make_workshop(hours=LUNCH), drop_off(60), "08:00", "11:30")
    assert found is not None
    assert found.placement.work_ends_at == at("14:00")


def test_work_in_a_pause_passes_the_hours() -> None:
    found = find(make_workshop(hours=LUNCH), drop_off(60), "08:00", "12:15")
    assert found is not None
    assert (found.placement.work_ends_at, found.passed) == (at("13:15"), ("closed",))


def test_work_outside_the_own_hours_passes_them() -> None:
    mornings = technician(11, week=weekdays("08:00-12:00"))
    found = find(make_workshop(technicians=(mornings,)), drop_off(60), "08:00", "14:00")
    assert found is not None
    assert (found.placement.work_starts_at, found.passed) == (at("14:00"), ("own_hours",))


@pytest.mark.parametrize(("resource_id", "reason"), [(1, "no_bay"), (11, "no_technician")])
def test_another_car_is_passed_by_nobody(resource_id: int, reason: str) -> None:
    workshop = make_workshop(taken=(busy(resource_id, "10:00", "11:00"),))
    assert find(workshop, drop_off(60), "08:00", "09:30") is None
    assert why(workshop, drop_off(60), "08:00", "09:30") == reason
    assert find(workshop, drop_off(60), "08:00", "11:00") is not None


def test_the_named_bay_is_the_only_one() -> None:
    workshop = make_workshop(bays=(bay(1), bay(2)), taken=(busy(1, "10:00", "11:00"),))
    elsewhere = find(workshop, drop_off(60), "08:00", "10:00")
    assert elsewhere is not None
    assert elsewhere.placement.bay.resource_id == 2
    assert find(workshop, drop_off(60), "08:00", "10:00", bay_id=1) is None
    assert why(workshop, drop_off(60), "08:00", "10:00", bay_id=1) == "no_bay"


def test_the_turnaround_needs_the_bay_too() -> None:
    demand = Demand("drop_off", 60, turnaround_minutes=15)
    workshop = make_workshop(taken=(busy(1, "10:10", "11:00"),))
    assert find(workshop, demand, "08:00", "09:00") is None
    found = find(workshop, demand, "08:00", "08:55")
    assert found is not None
    assert found.placement.bay.ends_at == at("10:10")


def test_not_beyond_the_stay() -> None:
    assert find(make_workshop(), drop_off(60), "08:00", "2026-06-02 08:00") is None
    found = find(make_workshop(), drop_off(60, stay_days=1), "08:00", "2026-06-02 08:00")
    assert found is not None
    assert found.placement.work_starts_at == at("2026-06-02 08:00")


@pytest.mark.parametrize("start", ["2027-01-01 08:00", "2025-01-01 08:00"])
@pytest.mark.parametrize("demand", [wait(60), drop_off(60)])
def test_a_start_far_away_is_refused_not_tripped_over(demand: Demand, start: str) -> None:
    assert find(make_workshop(), demand, "08:00", start) is None
    assert why(make_workshop(), demand, "08:00", start) == "not_in_time"


@holds_for(questions(), short=25, full=300)
def test_the_start_that_the_rules_choose_is_found_again(question: Question) -> None:
    """Named after the rules have chosen it, a start is placed just as without a name."""
    workshop, demand, now = question.workshop, question.demand, question.now
    slots = list_slots(workshop, demand, first_on=question.first_on, last_on=question.last_on, now=now)
    for slot in slots[:5]:
        chosen = place(workshop, demand, arrives_at=slot.arrives_at, now=now)
        assert chosen is not None
        on = local_date(workshop.hours.timezone, slot.arrives_at)
        search = Search.over(workshop, demand, first_on=on, last_on=on, now=now)
        offer = search.offer(slot.arrives_at, works_at=chosen.work_starts_at)
        assert offer is not None
        assert search.placement(slot.arrives_at, offer) == chosen


@holds_for(questions(), short=25, full=300)
def test_every_start_before_the_chosen_one_is_refused(question: Question) -> None:
    """Rule 8 takes the first start that there is: whatever lies before it is none."""
    workshop, demand, now = question.workshop, question.demand, question.now
    slots = list_slots(workshop, demand, first_on=question.first_on, last_on=question.last_on, now=now)
    for slot in slots[:3]:
        on = local_date(workshop.hours.timezone, slot.arrives_at)
        search = Search.over(workshop, demand, first_on=on, last_on=on, now=now)
        work = search.plan.work(slot.arrives_at)
        assert work is not None
        earlier = range(slot.arrives_at, work.starts_at, 5)
        assert not any(search.plan.work_at(slot.arrives_at, start) for start in earlier)
