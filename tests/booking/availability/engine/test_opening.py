"""Rules 2 and 3: when a workshop is open, and when its technicians work."""

from __future__ import annotations

from datetime import date

from booking.availability.engine.model import Hours, Week
from booking.availability.engine.opening import opening, working_time
from tests.booking.availability.engine.builders import (
    CLOSED,
    MONDAY,
    SATURDAY,
    TUESDAY,
    WEDNESDAY,
    closure,
    every_day,
    make_hours,
    spans,
    special,
    time_of_day,
    weekdays,
)


def opened(hours: Hours, on: date = MONDAY) -> list[str]:
    return [f"{time_of_day(opens)}-{time_of_day(closes)}" for opens, closes in opening(hours, on)]


def worked(hours: Hours, week: Week | None, on: date = MONDAY) -> list[str]:
    found = working_time(hours, week, on)
    return [f"{time_of_day(starts)}-{time_of_day(ends)}" for starts, ends in found]


def test_the_weekly_hours_stand_when_nothing_else_does() -> None:
    assert opened(make_hours("08:00-12:00", "13:30-18:00")) == ["08:00-12:00", "13:30-18:00"]


def test_a_weekday_without_hours_is_closed() -> None:
    assert opened(make_hours("08:00-12:00"), SATURDAY) == []


def test_a_public_holiday_is_closed() -> None:
    assert opened(make_hours("08:00-12:00", holidays=(MONDAY,))) == []


def test_the_day_after_a_public_holiday_is_open() -> None:
    assert opened(make_hours("08:00-12:00", holidays=(MONDAY,)), TUESDAY) == ["08:00-12:00"]


def test_an_exception_replaces_the_weekly_hours() -> None:
    assert opened(make_hours("08:00-12:00", exceptions=(special(MONDAY, "10:00-11:00"),))) == ["10:00-11:00"]


def test_an_exception_can_close_a_day() -> None:
    assert opened(make_hours("08:00-12:00", exceptions=(closure(MONDAY),))) == []


def test_an_exception_opens_a_day_that_is_closed_each_week() -> None:
    hours = make_hours("08:00-12:00", exceptions=(special(SATURDAY, "09:00-10:00"),))
    assert opened(hours, SATURDAY) == ["09:00-10:00"]


def test_an_exception_opens_a_public_holiday() -> None:
    hours = make_hours(exceptions=(special(MONDAY, "09:00-10:00"),), holidays=(MONDAY,))
    assert opened(hours) == ["09:00-10:00"]


def test_an_exception_lasts_from_its_first_to_its_last_date() -> None:
    hours = make_hours("08:00-12:00", exceptions=(closure(MONDAY, TUESDAY),))
    assert [opened(hours, on) for on in (MONDAY, TUESDAY, WEDNESDAY)] == [[], [], ["08:00-12:00"]]


def test_of_overlapping_exceptions_the_last_in_the_list_stands() -> None:
    listed = (closure(MONDAY, WEDNESDAY), special(TUESDAY, "09:00-10:00"))
    assert opened(make_hours(exceptions=listed), TUESDAY) == ["09:00-10:00"]


def test_of_overlapping_exceptions_the_first_gives_way_even_if_it_is_narrower() -> None:
    listed = (special(TUESDAY, "09:00-10:00"), closure(MONDAY, WEDNESDAY))
    assert opened(make_hours(exceptions=listed), TUESDAY) == []


def test_hours_that_touch_merge() -> None:
    assert opened(make_hours("08:00-12:00", "12:00-18:00")) == ["08:00-18:00"]


def test_hours_that_overlap_merge() -> None:
    assert opened(make_hours("08:00-12:30", "12:00-18:00")) == ["08:00-18:00"]


def test_hours_are_sorted() -> None:
    assert opened(make_hours("13:00-18:00", "08:00-12:00")) == ["08:00-12:00", "13:00-18:00"]


def test_dates_that_touch_at_midnight_stay_apart() -> None:
    hours = make_hours(week=every_day("00:00-24:00"))
    assert opening(hours, MONDAY)[0][1] == opening(hours, TUESDAY)[0][0]


def test_a_technician_without_own_hours_works_when_the_workshop_is_open() -> None:
    assert worked(make_hours("08:00-12:00", "13:00-18:00"), None) == ["08:00-12:00", "13:00-18:00"]


def test_a_technician_works_in_own_hours_only_while_the_workshop_is_open() -> None:
    hours = make_hours("08:00-12:00", "13:00-18:00")
    assert worked(hours, weekdays("07:00-09:00", "11:00-14:00")) == [
        "08:00-09:00",
        "11:00-12:00",
        "13:00-14:00",
    ]


def test_a_weekday_missing_from_own_hours_is_off() -> None:
    own: Week = (CLOSED, *weekdays("08:00-18:00")[1:])
    assert worked(make_hours(), own) == []


def test_own_hours_do_not_open_a_closed_day() -> None:
    assert worked(make_hours(exceptions=(closure(MONDAY),)), every_day("08:00-18:00")) == []


def test_own_hours_hold_on_a_day_with_special_hours() -> None:
    hours = make_hours(exceptions=(special(MONDAY, "10:00-20:00"),))
    assert worked(hours, weekdays("08:00-12:00")) == ["10:00-12:00"]


def test_own_hours_that_touch_merge() -> None:
    assert worked(make_hours(week=(spans("08:00-18:00"),) * 7), weekdays("09:00-10:00", "10:00-11:00")) == [
        "09:00-11:00"
    ]


def test_hours_within_other_hours_change_nothing() -> None:
    assert opened(make_hours("08:00-18:00", "09:00-10:00")) == ["08:00-18:00"]
