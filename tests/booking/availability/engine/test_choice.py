"""Rule 12: of all that fit, the same technician and bay are chosen each time, a best fit."""

from __future__ import annotations

from dataclasses import replace

from booking.availability.engine.model import Workshop
from tests.booking.availability.engine.builders import (
    at,
    bay,
    busy,
    drop_off,
    every_day,
    make_hours,
    make_workshop,
    placed,
    technician,
    wait,
    weekdays,
)

TWO_BAYS = (bay(1), bay(2))
TWO_PEOPLE = (technician(11), technician(12))


def technician_at(workshop: Workshop, start: str = "10:00") -> int:
    return placed(workshop, wait(60), start).technician.resource_id


def bay_at(workshop: Workshop, start: str = "10:00") -> int:
    return placed(workshop, wait(60), start).bay.resource_id


def test_the_technician_with_the_fewest_skills_is_chosen() -> None:
    people = (technician(11, "ev", "brakes"), technician(12, "ev"), technician(13, "ev", "tyres", "glass"))
    assert technician_at(make_workshop(technicians=people)) == 12


def test_skills_count_before_booked_minutes() -> None:
    people = (technician(11, "ev"), technician(12))
    assert technician_at(make_workshop(technicians=people, taken=(busy(12, "14:00", "16:00"),))) == 12


def test_the_technician_with_the_fewest_booked_minutes_is_chosen() -> None:
    taken = (busy(11, "14:00", "15:00"), busy(12, "14:00", "14:30"))
    assert technician_at(make_workshop(technicians=TWO_PEOPLE, taken=taken)) == 12


def test_holds_count_as_booked_minutes() -> None:
    taken = (busy(11, "14:00", "15:00", "hold"),)
    assert technician_at(make_workshop(technicians=TWO_PEOPLE, taken=taken)) == 12


def test_leave_blocks_and_imported_times_are_no_booked_minutes() -> None:
    taken = (
        busy(11, "14:00", "15:00", "leave"),
        busy(11, "15:00", "16:00", "block"),
        busy(11, "16:00", "17:00", "imported"),
        busy(12, "14:00", "14:05"),
    )
    assert technician_at(make_workshop(technicians=TWO_PEOPLE, taken=taken)) == 11


def test_only_working_minutes_of_a_row_are_booked() -> None:
    hours = make_hours("08:00-12:00", "13:30-18:00")
    taken = (busy(11, "11:55", "13:35"), busy(12, "14:00", "14:15"))
    assert technician_at(make_workshop(hours=hours, technicians=TWO_PEOPLE, taken=taken)) == 11


def test_own_hours_make_the_working_minutes_of_a_row() -> None:
    people = (technician(11, week=weekdays("08:00-12:00")), technician(12))
    taken = (busy(11, "11:30", "18:00"), busy(12, "14:00", "14:35"))
    assert technician_at(make_workshop(technicians=people, taken=taken)) == 11


def test_booked_minutes_of_other_dates_do_not_count() -> None:
    taken = (busy(11, "2026-06-02 08:00", "2026-06-02 18:00"), busy(12, "14:00", "14:05"))
    assert technician_at(make_workshop(technicians=TWO_PEOPLE, taken=taken)) == 11


def test_booked_minutes_count_on_the_date_on_which_the_work_starts() -> None:
    everyone_off = (busy(11, "08:00", "18:00", "leave"), busy(12, "08:00", "18:00", "leave"))
    taken = (*everyone_off, busy(11, "2026-06-02 14:00", "2026-06-02 15:00"))
    workshop = make_workshop(technicians=TWO_PEOPLE, taken=taken)
    assert placed(workshop, drop_off(60, stay_days=1), "08:00").technician.resource_id == 12


def test_position_decides_between_technicians_who_are_equal() -> None:
    people = (technician(11, position=2), technician(12, position=1))
    assert technician_at(make_workshop(technicians=people)) == 12


def test_the_bay_with_the_least_equipment_is_chosen() -> None:
    assert bay_at(make_workshop(bays=(bay(1, "lift", "long-lift"), bay(2, "lift")))) == 2


def test_equipment_counts_before_the_free_run() -> None:
    taken = (busy(1, "09:00", "10:00"), busy(1, "11:00", "12:00"))
    assert bay_at(make_workshop(bays=(bay(1, "lift"), bay(2)), taken=taken)) == 2


def test_the_bay_with_the_shortest_free_run_is_chosen() -> None:
    assert bay_at(make_workshop(bays=TWO_BAYS, taken=(busy(2, "09:00", "09:30"),))) == 2


def test_the_free_run_counts_after_the_work_too() -> None:
    taken = (busy(1, "08:00", "09:00"), busy(2, "12:00", "13:00"))
    # Bay 1: one hour before and seven after; bay 2: two before and one after.
    assert bay_at(make_workshop(bays=TWO_BAYS, taken=taken)) == 2


def test_the_free_run_ends_at_the_nearest_occupancy() -> None:
    taken = (busy(1, "08:00", "08:30"), busy(2, "08:00", "08:05"), busy(2, "09:00", "09:05"))
    assert bay_at(make_workshop(bays=TWO_BAYS, taken=taken)) == 2


def test_the_free_run_skips_closed_minutes() -> None:
    hours = make_hours("08:00-12:00", "14:00-18:00")
    taken = (busy(1, "14:30", "15:00"), busy(2, "11:45", "12:00"))
    # After the work until 11:00, bay 1 is free for 90 open minutes and bay 2 for 45.
    assert bay_at(make_workshop(hours=hours, bays=TWO_BAYS, taken=taken)) == 2


def test_an_occupancy_in_closed_minutes_does_not_end_the_free_run() -> None:
    hours = make_hours("08:00-12:00", "14:00-18:00")
    taken = (busy(1, "14:30", "15:00"), busy(2, "12:30", "13:00", "block"))
    assert bay_at(make_workshop(hours=hours, bays=TWO_BAYS, taken=taken)) == 1


def test_the_free_run_stays_within_the_date() -> None:
    hours = make_hours(week=every_day("00:00-24:00"))
    taken = (busy(1, "2026-06-02 02:00", "2026-06-02 03:00"), busy(2, "05:00", "05:05"))
    assert bay_at(make_workshop(hours=hours, bays=TWO_BAYS, taken=taken)) == 2


def test_an_occupancy_of_the_day_before_does_not_shorten_the_free_run() -> None:
    hours = make_hours(week=every_day("00:00-24:00"))
    taken = (busy(2, "2026-05-31 23:00", "2026-06-01 00:00"),)
    assert bay_at(make_workshop(hours=hours, bays=TWO_BAYS, taken=taken)) == 1


def test_the_free_run_goes_on_to_the_end_of_the_date_of_the_last_minute() -> None:
    taken = (busy(2, "2026-06-02 12:00", "2026-06-02 13:00"),)
    workshop = make_workshop(bays=TWO_BAYS, taken=taken)
    assert placed(workshop, drop_off(120, stay_days=1), "17:00").bay.resource_id == 2


def test_the_turnaround_belongs_to_the_free_run() -> None:
    taken = (busy(1, "11:30", "12:00"), busy(2, "11:35", "12:00"))
    demand = replace(wait(60), turnaround_minutes=30)
    assert placed(make_workshop(bays=TWO_BAYS, taken=taken), demand, "10:00").bay.resource_id == 1


def test_position_decides_between_bays_that_are_equal() -> None:
    assert bay_at(make_workshop(bays=(bay(1, position=2), bay(2, position=1)))) == 2


def test_the_earliest_start_counts_before_the_fewest_skills() -> None:
    people = (technician(11), technician(12, "ev", "glass"))
    workshop = make_workshop(technicians=people, taken=(busy(11, "10:00", "10:05"),))
    assert placed(workshop, drop_off(60), "10:00").technician.resource_id == 12


def test_the_earliest_end_counts_before_the_fewest_skills() -> None:
    with_lunch = technician(11, week=weekdays("08:00-12:00", "13:00-18:00"))
    workshop = make_workshop(technicians=(with_lunch, technician(12, "ev")))
    found = placed(workshop, drop_off(120), "11:00")
    assert (found.technician.resource_id, found.work_ends_at) == (12, at("13:00"))


def test_technicians_of_different_weeks_compete_when_their_rows_are_the_same() -> None:
    mornings = technician(12, week=weekdays("08:00-13:00"))
    workshop = make_workshop(technicians=(technician(11, "ev"), mornings))
    assert placed(workshop, drop_off(60), "10:00").technician.resource_id == 12


def test_the_bay_is_chosen_whatever_the_technician() -> None:
    taken = (busy(1, "10:00", "11:00"), busy(11, "10:00", "11:00"))
    workshop = make_workshop(bays=TWO_BAYS, technicians=TWO_PEOPLE, taken=taken)
    found = placed(workshop, wait(60), "10:00")
    assert (found.bay.resource_id, found.technician.resource_id) == (2, 12)


MONDAY_OFF = (busy(11, "08:00", "18:00", "leave"), busy(12, "08:00", "18:00", "leave"))


def test_jobs_on_the_date_of_arrival_do_not_count_when_the_work_starts_later() -> None:
    taken = (
        *MONDAY_OFF,
        busy(11, "14:00", "15:00"),
        busy(12, "2026-06-02 14:00", "2026-06-02 14:30"),
    )
    workshop = make_workshop(technicians=TWO_PEOPLE, taken=taken)
    assert placed(workshop, drop_off(60, stay_days=1), "08:00").technician.resource_id == 11


def test_the_free_run_does_not_go_back_to_an_occupancy_of_the_date_before() -> None:
    taken = (
        *MONDAY_OFF,
        busy(1, "08:00", "09:00"),
        busy(1, "2026-06-02 12:00", "2026-06-02 13:00"),
        busy(2, "2026-06-02 13:00", "2026-06-02 14:00"),
    )
    workshop = make_workshop(bays=TWO_BAYS, technicians=TWO_PEOPLE, taken=taken)
    assert placed(workshop, drop_off(60, stay_days=1), "08:00").bay.resource_id == 1


def test_the_free_run_does_not_go_back_before_the_date_of_the_first_minute() -> None:
    taken = (
        *MONDAY_OFF,
        busy(11, "2026-06-02 08:00", "2026-06-02 09:00"),
        busy(12, "2026-06-02 08:00", "2026-06-02 09:00"),
        busy(1, "2026-06-02 12:00", "2026-06-02 13:00"),
        busy(2, "2026-06-02 08:00", "2026-06-02 08:05"),
        busy(2, "2026-06-02 13:00", "2026-06-02 14:00"),
    )
    workshop = make_workshop(bays=TWO_BAYS, technicians=TWO_PEOPLE, taken=taken)
    assert placed(workshop, drop_off(60, stay_days=1), "08:00").bay.resource_id == 1


def test_the_free_run_does_not_go_on_past_the_date_of_the_last_minute() -> None:
    taken = (busy(1, "08:00", "09:30"), busy(2, "08:00", "09:00"), busy(2, "17:55", "18:00"))
    workshop = make_workshop(bays=TWO_BAYS, taken=taken)
    assert placed(workshop, drop_off(60, stay_days=1), "10:00").bay.resource_id == 1


def test_the_free_run_does_not_go_on_to_an_occupancy_of_the_next_date() -> None:
    taken = (
        busy(1, "08:00", "09:30"),
        busy(1, "2026-06-02 12:00", "2026-06-02 13:00"),
        busy(2, "08:00", "09:00"),
        busy(2, "17:55", "18:00"),
    )
    workshop = make_workshop(bays=TWO_BAYS, taken=taken)
    assert placed(workshop, drop_off(60, stay_days=1), "10:00").bay.resource_id == 1


def test_the_free_run_does_not_enter_the_next_date_when_the_work_ends_at_midnight() -> None:
    hours = make_hours(week=every_day("00:00-24:00"))
    taken = (
        busy(1, "22:00", "22:30"),
        busy(2, "21:30", "22:00"),
        busy(2, "2026-06-02 00:00", "2026-06-02 01:00"),
    )
    workshop = make_workshop(hours=hours, bays=TWO_BAYS, taken=taken)
    assert bay_at(workshop, "23:00") == 1


def test_five_minutes_less_make_a_shorter_free_run() -> None:
    assert bay_at(make_workshop(bays=TWO_BAYS, taken=(busy(2, "08:00", "08:05"),))) == 2
