"""The part of a draw that says when the workshop is open: zone, date, week, exceptions, holidays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

from booking.availability.engine.model import DatedException, Hours, Minutes, Spans, Week
from tests.property.oracle_time import DAY_ENDS, ONE_DAY

ZONES = (
    "Europe/Paris",
    "Europe/London",
    "Atlantic/Azores",
    "America/St_Johns",
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "America/Nuuk",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Antarctica/Troll",
)
FIRST_ON, LAST_ON = date(2025, 1, 1), date(2028, 1, 1)
APIA, APIA_FIRST_ON = "Pacific/Apia", date(2011, 12, 28)
"""Friday 2011-12-30 never happened there; the draws lie within the days around it."""


@lru_cache(maxsize=1000)
def transition_dates(timezone: str, first_on: date, last_on: date) -> tuple[date, ...]:
    """Return the dates within a day of which the clocks change: noon in UTC moves on the wall."""
    found: list[date] = []
    on = first_on
    while on < last_on:
        if noon_on_the_wall(timezone, on) != noon_on_the_wall(timezone, on + ONE_DAY):
            found.extend((on, on + ONE_DAY))
        on += ONE_DAY
    return tuple(found)


def noon_on_the_wall(timezone: str, on: date) -> time:
    """Return what the wall shows at noon in UTC."""
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC).astimezone(ZoneInfo(timezone)).time()


def draw_zone_and_date(random: Random) -> tuple[str, date]:
    """Every second draw lies next to a clock change, where the zone has any."""
    if random.random() < 0.03:
        return APIA, APIA_FIRST_ON + random.randint(0, 4) * ONE_DAY
    timezone = random.choice(ZONES)
    changes = transition_dates(timezone, FIRST_ON, LAST_ON)
    if changes and random.random() < 0.55:
        return timezone, random.choice(changes) + random.choice((0, 0, 0, -1, 1)) * ONE_DAY
    return timezone, FIRST_ON + random.randint(0, (LAST_ON - FIRST_ON).days) * ONE_DAY


def jitter(random: Random, at: Minutes) -> Minutes:
    """Move a time of day by up to 45 minutes, on multiples of 5, within the day."""
    return min(max(at + 5 * random.randint(-9, 9), 0), DAY_ENDS)


def with_lunch(random: Random) -> Spans:
    return (480, jitter(random, 720)), (jitter(random, 830), jitter(random, 1080))


def straight(random: Random) -> Spans:
    return ((jitter(random, 540), jitter(random, 1020)),)


def whole_day(random: Random) -> Spans:
    return ((0, DAY_ENDS),)


def through_midnight(random: Random) -> Spans:
    return (0, jitter(random, 300)), (jitter(random, 1080), DAY_ENDS)


def small_hours(random: Random) -> Spans:
    """Opens and closes around the hours at which clocks change."""
    opens = jitter(random, 60)
    closes = opens + 5 * random.randint(3, 24)
    return (opens, closes), (closes + 5 * random.randint(0, 12), jitter(random, 600))


def late(random: Random) -> Spans:
    return (jitter(random, 700), jitter(random, 1000)), (1050, DAY_ENDS)


def touching(random: Random) -> Spans:
    """Two spans that touch or overlap: one opening."""
    middle = jitter(random, 720)
    return (jitter(random, 400), middle), (middle - random.choice((0, 0, 20)), jitter(random, 1100))


def scattered(random: Random) -> Spans:
    times = sorted(random.sample(range(0, DAY_ENDS + 5, 5), 2 * random.randint(1, 3)))
    return tuple(zip(times[::2], times[1::2], strict=True))


Pattern = Callable[[Random], Spans]
BY_DAY: tuple[Pattern, ...] = (with_lunch, with_lunch, straight, touching, scattered, late)
BY_NIGHT: tuple[Pattern, ...] = (
    whole_day,
    whole_day,
    through_midnight,
    through_midnight,
    small_hours,
    small_hours,
)


def draw_hours(random: Random, timezone: str, on: date) -> Hours:
    """Draw opening hours under which ``on`` is nearly always open."""
    patterns = BY_NIGHT if random.random() < 0.45 else BY_DAY
    pattern = random.choice(patterns)
    week = list(draw_week(random, pattern))
    if not week[on.weekday()] and random.random() < 0.9:
        week[on.weekday()] = pattern(random)
    days = tuple(week)
    assert len(days) == 7
    exceptions = draw_exceptions(random, on, patterns) if random.random() < 0.3 else ()
    return Hours(timezone, days, exceptions, draw_holidays(random, on))


def draw_week(random: Random, pattern: Pattern) -> Week:
    """Draw seven days of one pattern; some are closed."""
    same = pattern(random)
    mon, tue, wed, thu, fri, sat, sun = (
        () if random.random() < 0.12 else same if random.random() < 0.6 else pattern(random) for _ in range(7)
    )
    return mon, tue, wed, thu, fri, sat, sun


def draw_exceptions(random: Random, on: date, patterns: tuple[Pattern, ...]) -> tuple[DatedException, ...]:
    """Draw one to three ranges of dates near ``on``; they may overlap, and the last one stands."""
    drawn: list[DatedException] = []
    for _ in range(random.randint(1, 3)):
        first_on = on + timedelta(days=random.randint(-2, 2))
        closed = random.random() < 0.15
        hours = () if closed else random.choice(patterns)(random)
        drawn.append(DatedException(first_on, first_on + timedelta(days=random.randint(0, 3)), hours))
    return tuple(drawn)


def draw_holidays(random: Random, on: date) -> frozenset[date]:
    """Draw public holidays: seldom ``on`` itself, now and then a day after it."""
    chances = {0: 0.025, 1: 0.12, 2: 0.12, -1: 0.05}
    return frozenset(on + days * ONE_DAY for days, chance in chances.items() if random.random() < chance)


def draw_own_week(random: Random, week: Week) -> Week | None:
    """Draw a technician's own hours around the workshop's; two in five have none of their own."""
    if random.random() < 0.4:
        return None
    mon, tue, wed, thu, fri, sat, sun = (draw_own_day(random, spans) for spans in week)
    return mon, tue, wed, thu, fri, sat, sun


def draw_own_day(random: Random, spans: Spans) -> Spans:
    """Draw own hours of one weekday: off, a part of the opening, or across its breaks."""
    if random.random() < 0.1:
        return ()
    if not spans or random.random() < 0.15:
        return scattered(random)
    if random.random() < 0.4:
        return ((spans[0][0], jitter(random, spans[-1][1])),)
    opens, closes = spans[0][0], spans[-1][1]
    middle = (opens + closes) // 10 * 5
    again = min(middle + 5 * random.randint(1, 24), DAY_ENDS - 5)
    return (min(jitter(random, opens), DAY_ENDS - 5), middle), (again, closes)
