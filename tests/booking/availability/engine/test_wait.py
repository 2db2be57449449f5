"""Rule 7: the customer waits while one technician works without a pause in one bay."""

from __future__ import annotations

from dataclasses import replace

from booking.availability.engine.model import BookingRules, Row
from tests.booking.availability.engine.builders import (
    MONDAY,
    TUESDAY,
    arrivals,
    at,
    bay,
    busy,
    closure,
    every_day,
    is_refused,
    make_hours,
    make_workshop,
    placed,
    technician,
    time_of_day,
    wait,
    weekdays,
)

MORNING = make_hours("08:00-12:00")
ROUND_THE_CLOCK = make_hours(week=every_day("00:00-24:00"))


def test_the_work_starts_on_arrival() -> None:
    found = placed(make_workshop(), wait(45), "09:00")
    assert (found.work_starts_at, found.work_ends_at) == (at("09:00"), at("09:45"))


def test_the_car_is_ready_when_the_work_ends_not_rounded() -> None:
    assert time_of_day(placed(make_workshop(), wait(50), "09:00").ready_at) == "09:50"


def test_the_technician_is_taken_for_the_work() -> None:
    found = placed(make_workshop(), replace(wait(60), turnaround_minutes=15), "09:00")
    assert found.technician == Row(11, at("09:00"), at("10:00"))


def test_the_bay_is_taken_for_the_work_and_the_turnaround() -> None:
    found = placed(make_workshop(), replace(wait(60), turnaround_minutes=15), "09:00")
    assert found.bay == Row(1, at("09:00"), at("10:15"))


def test_the_work_must_end_by_closing_time() -> None:
    assert arrivals(make_workshop(hours=MORNING), wait(120)) == ["08:00", "09:00", "10:00"]


def test_the_turnaround_may_run_past_closing_time() -> None:
    assert arrivals(make_workshop(hours=MORNING), replace(wait(120), turnaround_minutes=30))[-1] == "10:00"


def test_the_work_does_not_pause_at_lunch() -> None:
    workshop = make_workshop(hours=make_hours("08:00-12:00", "13:00-18:00"))
    assert is_refused(workshop, wait(120), "11:00")


def test_the_work_must_lie_in_the_own_hours_of_the_technician() -> None:
    part_time = technician(11, week=weekdays("09:00-11:00"))
    assert arrivals(make_workshop(technicians=(part_time,)), wait(60)) == ["09:00", "10:00"]


def test_one_technician_must_do_all_of_the_work() -> None:
    relay = (technician(11, week=weekdays("08:00-10:00")), technician(12, week=weekdays("10:00-12:00")))
    assert arrivals(make_workshop(technicians=relay), wait(120)) == ["08:00", "10:00"]


def test_one_bay_must_hold_the_car_all_the_time() -> None:
    taken = (busy(1, "10:00", "12:00"), busy(2, "08:00", "10:00"))
    workshop = make_workshop(hours=MORNING, bays=(bay(1), bay(2)), taken=taken)
    assert is_refused(workshop, wait(120), "09:00")


def test_the_technician_needs_all_skills() -> None:
    half = (technician(11, "mechanics"), technician(12, "ev"))
    assert (
        arrivals(make_workshop(technicians=half), replace(wait(), skills=frozenset({"mechanics", "ev"})))
        == []
    )


def test_a_technician_with_more_skills_will_do() -> None:
    workshop = make_workshop(technicians=(technician(11, "mechanics", "ev"),))
    assert not is_refused(workshop, replace(wait(), skills=frozenset({"ev"})), "08:00")


def test_the_bay_needs_all_equipment() -> None:
    half = (bay(1, "lift"), bay(2, "alignment"))
    demand = replace(wait(), equipment=frozenset({"lift", "alignment"}))
    assert arrivals(make_workshop(bays=half), demand) == []


def test_a_bay_with_more_equipment_will_do() -> None:
    workshop = make_workshop(bays=(bay(1, "lift", "alignment"),))
    assert not is_refused(workshop, replace(wait(), equipment=frozenset({"lift"})), "08:00")


def test_bay_and_technician_must_be_clear_at_the_same_time() -> None:
    taken = (busy(1, "08:00", "10:00"), busy(11, "10:00", "12:00"))
    assert arrivals(make_workshop(hours=MORNING, taken=taken), wait(60)) == []


def test_the_bay_must_be_clear_for_the_turnaround() -> None:
    workshop = make_workshop(taken=(busy(1, "10:00", "11:00"),))
    assert is_refused(workshop, replace(wait(60), turnaround_minutes=5), "09:00")


def test_the_technician_need_not_be_clear_for_the_turnaround() -> None:
    workshop = make_workshop(taken=(busy(11, "10:00", "11:00"),))
    assert not is_refused(workshop, replace(wait(60), turnaround_minutes=5), "09:00")


def test_a_wait_runs_through_midnight_where_two_dates_touch() -> None:
    workshop = make_workshop(hours=ROUND_THE_CLOCK)
    found = placed(workshop, wait(120), "23:00")
    assert found.ready_at == at("2026-06-02 01:00")


def test_a_wait_does_not_run_into_a_closed_date() -> None:
    hours = make_hours(week=every_day("00:00-24:00"), exceptions=(closure(TUESDAY),))
    assert is_refused(make_workshop(hours=hours), wait(120), "23:00")


def test_a_wait_runs_through_several_midnights() -> None:
    workshop = make_workshop(hours=ROUND_THE_CLOCK, rules=BookingRules(slot_minutes=720))
    demand = replace(wait(60 * 60), turnaround_minutes=60)
    taken = (busy(1, "2026-06-04 00:00", "2026-06-05 00:00"),)
    assert arrivals(replace(workshop, busy=taken), demand, on=MONDAY) == ["00:00"]


def test_a_workshop_without_bays_offers_nothing() -> None:
    assert arrivals(make_workshop(bays=()), wait()) == []


def test_a_workshop_without_technicians_offers_nothing() -> None:
    assert arrivals(make_workshop(technicians=()), wait()) == []


def test_a_second_technician_and_bay_keep_the_slot_offered() -> None:
    workshop = make_workshop(
        bays=(bay(1), bay(2)),
        technicians=(technician(11), technician(12)),
        taken=(busy(1, "09:00", "10:00"), busy(11, "09:00", "10:00")),
    )
    found = placed(workshop, wait(60), "09:00")
    assert (found.bay.resource_id, found.technician.resource_id) == (2, 12)
