"""Rule 8: the car stays; the work starts as early as it can and pauses outside working time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from booking.availability.engine.model import BookingRules, Row
from tests.booking.availability.engine.builders import (
    MONDAY,
    TUESDAY,
    arrivals,
    at,
    bay,
    busy,
    closure,
    drop_off,
    every_day,
    is_refused,
    make_hours,
    make_workshop,
    placed,
    technician,
    time_of_day,
    weekdays,
)

LUNCH = make_hours("08:00-12:00", "13:30-18:00")
TEN_TO_FOUR = technician(11, week=weekdays("10:00-16:00"))


def test_the_work_starts_on_arrival_when_all_is_clear() -> None:
    assert placed(make_workshop(), drop_off(60), "09:00").work_starts_at == at("09:00")


def test_the_work_starts_as_soon_as_technician_and_bay_are_clear() -> None:
    taken = (busy(1, "08:00", "10:20"), busy(11, "10:00", "10:50"))
    assert placed(make_workshop(taken=taken), drop_off(60), "08:00").work_starts_at == at("10:50")


def test_the_work_starts_on_any_five_minutes_not_on_the_slot_grid() -> None:
    workshop = make_workshop(taken=(busy(1, "08:00", "08:35"),))
    assert placed(workshop, drop_off(60), "08:00").work_starts_at == at("08:35")


def test_the_work_starts_in_the_own_hours_of_the_technician() -> None:
    workshop = make_workshop(technicians=(TEN_TO_FOUR,))
    assert placed(workshop, drop_off(60), "08:00").work_starts_at == at("10:00")


def test_the_work_pauses_while_the_workshop_is_closed() -> None:
    found = placed(make_workshop(hours=LUNCH), drop_off(90), "11:00")
    assert (found.work_starts_at, found.work_ends_at) == (at("11:00"), at("14:00"))


def test_the_work_pauses_outside_the_own_hours_of_the_technician() -> None:
    split = technician(11, week=weekdays("08:00-10:00", "15:00-18:00"))
    assert placed(make_workshop(technicians=(split,)), drop_off(180), "08:00").work_ends_at == at("16:00")


def test_the_work_pauses_over_night() -> None:
    found = placed(make_workshop(), drop_off(120, stay_days=1), "17:00")
    assert found.work_ends_at == at("2026-06-02 09:00")


def test_the_work_does_not_pause_for_leave() -> None:
    workshop = make_workshop(taken=(busy(11, "10:00", "11:00", "leave"),))
    assert placed(workshop, drop_off(180), "08:00").work_starts_at == at("11:00")


def test_the_row_of_the_technician_includes_the_pauses() -> None:
    found = placed(make_workshop(hours=LUNCH), drop_off(90), "11:00")
    assert found.technician == Row(11, at("11:00"), at("14:00"))


def test_the_row_of_the_bay_includes_pauses_and_turnaround() -> None:
    demand = replace(drop_off(90), turnaround_minutes=15)
    assert placed(make_workshop(hours=LUNCH), demand, "11:00").bay == Row(1, at("11:00"), at("14:15"))


def test_the_turnaround_runs_on_while_the_workshop_is_closed() -> None:
    demand = replace(drop_off(60), turnaround_minutes=30)
    assert placed(make_workshop(), demand, "17:00").bay.ends_at == at("18:30")


def test_the_bay_must_be_clear_for_the_turnaround_after_closing() -> None:
    workshop = make_workshop(taken=(busy(1, "18:25", "19:00", "block"),))
    assert is_refused(workshop, replace(drop_off(60), turnaround_minutes=30), "17:00")


def test_work_that_ends_with_a_shift_does_not_run_into_the_pause() -> None:
    found = placed(make_workshop(hours=LUNCH), drop_off(60), "11:00")
    assert found.work_ends_at == at("12:00")


def test_a_job_right_after_a_pause_pushes_the_row_behind_it() -> None:
    workshop = make_workshop(hours=LUNCH, taken=(busy(11, "13:30", "14:00"),))
    assert placed(workshop, drop_off(65), "11:00").work_starts_at == at("14:00")


def test_without_stay_days_the_work_must_end_on_the_day_of_arrival() -> None:
    assert arrivals(make_workshop(), drop_off(120))[-1] == "16:00"


def test_the_work_may_end_with_the_last_open_minute() -> None:
    assert placed(make_workshop(), drop_off(120), "16:00").work_ends_at == at("18:00")


def test_with_one_stay_day_the_work_may_end_on_the_next_open_day() -> None:
    assert not is_refused(make_workshop(), drop_off(660, stay_days=1), "17:00")


def test_with_one_stay_day_the_work_may_not_end_later_than_the_next_open_day() -> None:
    assert is_refused(make_workshop(), drop_off(665, stay_days=1), "17:00")


def test_stay_days_skip_closed_days() -> None:
    found = placed(make_workshop(), drop_off(120, stay_days=1), "2026-06-05 17:00")
    assert found.work_ends_at == at("2026-06-08 09:00")


def test_stay_days_skip_dated_closures() -> None:
    workshop = make_workshop(hours=make_hours(exceptions=(closure(TUESDAY),)))
    assert placed(workshop, drop_off(120, stay_days=1), "17:00").work_ends_at == at("2026-06-03 09:00")


def test_stay_days_that_never_come_offer_nothing() -> None:
    workshop = make_workshop(hours=make_hours(exceptions=(closure(TUESDAY, TUESDAY.replace(year=2028)),)))
    assert arrivals(workshop, drop_off(60, stay_days=1)) == []


def test_stay_days_count_open_days_even_if_the_technician_is_off() -> None:
    monday_only = technician(11, week=(weekdays("08:00-18:00")[0], (), (), (), (), (), ()))
    workshop = make_workshop(technicians=(monday_only,))
    assert is_refused(workshop, drop_off(120, stay_days=1), "17:00")


def test_a_car_may_arrive_at_the_drop_off_time() -> None:
    workshop = make_workshop(rules=BookingRules(slot_minutes=30, drop_off_until=630))
    assert arrivals(workshop, drop_off(60))[-1] == "10:30"


def test_the_drop_off_time_binds_no_one_who_waits() -> None:
    workshop = make_workshop(rules=BookingRules(slot_minutes=30, drop_off_until=630))
    assert arrivals(workshop, replace(drop_off(60), mode="wait"))[-1] == "17:00"


def test_the_car_is_ready_at_the_next_quarter_of_an_hour() -> None:
    assert time_of_day(placed(make_workshop(), drop_off(50), "09:00").ready_at) == "10:00"


def test_work_that_ends_on_a_quarter_is_ready_then() -> None:
    assert time_of_day(placed(make_workshop(), drop_off(45), "09:00").ready_at) == "09:45"


def test_the_car_is_ready_no_later_than_the_opening_interval_ends() -> None:
    workshop = make_workshop(hours=make_hours("08:00-12:10", "13:30-18:00"))
    assert time_of_day(placed(workshop, drop_off(190), "09:00").ready_at) == "12:10"


def test_the_earliest_start_counts_whoever_it_is() -> None:
    workshop = make_workshop(
        technicians=(TEN_TO_FOUR, technician(12, "a", "b", "c")), taken=(busy(12, "08:00", "09:00"),)
    )
    found = placed(workshop, drop_off(60), "08:00")
    assert (found.technician.resource_id, found.work_starts_at) == (12, at("09:00"))


def test_the_same_start_with_another_shift_needs_a_bay_for_its_own_row() -> None:
    # Technician 11 would stop for lunch and keep the bay until 14:30, when it is taken.
    lunch, through = technician(11, week=weekdays("08:00-12:00", "13:30-18:00")), technician(12, "ev")
    workshop = make_workshop(technicians=(lunch, through), taken=(busy(1, "14:00", "15:00"),))
    found = placed(workshop, drop_off(120), "11:00")
    assert (found.technician.resource_id, found.work_ends_at) == (12, at("13:00"))


def test_the_work_can_start_days_after_the_arrival() -> None:
    workshop = make_workshop(taken=(busy(1, "2026-06-01 08:00", "2026-06-03 09:00"),))
    found = placed(workshop, drop_off(60, stay_days=3), "08:00")
    assert found.work_starts_at == at("2026-06-03 09:00")


def test_work_longer_than_all_working_time_is_not_offered() -> None:
    assert arrivals(make_workshop(), drop_off(605)) == []


def test_the_work_runs_through_midnight_where_two_dates_touch() -> None:
    workshop = make_workshop(hours=make_hours(week=every_day("00:00-24:00")))
    found = placed(workshop, drop_off(120, stay_days=1), "23:00")
    assert found.work_ends_at == at("2026-06-02 01:00")


def test_without_stay_days_the_work_ends_by_midnight_where_two_dates_touch() -> None:
    workshop = make_workshop(hours=make_hours(week=every_day("00:00-24:00")))
    assert is_refused(workshop, drop_off(120), "23:00")


def test_a_drop_off_needs_the_skills_and_the_equipment() -> None:
    workshop = make_workshop(
        bays=(bay(1), bay(2, "lift")), technicians=(technician(11), technician(12, "ev"))
    )
    demand = replace(drop_off(60), skills=frozenset({"ev"}), equipment=frozenset({"lift"}))
    found = placed(workshop, demand, "08:00")
    assert (found.bay.resource_id, found.technician.resource_id) == (2, 12)


def test_a_workshop_whose_technicians_are_all_off_offers_nothing() -> None:
    off = technician(11, week=weekdays())
    assert arrivals(make_workshop(technicians=(off,)), drop_off(60), on=MONDAY, last_on=TUESDAY) == []


@pytest.mark.parametrize("resource_id", [1, 11])
def test_the_work_may_end_when_the_next_row_starts(resource_id: int) -> None:
    workshop = make_workshop(taken=(busy(resource_id, "10:00", "11:00"),))
    assert placed(workshop, drop_off(60), "09:00").work_starts_at == at("09:00")


def test_the_turnaround_may_end_when_the_next_row_of_the_bay_starts() -> None:
    workshop = make_workshop(taken=(busy(1, "10:15", "11:00"),))
    demand = replace(drop_off(60), turnaround_minutes=15)
    assert placed(workshop, demand, "09:00").work_starts_at == at("09:00")


def test_the_technician_need_not_be_clear_for_the_turnaround() -> None:
    workshop = make_workshop(taken=(busy(11, "10:00", "11:00"),))
    demand = replace(drop_off(60), turnaround_minutes=15)
    assert placed(workshop, demand, "09:00").work_starts_at == at("09:00")
