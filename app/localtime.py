"""Between UTC and the workshop's wall clock; local time exists only at the edge."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA zone called ``name``; raises ValueError for a name that is not one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error


def to_local(moment: datetime, zone_name: str) -> datetime:
    """``moment`` on the wall clock of the zone."""
    return moment.astimezone(zone(zone_name))


def local_date(moment: datetime, zone_name: str) -> date:
    """The calendar date of ``moment`` in the zone."""
    return to_local(moment, zone_name).date()


def to_minutes(moment: datetime) -> int:
    """Whole minutes since the epoch, rounded down: the engine's instants."""
    return (moment - EPOCH) // _MINUTE


def to_minutes_up(moment: datetime) -> int:
    """Whole minutes since the epoch, rounded up: the end of something busy."""
    return -((EPOCH - moment) // _MINUTE)


@lru_cache(maxsize=16384)
def from_minutes(minutes: int) -> datetime:
    """The aware UTC instant of ``minutes`` since the epoch; the slots of a month are the same for all."""
    return EPOCH + timedelta(minutes=minutes)


def midnight(on: date, zone_name: str) -> datetime:
    """The first instant of a local date, aware UTC.

    Where a clock change skips midnight, the first instant after the gap.
    """
    return datetime(on.year, on.month, on.day, tzinfo=zone(zone_name)).astimezone(UTC)


def day_bounds(on: date, zone_name: str) -> tuple[datetime, datetime]:
    """The half-open range of instants of a local date: 23 to 25 hours, or none at all."""
    return midnight(on, zone_name), midnight(on + timedelta(days=1), zone_name)


def at_same_time(moment: datetime, on: date, *, timezone: str) -> datetime:
    """The instant at which the wall clock shows on another date what it shows at ``moment``.

    A time that the date skips moves on by the gap; of one that it has twice, the first.
    """
    wall = to_local(moment, timezone).time().replace(fold=0)
    return datetime.combine(on, wall, tzinfo=zone(timezone)).astimezone(UTC)
