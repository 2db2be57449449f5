"""Reminder times and quiet hours on the workshop's clock, around clock changes too."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from notifications.planning.times import QuietHours, after_quiet, at_clock_time, day_before, useful_until

pytestmark = pytest.mark.time

AUCKLAND = "Pacific/Auckland"
LORD_HOWE = "Australia/Lord_Howe"
ST_JOHNS = "America/St_Johns"


def local(zone: str, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold)  # type: ignore[arg-type,misc]  # year to minute


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year to minute


# Each: zone, arrival (local), the day before's reminder time, the instant in UTC by hand.
DAY_BEFORE = [
    # Auckland goes forward on Sunday 27 September 2026 at 02:00 (+12 to +13).
    (AUCKLAND, (2026, 9, 28, 9, 0), (17, 0), (2026, 9, 27, 4, 0)),
    (AUCKLAND, (2026, 9, 27, 9, 0), (17, 0), (2026, 9, 26, 5, 0)),
    (AUCKLAND, (2026, 9, 28, 9, 0), (2, 30), (2026, 9, 26, 14, 30)),  # 02:30 does not exist: 03:30 (+13)
    # Auckland goes back on Sunday 5 April 2026 at 03:00 (+13 to +12).
    (AUCKLAND, (2026, 4, 6, 9, 0), (2, 30), (2026, 4, 4, 13, 30)),  # twice there: the first
    (AUCKLAND, (2026, 4, 6, 9, 0), (17, 0), (2026, 4, 5, 5, 0)),
    # Lord Howe moves by half an hour: forward on 4 October 2026 at 02:00 (+10:30 to +11).
    (LORD_HOWE, (2026, 10, 5, 9, 0), (2, 15), (2026, 10, 3, 15, 45)),  # 02:15 is 02:45 (+11)
    (LORD_HOWE, (2026, 10, 5, 9, 0), (17, 0), (2026, 10, 4, 6, 0)),
    (LORD_HOWE, (2026, 10, 4, 9, 0), (17, 0), (2026, 10, 3, 6, 30)),
    # Lord Howe goes back on 5 April 2026 at 02:00 (+11 to +10:30).
    (LORD_HOWE, (2026, 4, 6, 9, 0), (1, 45), (2026, 4, 4, 14, 45)),  # the first 01:45, at +11
    (LORD_HOWE, (2026, 4, 6, 9, 0), (17, 0), (2026, 4, 5, 6, 30)),
    # St. John's goes forward on 8 March 2026 at 02:00 (-3:30 to -2:30), back on 1 November.
    (ST_JOHNS, (2026, 3, 9, 9, 0), (2, 30), (2026, 3, 8, 6, 0)),  # 02:30 is 03:30 (-2:30)
    (ST_JOHNS, (2026, 3, 9, 9, 0), (17, 0), (2026, 3, 8, 19, 30)),
    (ST_JOHNS, (2026, 11, 2, 9, 0), (1, 30), (2026, 11, 1, 4, 0)),  # the first 01:30, at -2:30
    (ST_JOHNS, (2026, 11, 2, 9, 0), (17, 0), (2026, 11, 1, 20, 30)),
]


@pytest.mark.parametrize(("zone", "arrival", "at", "expected"), DAY_BEFORE)
def test_a_reminder_of_the_day_before_keeps_the_wall_clock(
    zone: str, arrival: tuple[int, ...], at: tuple[int, int], expected: tuple[int, ...]
) -> None:
    found = day_before(local(zone, *arrival).astimezone(UTC), at[0] * 60 + at[1], zone)
    assert found == utc(*expected)


def test_the_day_before_is_that_of_the_workshops_date_not_of_utc() -> None:
    arrival = local(AUCKLAND, 2026, 12, 8, 8, 0).astimezone(UTC)  # still the 7th in UTC
    assert day_before(arrival, 17 * 60, AUCKLAND) == local(AUCKLAND, 2026, 12, 7, 17, 0)


# --- quiet hours ---------------------------------------------------------------------------------

NIGHT = QuietHours(starts=21 * 60, ends=8 * 60, timezone="Europe/Paris")
LUNCH = QuietHours(starts=12 * 60, ends=14 * 60, timezone="Europe/Paris")


def paris(*parts: int, fold: int = 0) -> datetime:
    return local("Europe/Paris", *parts, fold=fold)


@pytest.mark.parametrize(
    ("moment", "ends_at"),
    [
        (paris(2026, 12, 7, 20, 59), None),
        (paris(2026, 12, 7, 21, 0), paris(2026, 12, 8, 8, 0)),
        (paris(2026, 12, 8, 0, 0), paris(2026, 12, 8, 8, 0)),
        (paris(2026, 12, 8, 7, 59), paris(2026, 12, 8, 8, 0)),
        (paris(2026, 12, 8, 8, 0), None),
    ],
)
def test_quiet_hours_run_over_midnight(moment: datetime, ends_at: datetime | None) -> None:
    assert NIGHT.end_of(moment.astimezone(UTC)) == ends_at


@pytest.mark.parametrize(
    ("moment", "ends_at"),
    [
        (paris(2026, 12, 7, 11, 59), None),
        (paris(2026, 12, 7, 12, 0), paris(2026, 12, 7, 14, 0)),
        (paris(2026, 12, 7, 14, 0), None),
    ],
)
def test_quiet_hours_within_a_day(moment: datetime, ends_at: datetime | None) -> None:
    assert LUNCH.end_of(moment.astimezone(UTC)) == ends_at


def test_quiet_hours_from_a_time_to_the_same_time_are_none() -> None:
    assert QuietHours(starts=60, ends=60, timezone="Europe/Paris").end_of(utc(2026, 12, 7, 0, 30)) is None


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        (AUCKLAND, date(2026, 9, 27), utc(2026, 9, 26, 19, 0)),
        (LORD_HOWE, date(2026, 10, 4), utc(2026, 10, 3, 21, 0)),
        (ST_JOHNS, date(2026, 11, 1), utc(2026, 11, 1, 11, 30)),
    ],
)
def test_quiet_hours_end_by_the_wall_clock_in_a_night_of_change(
    zone: str, day: date, expected: datetime
) -> None:
    quiet = QuietHours(starts=21 * 60, ends=8 * 60, timezone=zone)
    just_before = at_clock_time(day, 7 * 60 + 59, zone)
    assert quiet.end_of(just_before) == expected


def test_quiet_hours_that_end_in_a_repeated_hour_last_to_its_second_time() -> None:
    quiet = QuietHours(starts=22 * 60, ends=2 * 60 + 30, timezone="Europe/Paris")
    first = paris(2026, 10, 25, 2, 30, fold=0).astimezone(UTC)
    assert quiet.end_of(first) == paris(2026, 10, 25, 2, 30, fold=1).astimezone(UTC)


def test_a_message_outside_quiet_hours_stays_where_it_is() -> None:
    noon = paris(2026, 12, 8, 12, 0).astimezone(UTC)
    assert after_quiet(noon, NIGHT, until=noon) == noon


def test_a_message_that_would_come_too_late_has_no_time() -> None:
    late = paris(2026, 12, 7, 23, 0).astimezone(UTC)
    assert after_quiet(late, NIGHT, until=paris(2026, 12, 8, 7, 0).astimezone(UTC)) is None


def test_a_reminder_before_the_last_two_hours_is_of_use_until_then() -> None:
    assert useful_until(utc(2026, 12, 8, 9, 0), utc(2026, 12, 7, 9, 0)) == utc(2026, 12, 8, 7, 0)
