"""Rule 1: local wall times become instants, also where clocks change."""

from __future__ import annotations

from datetime import date

import pytest

from booking.availability.engine.model import Spans
from booking.availability.engine.opening import day_start, local_date, local_to_instant, opening
from tests.booking.availability.engine.builders import PARIS, clock, every_day, make_hours, minute

pytestmark = pytest.mark.time

SPRING = date(2026, 3, 29)  # Paris: 02:00 becomes 03:00
AUTUMN = date(2026, 10, 25)  # Paris: 03:00 becomes 02:00
HAVANA_AUTUMN = date(2026, 11, 1)  # 01:00 becomes 00:00
CAIRO_SPRING = date(2026, 4, 24)  # 00:00 becomes 01:00


def converted(text: str, on: date, timezone: str = PARIS, *, closes: bool = False) -> str:
    return clock(local_to_instant(timezone, on, minute(text), closes=closes), timezone)


def opened(*written: str, on: date, timezone: str = PARIS) -> list[tuple[str, str]]:
    hours = make_hours(week=every_day(*written), timezone=timezone)
    return [(clock(opens, timezone), clock(closes, timezone)) for opens, closes in opening(hours, on)]


def test_an_ordinary_time_is_what_the_wall_shows() -> None:
    assert converted("08:30", date(2026, 6, 1)) == "2026-06-01 08:30+02:00"


def test_a_time_in_the_gap_moves_forward_by_the_gap() -> None:
    assert converted("02:30", SPRING) == "2026-03-29 03:30+02:00"


def test_a_closing_time_in_the_gap_moves_forward_too() -> None:
    assert converted("02:30", SPRING, closes=True) == "2026-03-29 03:30+02:00"


def test_an_ambiguous_opening_is_its_first_occurrence() -> None:
    assert converted("02:30", AUTUMN) == "2026-10-25 02:30+02:00"


def test_an_ambiguous_closing_is_its_second_occurrence() -> None:
    assert converted("02:30", AUTUMN, closes=True) == "2026-10-25 02:30+01:00"


def test_twenty_four_hours_is_the_start_of_the_next_date() -> None:
    assert converted("24:00", date(2026, 6, 1), closes=True) == "2026-06-02 00:00+02:00"


def test_twenty_four_hours_is_the_first_midnight_where_midnight_comes_twice() -> None:
    day_before = date(2026, 10, 31)
    assert converted("24:00", day_before, "America/Havana", closes=True) == "2026-11-01 00:00-04:00"


def test_a_day_whose_midnight_is_skipped_starts_after_the_gap() -> None:
    assert converted("24:00", date(2026, 4, 23), "Africa/Cairo", closes=True) == "2026-04-24 01:00+03:00"


def test_a_day_starts_in_the_middle_of_an_hour_when_the_gap_ends_there() -> None:
    # Toronto, 30 March 1919: 23:30 became 00:30 of the 31st.
    start = day_start("America/Toronto", date(1919, 3, 31))
    assert clock(start, "America/Toronto") == "1919-03-31 00:30-04:00"


def test_half_an_hour_is_skipped_on_lord_howe() -> None:
    spring = date(2026, 10, 4)
    assert converted("02:15", spring, "Australia/Lord_Howe") == "2026-10-04 02:45+11:00"


def test_half_an_hour_comes_twice_on_lord_howe() -> None:
    autumn = date(2026, 4, 5)
    shown = opened("01:45-02:00", on=autumn, timezone="Australia/Lord_Howe")
    assert shown == [("2026-04-05 01:45+11:00", "2026-04-05 02:00+10:30")]


@pytest.mark.parametrize(
    ("timezone", "shown"),
    [
        ("Asia/Kathmandu", "2026-06-01 08:00+05:45"),
        ("Pacific/Chatham", "2026-06-01 08:00+12:45"),
        ("America/St_Johns", "2026-06-01 08:00-02:30"),
    ],
)
def test_zones_off_the_full_hour_keep_their_wall_time(timezone: str, shown: str) -> None:
    assert converted("08:00", date(2026, 6, 1), timezone) == shown


def test_a_day_with_a_gap_is_an_hour_shorter() -> None:
    hours = make_hours(week=every_day("00:00-24:00"))
    assert [closes - opens for opens, closes in opening(hours, SPRING)] == [23 * 60]


def test_a_day_with_a_repeated_hour_is_an_hour_longer() -> None:
    hours = make_hours(week=every_day("00:00-24:00"))
    assert [closes - opens for opens, closes in opening(hours, AUTUMN)] == [25 * 60]


def test_hours_that_come_out_reversed_are_dropped() -> None:
    assert opened("02:30-03:00", "08:00-12:00", on=SPRING) == [
        ("2026-03-29 08:00+02:00", "2026-03-29 12:00+02:00")
    ]


def test_hours_that_come_out_empty_are_dropped() -> None:
    assert opened("02:00-03:00", on=SPRING) == []


def test_hours_within_the_repeated_hour_run_from_its_first_to_its_second_occurrence() -> None:
    assert opened("02:15-02:45", on=AUTUMN) == [("2026-10-25 02:15+02:00", "2026-10-25 02:45+01:00")]


def test_hours_around_a_gap_touch_and_merge() -> None:
    assert opened("01:00-02:00", "03:00-04:00", on=SPRING) == [
        ("2026-03-29 01:00+01:00", "2026-03-29 04:00+02:00")
    ]


@pytest.mark.parametrize("written", [(0, 1440), (480, 720), (1200, 1440)])
def test_a_date_that_the_zone_skipped_is_closed(written: tuple[int, int]) -> None:
    day: Spans = (written,)
    hours = make_hours(week=(day,) * 7, timezone="Pacific/Apia")
    assert opening(hours, date(2011, 12, 30)) == ()


def test_the_date_after_a_skipped_one_keeps_its_hours() -> None:
    assert opened("08:00-12:00", on=date(2011, 12, 31), timezone="Pacific/Apia") == [
        ("2011-12-31 08:00+14:00", "2011-12-31 12:00+14:00")
    ]


def test_the_date_before_a_skipped_one_ends_where_the_date_after_it_starts() -> None:
    zone = "Pacific/Apia"
    end = local_to_instant(zone, date(2011, 12, 29), 1440, closes=True)
    assert end == local_to_instant(zone, date(2011, 12, 31), 0)


def test_hours_move_on_to_whole_ticks_where_a_zone_was_off_them() -> None:
    # Until 1972 Monrovia was 44:30 minutes behind Greenwich.
    hours = make_hours(week=every_day("08:00-12:00"), timezone="Africa/Monrovia")
    shown = [
        (clock(opens, "UTC"), clock(closes, "UTC")) for opens, closes in opening(hours, date(1971, 6, 1))
    ]
    assert shown == [("1971-06-01 08:45+00:00", "1971-06-01 12:45+00:00")]


def test_the_local_date_is_the_one_on_the_wall() -> None:
    assert local_date("Pacific/Auckland", local_to_instant("UTC", date(2026, 6, 1), 13 * 60)) == date(
        2026, 6, 2
    )


def test_a_gap_at_midnight_opens_the_day_at_its_end() -> None:
    assert converted("00:00", CAIRO_SPRING, "Africa/Cairo") == "2026-04-24 01:00+03:00"


def test_a_midnight_that_comes_twice_opens_the_day_at_its_first() -> None:
    assert converted("00:00", HAVANA_AUTUMN, "America/Havana") == "2026-11-01 00:00-04:00"
