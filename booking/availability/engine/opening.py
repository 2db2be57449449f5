"""Rules 1 to 3: local wall times as instants, a workshop's opening, a technician's working time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from booking.availability.engine.model import TICK, Hours, Instant, Spans, Week

Interval = tuple[Instant, Instant]
"""Half open: the first instant belongs to it, the second does not."""
Intervals = tuple[Interval, ...]

ONE_DAY = timedelta(days=1)
DAY_MINUTES = 1440
_EPOCH = date(1970, 1, 1)
_CACHED_DATES = 16384
_CACHED_INSTANTS = 16384


def local_to_instant(timezone: str, on: date, minute: int, *, closes: bool = False) -> Instant:
    """Convert a local time of day (minutes since midnight, 0 to 1440) by rule 1.

    A time that does not exist moves forward by the gap. An ambiguous one is its first
    occurrence, or its second where it ``closes`` an interval. 1440 is the first instant of the
    next local date.
    """
    if minute == DAY_MINUTES:
        return day_start(timezone, on + ONE_DAY)
    before, after = _offsets(timezone, on, minute)
    # Before a gap the earlier offset stands, which moves the time forward by just that gap.
    offset = after if closes and after < before else before
    return _at_offset(on, minute, offset)


@lru_cache(maxsize=_CACHED_INSTANTS)
def local_date(timezone: str, at: Instant) -> date:
    """The date that the clock on the wall shows at an instant."""
    return local_time(timezone, at).date()


def local_time(timezone: str, at: Instant) -> datetime:
    """What the clock on the wall shows at an instant."""
    return datetime.fromtimestamp(at * 60, ZoneInfo(timezone))


@lru_cache(maxsize=_CACHED_DATES)
def day_start(timezone: str, on: date) -> Instant:
    """The first instant of a local date; for a date that was skipped, that of the next."""
    before, after = _offsets(timezone, on, 0)
    if after <= before:
        return _at_offset(on, 0, before)
    around = range(_at_offset(on, 0, after), _at_offset(on, 0, before), TICK)
    return around.start + TICK * bisect_left(around, on, key=lambda at: local_date(timezone, at))


def is_skipped(timezone: str, on: date) -> bool:
    """Whether the clocks went straight past a whole local date, as Samoa's did in 2011."""
    return day_start(timezone, on) == day_start(timezone, on + ONE_DAY)


def opening(hours: Hours, on: date) -> Intervals:
    """When the workshop is open on a date (rule 2), in order, merged where intervals touch."""
    return _on_the_clock(hours.timezone, on, spans_on(hours, on))


def spans_on(hours: Hours, on: date) -> Spans:
    """The hours of a date as the wall clock shows them (rule 2), before they become instants."""
    for exception in reversed(hours.exceptions):
        if exception.first_on <= on <= exception.last_on:
            return exception.hours
    return () if on in hours.holidays else hours.week[on.weekday()]


def working_time(hours: Hours, week: Week | None, on: date) -> Intervals:
    """When a technician works on a date (rule 3); ``week`` None means the workshop's hours."""
    if week is None:
        return opening(hours, on)
    return _common(opening(hours, on), _on_the_clock(hours.timezone, on, week[on.weekday()]))


def merge(intervals: Iterable[Interval]) -> Intervals:
    """Sort intervals, drop those empty or reversed, join those that touch or overlap."""
    merged: list[Interval] = []
    for starts_at, ends_at in sorted(intervals):
        if ends_at <= starts_at:
            continue
        if merged and starts_at <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends_at))
        else:
            merged.append((starts_at, ends_at))
    return tuple(merged)


def dates(first_on: date, last_on: date) -> list[date]:
    """All dates from the first to the last, both included."""
    return [first_on + timedelta(days=day) for day in range((last_on - first_on).days + 1)]


@lru_cache(maxsize=_CACHED_DATES)
def _on_the_clock(timezone: str, on: date, spans: Spans) -> Intervals:
    if is_skipped(timezone, on):
        return ()  # the zone skipped this date; its hours must not land on the next one
    return merge(
        (
            local_to_instant(timezone, on, opens),
            local_to_instant(timezone, on, closes, closes=True),
        )
        for opens, closes in spans
    )


def _common(left: Intervals, right: Intervals) -> Intervals:
    return merge((max(a[0], b[0]), min(a[1], b[1])) for a in left for b in right)


def _offsets(timezone: str, on: date, minute: int) -> tuple[int, int]:
    """Seconds east of UTC that the zone gives a wall time: read as its first, as its second."""
    zone = ZoneInfo(timezone)
    wall = datetime.combine(on, time(minute // 60, minute % 60), zone)
    return _seconds(wall), _seconds(wall.replace(fold=1))


def _seconds(wall: datetime) -> int:
    offset = wall.utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _at_offset(on: date, minute: int, offset: int) -> Instant:
    seconds = ((on - _EPOCH).days * DAY_MINUTES + minute) * 60 - offset
    # Until 1972 some offsets were no multiple of 5 minutes; such times move on to the next tick.
    return -(-seconds // (60 * TICK)) * TICK
