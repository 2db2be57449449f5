"""How far an answer can depend on what is taken: examples; the properties are in test_agreement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from booking.availability.engine.model import Demand, Hours
from booking.availability.engine.reach import reach
from tests.booking.availability.engine.builders import (
    FRIDAY,
    MONDAY,
    SATURDAY,
    SUNDAY,
    THURSDAY,
    TUESDAY,
    clock,
    drop_off,
    every_day,
    make_hours,
    wait,
)


def reached(
    demand: Demand, *, hours: Hours | None = None, first_on: date = MONDAY, last_on: date | None = None
) -> list[str]:
    found = reach(hours or make_hours(), demand, first_on=first_on, last_on=last_on or first_on)
    return [clock(each)[:16] for each in found]


def test_a_wait_reaches_over_the_whole_dates_of_arrival() -> None:
    assert reached(wait(60), last_on=TUESDAY) == ["2026-06-01 00:00", "2026-06-03 00:00"]


def test_a_wait_reaches_through_midnight_where_dates_touch() -> None:
    hours = make_hours(week=every_day("00:00-24:00"))
    assert reached(wait(60), hours=hours)[1] == "2026-06-03 00:00"


def test_a_turnaround_past_midnight_is_reached() -> None:
    hours = make_hours("08:00-23:30")
    demand = replace(wait(60), turnaround_minutes=60)
    assert reached(demand, hours=hours)[1] == "2026-06-02 00:30"


def test_a_drop_off_without_stay_days_reaches_to_the_end_of_its_date() -> None:
    assert reached(drop_off(60)) == ["2026-06-01 00:00", "2026-06-02 00:00"]


def test_a_drop_off_reaches_to_the_end_of_its_last_stay_day() -> None:
    assert reached(drop_off(60, stay_days=1), first_on=FRIDAY) == ["2026-06-05 00:00", "2026-06-09 00:00"]


def test_a_closed_last_date_does_not_cut_the_reach_of_the_dates_before_it() -> None:
    assert reached(drop_off(60), first_on=THURSDAY, last_on=SUNDAY)[1] == "2026-06-06 00:00"


def test_a_closed_last_date_does_not_cut_the_reach_of_a_wait() -> None:
    assert reached(wait(60), first_on=THURSDAY, last_on=SUNDAY)[1] == "2026-06-06 00:00"


@pytest.mark.parametrize("demand", [wait(60), drop_off(60)])
def test_dates_without_opening_still_have_a_reach(demand: Demand) -> None:
    starts_at, ends_at = reach(make_hours(), demand, first_on=SATURDAY, last_on=SUNDAY)
    assert starts_at < ends_at
