"""Placing anyway: soft rules are passed, as few as it takes, and named; hard ones never."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from booking.availability.engine.anyway import (
    ANYBODY,
    SOFT_RULES,
    Named,
    PlacedAnyway,
    find_hard_reason,
    place_anyway,
)
from booking.availability.engine.candidates import list_grid
from booking.availability.engine.model import BookingRules, BusyKind, Demand, Instant, Workshop
from booking.availability.engine.search import list_slots, place
from booking.availability.engine.why import find_reason
from tests.booking.availability.engine.builders import (
    LONG_BEFORE,
    SUNDAY,
    TUESDAY,
    at,
    bay,
    busy,
    car,
    clock,
    drop_off,
    make_workshop,
    technician,
    time_of_day,
    visit,
    wait,
    weekdays,
)
from tests.booking.availability.engine.strategies import Question, questions
from tests.support.examples import holds_for

MORNINGS = weekdays("08:00-12:00")


def anyway(
    workshop: Workshop, demand: Demand, start: str, *, now: Instant = LONG_BEFORE, **named: int
) -> PlacedAnyway:
    found = place_anyway(workshop, demand, arrives_at=at(start), now=now, named=Named(**named))
    assert found is not None, f"{start} is refused"
    return found


def is_hard(workshop: Workshop, demand: Demand, start: str, **named: int) -> bool:
    return place_anyway(workshop, demand, arrives_at=at(start), now=LONG_BEFORE, named=Named(**named)) is None


def test_what_is_offered_passes_nothing() -> None:
    found = anyway(make_workshop(), wait(60), "09:00")
    assert found.passed == ()
    assert found.placement == place(make_workshop(), wait(60), arrives_at=at("09:00"), now=LONG_BEFORE)


@pytest.mark.parametrize(
    ("rules", "start", "rule"),
    [
        (BookingRules(slot_minutes=60), "09:05", "no_slot_time"),
        (BookingRules(slot_minutes=60, horizon_days=3), "09:00", "horizon"),
        (BookingRules(slot_minutes=60, drop_off_until=540), "10:00", "drop_off_time"),
        (BookingRules(slot_minutes=60, arrivals_per_slot=1), "09:00", "reception"),
        (BookingRules(slot_minutes=60, online_share=10), "11:00", "online_share"),
    ],
)
def test_each_rule_of_the_arrival_is_named(rules: BookingRules, start: str, rule: str) -> None:
    workshop = make_workshop(rules=rules, visits=(visit("09:00"),))
    assert anyway(workshop, drop_off(60), start).passed == (rule,)


def test_notice_and_caps_are_named_together_in_rule_13s_order() -> None:
    demand = replace(wait(60), notice_minutes=120, caps=((7, 1),))
    workshop = make_workshop(visits=(visit("08:00", services=(7,)),))
    assert anyway(workshop, demand, "09:00", now=at("08:00")).passed == ("notice", "cap")


EARLIER, LATER, NEXT_DAY = at("08:00"), at("13:00"), at(f"{TUESDAY} 09:00")


@pytest.mark.parametrize(
    ("stands_at", "asked"),
    [
        (None, ("no_slot_time", "drop_off_time", "horizon", "notice", "reception", "cap", "online_share")),
        (at("11:05"), ()),
        (EARLIER, ("no_slot_time", "drop_off_time", "reception")),
        (LATER, ("no_slot_time", "drop_off_time", "notice", "reception")),
        (
            at("2026-05-31 18:00"),
            ("no_slot_time", "drop_off_time", "horizon", "reception", "cap", "online_share"),
        ),
        (NEXT_DAY, ("no_slot_time", "drop_off_time", "notice", "reception", "cap", "online_share")),
    ],
)
def test_a_move_is_asked_what_it_breaks_anew_or_further(
    stands_at: Instant | None, asked: tuple[str, ...]
) -> None:
    """All rules of the arrival bind at 11:05; where the visit stands decides which of them matter."""
    rules = BookingRules(
        slot_minutes=60, horizon_days=0, drop_off_until=600, arrivals_per_slot=1, online_share=10
    )
    workshop = make_workshop(rules=rules, visits=(visit("11:30", services=(7,)),))
    demand = replace(drop_off(60), notice_minutes=2 * 1440, caps=((7, 1),))
    where: dict[str, Any] = {"arrives_at": at("11:05"), "now": at("2026-05-31 10:00"), "stands_at": stands_at}
    found = place_anyway(workshop, demand, **where)
    assert found is not None
    assert found.passed == asked


def test_closed_hours_are_asked_at_every_move() -> None:
    found = place_anyway(
        make_workshop(), wait(60), arrives_at=at("19:00"), now=LONG_BEFORE, stands_at=at("19:00")
    )
    assert found is not None
    assert found.passed == ("closed",)


def test_the_share_is_asked_of_online_work_alone() -> None:
    workshop = make_workshop(rules=BookingRules(slot_minutes=60, online_share=10))
    assert anyway(workshop, wait(120), "09:00").passed == ("online_share",)
    assert anyway(workshop, replace(wait(120), online=False), "09:00").passed == ()


def test_what_has_happened_is_written_down_as_far_back_as_asked() -> None:
    asked: dict[str, Any] = {"arrives_at": at("09:00"), "now": at("10:00")}
    assert place_anyway(make_workshop(), wait(60), **asked) is None
    assert place_anyway(make_workshop(), wait(60), since=at("09:05"), **asked) is None
    found = place_anyway(make_workshop(), wait(60), since=at("00:00"), **asked)
    assert found is not None
    assert found.passed == ("notice",)
    later = place_anyway(make_workshop(), wait(60), since=at("00:00"), stands_at=at("08:00"), **asked)
    assert later is not None
    assert later.passed == ()


def test_the_reason_of_what_no_rule_helps_past_is_the_hard_one() -> None:
    """At a closed hour with another car there, the car is the reason, not the hour."""
    workshop = make_workshop(taken=(busy(1, "19:30", "20:30"),))
    assert is_hard(workshop, wait(60), "19:00")
    assert find_hard_reason(workshop, wait(60), arrives_at=at("19:00")) == "no_bay"
    assert find_hard_reason(workshop, wait(60), arrives_at=at("18:30")) is None


def test_a_closed_hour_is_passed_for_who_waits() -> None:
    found = anyway(make_workshop(), wait(60), "19:00")
    assert (found.passed, time_of_day(found.placement.ready_at)) == (("closed",), "20:00")


def test_work_that_begins_open_and_ends_closed_passes_closed() -> None:
    assert anyway(make_workshop(), wait(90), "17:00").passed == ("closed",)


def test_a_car_left_on_a_closed_day_is_worked_on_when_it_opens() -> None:
    found = anyway(make_workshop(), drop_off(60, stay_days=1), f"{SUNDAY} 10:00")
    assert found.passed == ("closed",)
    assert clock(found.placement.work_starts_at).startswith("2026-06-08 08:00")


def test_without_a_day_to_spare_the_work_itself_is_done_while_closed() -> None:
    found = anyway(make_workshop(), drop_off(60), f"{SUNDAY} 10:00")
    assert found.passed == ("closed",)
    assert clock(found.placement.work_starts_at).startswith(f"{SUNDAY} 10:00")


def test_own_hours_are_passed_within_opening() -> None:
    workshop = make_workshop(technicians=(technician(11, week=MORNINGS),))
    assert anyway(workshop, wait(60), "14:00").passed == ("own_hours",)
    assert anyway(workshop, wait(60), "19:00").passed == ("closed", "own_hours")


@pytest.mark.parametrize("kind", ["leave", "imported"])
def test_leave_and_imported_busy_time_are_passed(kind: BusyKind) -> None:
    workshop = make_workshop(taken=(busy(11, "08:00", "18:00")._replace(kind=kind),))
    assert anyway(workshop, wait(60), "09:00").passed == (kind,)
    assert anyway(workshop, drop_off(60), "09:00").passed == (kind,)


def test_skill_and_equipment_are_passed() -> None:
    demand = replace(wait(60), skills=frozenset({"ev"}), equipment=frozenset({"lift"}))
    assert anyway(make_workshop(), demand, "09:00").passed == ("skill", "equipment")


def test_as_few_rules_as_it_takes_and_never_one_for_nothing() -> None:
    """The able technician is on leave: one rule is passed, whoever of the two is taken."""
    workshop = make_workshop(
        technicians=(technician(11, "ev"), technician(12)), taken=(busy(11, "08:00", "18:00", "leave"),)
    )
    demand = replace(wait(60), skills=frozenset({"ev"}))
    assert anyway(workshop, demand, "09:00").passed == ("leave",)
    assert anyway(workshop, demand, "09:00", technician_id=12).passed == ("skill",)


@pytest.mark.parametrize("kind", ["job", "hold", "block"])
@pytest.mark.parametrize("resource_id", [1, 11])
def test_another_car_a_hold_and_a_block_are_never_passed(kind: BusyKind, resource_id: int) -> None:
    workshop = make_workshop(taken=(busy(resource_id, "09:30", "10:30")._replace(kind=kind),))
    assert is_hard(workshop, wait(60), "09:00")
    assert is_hard(workshop, wait(60), "10:15")
    assert anyway(workshop, wait(60), "10:30").passed == ("no_slot_time",)


def test_the_turnaround_is_hard_as_well() -> None:
    workshop = make_workshop(taken=(busy(1, "10:00", "11:00"),))
    assert is_hard(workshop, replace(wait(60), turnaround_minutes=15), "09:00")


def test_a_car_left_waits_for_the_bay_within_the_rules() -> None:
    found = anyway(make_workshop(taken=(busy(1, "09:00", "12:00"),)), drop_off(60), "09:00")
    assert (found.passed, time_of_day(found.placement.work_starts_at)) == ((), "12:00")


def test_the_named_bay_takes_it_or_nobody() -> None:
    workshop = make_workshop(bays=(bay(1), bay(2)), taken=(busy(1, "09:00", "10:00"),))
    assert anyway(workshop, wait(60), "09:00", bay_id=2).placement.bay.resource_id == 2
    assert is_hard(workshop, wait(60), "09:00", bay_id=1)
    assert is_hard(workshop, wait(60), "09:00", technician_id=99)


def test_a_courtesy_car_is_lent_once() -> None:
    demand = replace(drop_off(60), courtesy_car=True)
    workshop = make_workshop(cars=(car(21), car(22)), taken=(busy(21, "07:00", "18:00"),))
    lent = anyway(workshop, demand, "09:00").placement.courtesy_car
    assert lent is not None
    assert lent.resource_id == 22
    assert is_hard(workshop, demand, "09:00", courtesy_car_id=21)


@pytest.mark.parametrize("start", [at("09:00") + 1, at("2026-05-25 07:55")])
def test_off_a_tick_and_in_the_past_nothing_arrives(start: int) -> None:
    assert place_anyway(make_workshop(), wait(60), arrives_at=start, now=LONG_BEFORE) is None


@holds_for(questions(), short=15, full=60)
def test_every_slot_is_placed_as_it_is_offered(question: Question) -> None:
    """What the rules offer needs nothing passed, and stays where rule 12 puts it."""
    slots = list_slots(
        question.workshop,
        question.demand,
        first_on=question.first_on,
        last_on=question.last_on,
        now=question.now,
    )
    for slot in slots[:5]:
        where = {"arrives_at": slot.arrives_at, "now": question.now}
        offered = place(question.workshop, question.demand, **where)
        assert offered is not None
        found = place_anyway(question.workshop, question.demand, named=ANYBODY, **where)
        assert found == PlacedAnyway(offered)


@holds_for(questions(), st.integers(0, 1200), short=40, full=400)
def test_something_is_asked_just_where_the_rules_refuse(question: Question, ticks: int) -> None:
    """Each rule of the arrival is asked exactly where, alone in force, it is why the public is refused."""
    on_grid = list_grid(question.workshop, first_on=question.first_on, last_on=question.last_on)
    with_others = [each.arrives_at for each in question.workshop.visits]
    anytime = [question.now + 5 * ticks + -question.now % 5]
    times = [each for each in [on_grid, with_others, anytime][ticks % 3] if each >= question.now] or anytime
    arrives_at = times[ticks % len(times)]
    where: dict[str, Any] = {"arrives_at": arrives_at, "now": question.now}
    found = place_anyway(question.workshop, question.demand, **where)
    reason = find_reason(question.workshop, question.demand, **where)
    if found is None:
        assert reason is not None
        assert find_hard_reason(question.workshop, question.demand, arrives_at=arrives_at) is not None
        return
    assert (found.passed == ()) == (reason is None)
    assert reason not in OF_ARRIVAL or reason in found.passed
    for rule in set(OF_ARRIVAL) - {"closed"}:
        alone = find_reason(*_alone(question, rule), **where)
        if alone not in {"closed", "no_slot_time"} - {rule}:  # they bind first, and are asked as well
            assert (alone == rule) == (rule in found.passed), rule


OF_ARRIVAL = SOFT_RULES[: SOFT_RULES.index("own_hours")]


def _alone(question: Question, rule: str) -> tuple[Workshop, Demand]:
    """The question with nothing in force of the rules of the arrival but the hours and this one."""
    rules, demand = question.workshop.rules, question.demand
    share = {"online_share": rules.online_share, "release_hours": rules.release_hours}
    free = BookingRules(slot_minutes=5, horizon_days=9999)
    kept = {
        "no_slot_time": replace(free, slot_minutes=rules.slot_minutes),
        "drop_off_time": replace(free, drop_off_until=rules.drop_off_until),
        "horizon": replace(free, horizon_days=rules.horizon_days),
        "reception": replace(
            free, slot_minutes=rules.slot_minutes, arrivals_per_slot=rules.arrivals_per_slot
        ),
        "online_share": replace(free, **share),
    }
    visit = replace(
        demand,
        notice_minutes=demand.notice_minutes if rule == "notice" else 0,
        caps=demand.caps if rule == "cap" else (),
        online=demand.online and rule == "online_share",
    )
    return replace(question.workshop, rules=kept.get(rule, free)), visit


@holds_for(questions(), short=15, full=60)
def test_whatever_is_passed_nobody_serves_two_cars_at_once(question: Question) -> None:
    arrives_at = question.now + 60 - question.now % 5
    found = place_anyway(question.workshop, question.demand, arrives_at=arrives_at, now=question.now)
    if found is None:
        return
    rows = [found.placement.bay, found.placement.technician, found.placement.courtesy_car]
    taken = [row for row in question.workshop.busy if row.kind in {"job", "hold", "block"}]
    for mine in filter(None, rows):
        theirs = [row for row in taken if row.resource_id == mine.resource_id]
        assert all(row.ends_at <= mine.starts_at or mine.ends_at <= row.starts_at for row in theirs)
