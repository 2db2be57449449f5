"""Local time and opening hours for the oracle (DESIGN §4, rules 1-3).

The wall clock is looked at on every tick of UTC; nothing here computes with offsets, so that
gaps, folds and missing dates come from what the clock shows.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from booking.availability.engine.model import Hours, Minutes, Spans, Week

Tick = int
"""Whole 5 minutes since 1970-01-01T00:00Z."""
Wall = tuple[date, Minutes]
"""What the clock on the wall shows: local date, minutes since midnight on that face."""
Interval = tuple[Tick, Tick]

MINUTES_A_TICK = 5
TICKS_A_DAY = 288
ONE_DAY = timedelta(days=1)
DAY_ENDS = 1440
EPOCH_ON = date(1970, 1, 1)


@lru_cache(maxsize=20_000)
def walls_of_utc_day(timezone: str, utc_on: date) -> tuple[Wall, ...]:
    """Return what the wall shows on each of the 288 ticks of one UTC date."""
    zone = ZoneInfo(timezone)
    instant = datetime(utc_on.year, utc_on.month, utc_on.day, tzinfo=UTC)
    walls: list[Wall] = []
    for _ in range(TICKS_A_DAY):
        local = instant.astimezone(zone)
        walls.append((local.date(), local.hour * 60 + local.minute))
        instant += timedelta(minutes=MINUTES_A_TICK)
    return tuple(walls)


def wall(timezone: str, tick: Tick) -> Wall:
    """Return what the wall shows at one tick."""
    day, rest = divmod(tick, TICKS_A_DAY)
    return walls_of_utc_day(timezone, EPOCH_ON + day * ONE_DAY)[rest]


@lru_cache(maxsize=64)
def walk_around(timezone: str, on: date) -> tuple[tuple[Tick, Wall], ...]:
    """Walk through UTC around a local date; the walk begins before it and ends after it everywhere."""
    steps: list[tuple[Tick, Wall]] = []
    for utc_on in (on - ONE_DAY, on, on + ONE_DAY):
        tick = (utc_on - EPOCH_ON).days * TICKS_A_DAY
        steps.extend(enumerate(walls_of_utc_day(timezone, utc_on), start=tick))
    return tuple(steps)


@lru_cache(maxsize=20_000)
def ticks_of_date(timezone: str, on: date) -> tuple[Tick, ...]:
    """Return the ticks on which the wall shows this date: 288, or 276, 300…, or none at all."""
    return tuple(tick for tick, (shown_on, _) in walk_around(timezone, on) if shown_on == on)


def later_on_the_face(shown: Wall) -> Wall:
    """Return what a clock that nobody touches shows one tick after ``shown``."""
    on, minutes = shown
    return (on, minutes + 5) if minutes + 5 < DAY_ENDS else (on + ONE_DAY, 0)


def instant_in_gap(timezone: str, wanted: Wall) -> Tick:
    """Return when a clock that had missed the jump would show ``wanted`` (moved on by the gap)."""
    steps = walk_around(timezone, wanted[0])
    for (last_tick, before), (_, after) in pairwise(steps):
        if before < wanted < after:
            tick, untouched = last_tick, before
            while untouched != wanted:
                tick, untouched = tick + 1, later_on_the_face(untouched)
            return tick
    raise AssertionError(f"{wanted} is neither shown nor jumped over in {timezone}")


def instant_that_opens(timezone: str, on: date, minutes: Minutes) -> Tick:
    """Rule 1: the first time the wall shows it."""
    shown = [tick for tick, seen in walk_around(timezone, on) if seen == (on, minutes)]
    return shown[0] if shown else instant_in_gap(timezone, (on, minutes))


def instant_that_closes(timezone: str, on: date, minutes: Minutes) -> Tick:
    """Rule 1: the last time the wall shows it; 24:00 is the first tick of the next date there is."""
    if minutes == DAY_ENDS:
        return next(tick for tick, (shown_on, _) in walk_around(timezone, on) if shown_on > on)
    shown = [tick for tick, seen in walk_around(timezone, on) if seen == (on, minutes)]
    return shown[-1] if shown else instant_in_gap(timezone, (on, minutes))


@lru_cache(maxsize=20_000)
def ticks_of_spans(timezone: str, on: date, spans: Spans) -> frozenset[Tick]:
    """Return all ticks inside the spans of one local date; a date that the clocks skip has none."""
    if not ticks_of_date(timezone, on):
        return frozenset()
    inside: set[Tick] = set()
    for opens, closes in spans:
        first = instant_that_opens(timezone, on, opens)
        inside.update(range(first, instant_that_closes(timezone, on, closes)))
    return frozenset(inside)


@lru_cache(maxsize=20_000)
def runs(ticks: frozenset[Tick]) -> tuple[Interval, ...]:
    """Return the unbroken runs of a set of ticks as half-open intervals, in order."""
    found: list[Interval] = []
    for tick in sorted(ticks):
        if found and found[-1][1] == tick:
            found[-1] = (found[-1][0], tick + 1)
        else:
            found.append((tick, tick + 1))
    return tuple(found)


def hours_on(hours: Hours, on: date) -> Spans:
    """Rule 2: the last dated exception that covers the date, else a holiday, else the week."""
    for exception in reversed(hours.exceptions):
        if exception.first_on <= on <= exception.last_on:
            return exception.hours
    return () if on in hours.holidays else hours.week[on.weekday()]


def opening_ticks(hours: Hours, on: date) -> frozenset[Tick]:
    """Return the open ticks of one local date."""
    return ticks_of_spans(hours.timezone, on, hours_on(hours, on))


def opening(hours: Hours, on: date) -> tuple[Interval, ...]:
    """Return Opening(date): intervals of this date alone that touch or overlap are one."""
    return runs(opening_ticks(hours, on))


def working_ticks(hours: Hours, week: Week | None, on: date) -> frozenset[Tick]:
    """Rule 3: open, and inside the technician's own weekly hours if they have any."""
    open_now = opening_ticks(hours, on)
    return open_now if week is None else open_now & ticks_of_spans(hours.timezone, on, week[on.weekday()])


def shown_on(timezone: str, on: date, *parts: frozenset[Tick]) -> frozenset[Tick]:
    """Return those ticks on which the wall shows this date.

    A gap in the last hour of a date moves its late hours into the next one; so what happens on a
    date is looked up in its own hours and in those of the date before.
    """
    return frozenset().union(*parts) & frozenset(ticks_of_date(timezone, on))
