"""Whole days over clock changes: what is offered, and how long a visit lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from booking.availability.engine.model import BookingRules, Demand, Visit, Workshop
from booking.availability.engine.search import list_slots, place
from tests.booking.availability.engine.builders import (
    at,
    busy,
    car,
    clock,
    closure,
    drop_off,
    every_day,
    make_hours,
    make_workshop,
    technician,
    wait,
    weekdays,
)

pytestmark = pytest.mark.time

AUTUMN = date(2026, 10, 25)  # Paris: 03:00 becomes 02:00
SPRING = date(2026, 3, 29)  # Paris: 02:00 becomes 03:00
HOURLY = BookingRules(slot_minutes=60)


def open_at(*written: str, timezone: str = "Europe/Paris", slot_minutes: int = 60) -> Workshop:
    hours = make_hours(week=every_day(*written), timezone=timezone)
    return make_workshop(hours=hours, rules=BookingRules(slot_minutes=slot_minutes))


def offered(workshop: Workshop, on: date, demand: Demand | None = None) -> list[str]:
    zone = workshop.hours.timezone
    now = at(f"{on - timedelta(days=2)} 12:00", zone)
    slots = list_slots(workshop, demand or wait(5), first_on=on, last_on=on, now=now)
    return [clock(slot.arrives_at, zone)[11:] for slot in slots]


def test_a_repeated_hour_is_offered_twice() -> None:
    assert offered(open_at("01:00-04:00"), AUTUMN) == [
        "01:00+02:00",
        "02:00+02:00",
        "02:00+01:00",
        "03:00+01:00",
    ]


def test_a_skipped_hour_is_not_offered() -> None:
    assert offered(open_at("01:00-04:00"), SPRING) == ["01:00+01:00", "03:00+02:00"]


def test_the_grid_of_the_day_keeps_its_wall_times_when_opening_follows_the_change() -> None:
    assert offered(open_at("08:00-10:00"), SPRING) == ["08:00+02:00", "09:00+02:00"]


def test_the_grid_counts_elapsed_time_through_half_an_hour_on_lord_howe() -> None:
    workshop = open_at("01:00-04:00", timezone="Australia/Lord_Howe")
    assert offered(workshop, date(2026, 10, 4)) == ["01:00+10:30", "02:30+11:00", "03:30+11:00"]


def test_half_an_hour_comes_twice_on_lord_howe() -> None:
    workshop = open_at("01:00-02:30", timezone="Australia/Lord_Howe", slot_minutes=30)
    assert offered(workshop, date(2026, 4, 5)) == ["01:00+11:00", "01:30+11:00", "01:30+10:30", "02:00+10:30"]


def test_auckland_opens_at_its_own_eight_o_clock_on_both_sides_of_the_change() -> None:
    workshop = open_at("08:00-09:00", timezone="Pacific/Auckland")
    found = [offered(workshop, date(2026, 9, day)) for day in (26, 27)]
    assert found == [["08:00+12:00"], ["08:00+13:00"]]


def test_st_johns_keeps_its_half_hour_on_both_sides_of_the_change() -> None:
    workshop = open_at("08:00-09:00", timezone="America/St_Johns")
    found = [offered(workshop, date(2026, 3, day)) for day in (7, 8)]
    assert found == [["08:00-03:30"], ["08:00-02:30"]]


def test_a_wait_over_the_repeated_hour_lasts_its_real_minutes() -> None:
    found = place(
        open_at("01:00-04:00"), wait(120), arrives_at=at("2026-10-25 01:00"), now=at("2026-10-20 08:00")
    )
    assert found is not None
    assert clock(found.ready_at)[11:] == "02:00+01:00"


def test_a_wait_over_the_gap_lasts_its_real_minutes() -> None:
    found = place(
        open_at("01:00-05:00"), wait(120), arrives_at=at("2026-03-29 01:00"), now=at("2026-03-20 08:00")
    )
    assert found is not None
    assert clock(found.ready_at)[11:] == "04:00+02:00"


def test_the_day_of_a_repeated_hour_has_an_hour_more_to_work() -> None:
    workshop = open_at("00:00-24:00")
    assert offered(workshop, AUTUMN, drop_off(25 * 60)) == ["00:00+02:00"]


def test_the_share_of_a_long_day_counts_its_extra_hour() -> None:
    workshop = replace(open_at("00:00-24:00"), rules=replace(HOURLY, online_share=50))
    assert [bool(offered(workshop, AUTUMN, wait(minutes))) for minutes in (750, 755)] == [True, False]


def test_own_hours_are_wall_times_too() -> None:
    part_time = technician(11, week=every_day("02:00-03:00"))
    workshop = replace(open_at("00:00-06:00"), technicians=(part_time,))
    assert offered(workshop, AUTUMN) == ["02:00+02:00", "02:00+01:00"]


def test_the_second_occurrence_of_a_time_can_be_placed_while_the_first_is_taken() -> None:
    workshop = replace(open_at("01:00-04:00"), busy=(busy(1, "2026-10-25 02:00", "2026-10-25 02:05"),))
    assert offered(workshop, AUTUMN) == ["01:00+02:00", "02:00+01:00", "03:00+01:00"]


def test_a_drop_off_time_is_what_the_wall_shows() -> None:
    rules = replace(HOURLY, drop_off_until=120)
    workshop = replace(open_at("01:00-04:00", slot_minutes=30), rules=rules)
    assert offered(workshop, AUTUMN, drop_off(5)) == ["01:00+02:00", "02:00+02:00", "02:00+01:00"]


def test_a_wait_runs_through_a_midnight_that_is_skipped() -> None:
    cairo = open_at("00:00-24:00", timezone="Africa/Cairo")
    arrives_at = at("2026-04-23 23:00", "Africa/Cairo")
    found = place(cairo, wait(120), arrives_at=arrives_at, now=arrives_at)
    assert found is not None
    assert clock(found.ready_at, "Africa/Cairo") == "2026-04-24 02:00+03:00"


def test_hours_that_end_in_a_gap_at_midnight_run_into_the_next_date() -> None:
    # Nuuk: 23:00 becomes 00:00, so 23:30 is 00:30 of the next date.
    workshop = open_at("22:30-23:30", timezone="America/Nuuk", slot_minutes=30)
    workshop = replace(workshop, hours=replace(workshop.hours, exceptions=(closure(SPRING),)))
    assert offered(workshop, SPRING) == ["00:00-01:00"]


def test_a_stay_over_the_change_keeps_the_car_until_the_closing_on_the_wall() -> None:
    hours = make_hours(week=every_day("08:00-18:00"))
    workshop = make_workshop(hours=hours, cars=(car(21),))
    demand = replace(drop_off(120, stay_days=1), courtesy_car=True)
    found = place(workshop, demand, arrives_at=at("2026-10-24 17:00"), now=at("2026-10-20 08:00"))
    assert found is not None
    assert found.courtesy_car is not None
    assert clock(found.courtesy_car.ends_at) == "2026-10-25 18:00+01:00"


def test_the_date_that_samoa_skipped_offers_nothing() -> None:
    samoa = open_at("08:00-10:00", timezone="Pacific/Apia")
    found = list_slots(
        samoa,
        wait(5),
        first_on=date(2011, 12, 29),
        last_on=date(2011, 12, 31),
        now=at("2011-12-28 08:00", "Pacific/Apia"),
    )
    assert [clock(slot.arrives_at, "Pacific/Apia") for slot in found] == [
        "2011-12-29 08:00-10:00",
        "2011-12-29 09:00-10:00",
        "2011-12-31 08:00+14:00",
        "2011-12-31 09:00+14:00",
    ]


def test_a_wait_runs_from_the_29th_into_the_31st_where_samoa_skipped_the_30th() -> None:
    samoa = open_at("00:00-04:00", "20:00-24:00", timezone="Pacific/Apia")
    arrives_at = at("2011-12-29 23:00", "Pacific/Apia")
    found = place(samoa, wait(120), arrives_at=arrives_at, now=arrives_at)
    assert found is not None
    assert clock(found.ready_at, "Pacific/Apia") == "2011-12-31 01:00+14:00"


def test_the_day_after_the_29th_is_the_31st_for_a_car_that_stays_in_samoa() -> None:
    hours = make_hours(week=weekdays("08:00-10:00", weekend=((480, 600),)), timezone="Pacific/Apia")
    samoa = make_workshop(hours=hours)
    arrives_at = at("2011-12-29 09:00", "Pacific/Apia")
    found = place(samoa, drop_off(120, stay_days=1), arrives_at=arrives_at, now=arrives_at)
    assert found is not None
    assert clock(found.ready_at, "Pacific/Apia") == "2011-12-31 09:00+14:00"


def test_the_car_is_ready_when_hours_end_that_ran_into_the_next_date() -> None:
    hours = make_hours(week=every_day("22:30-23:25"), timezone="America/Nuuk")
    workshop = make_workshop(hours=replace(hours, exceptions=(closure(SPRING),)))
    arrives_at = at("2026-03-28 22:30", "America/Nuuk")
    found = place(workshop, drop_off(50), arrives_at=arrives_at, now=arrives_at)
    assert found is not None
    assert clock(found.ready_at, "America/Nuuk") == "2026-03-29 00:25-01:00"


@pytest.mark.parametrize(("on", "is_offered"), [(date(2010, 11, 6), False), (date(2010, 11, 7), True)])
def test_a_visit_counts_for_the_date_on_the_wall_when_a_clock_goes_back_over_midnight(
    on: date, *, is_offered: bool
) -> None:
    # St John's until 2011: at 00:01 on the 7th it became 23:01 on the 6th again.
    zone = "America/St_Johns"
    late = Visit(at("2010-11-06 23:30", zone, second=True), 5, True, frozenset({7}))
    workshop = replace(open_at("08:00-10:00", timezone=zone), visits=(late,))
    assert bool(offered(workshop, on, replace(wait(5), caps=((7, 1),)))) is is_offered
