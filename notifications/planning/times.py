"""When a reminder is due and when a workshop keeps quiet: pure functions of instants and zones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.localtime import local_date, zone

DAY_MINUTES = 24 * 60
USEFUL_BEFORE_ARRIVAL = timedelta(hours=2)
"""A reminder later than this leaves no time to act on it."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one local clock time to another, in minutes since midnight; may run over midnight."""

    starts: int
    ends: int
    timezone: str

    def end_of(self, moment: datetime) -> datetime | None:
        """The end of the quiet hours that ``moment`` lies in (aware UTC), or None outside them."""
        if self.starts == self.ends:
            return None
        today = local_date(moment, self.timezone)
        nights = (self._night(today - timedelta(days=1)), self._night(today))
        return next((ends for starts, ends in nights if starts <= moment < ends), None)

    def _night(self, on: date) -> tuple[datetime, datetime]:
        """The half-open span that starts on a local date; a repeated end is its second occurrence."""
        over_midnight = DAY_MINUTES if self.ends < self.starts else 0
        return (
            at_clock_time(on, self.starts, self.timezone),
            at_clock_time(on, self.ends + over_midnight, self.timezone, last=True),
        )


def at_clock_time(on: date, minutes: int, timezone: str, *, last: bool = False) -> datetime:
    """The instant (aware UTC) of a wall-clock time, in minutes since that date's midnight.

    A time that a clock change skips moves forward by the gap; a repeated one is its first
    occurrence, or its ``last``.
    """
    days, rest = divmod(minutes, DAY_MINUTES)
    wall = datetime.combine(on + timedelta(days=days), time(rest // 60, rest % 60))
    aware = wall.replace(tzinfo=zone(timezone))
    repeated = aware.utcoffset() > aware.replace(fold=1).utcoffset()  # type: ignore[operator]  # a zone always has one
    return aware.replace(fold=int(last and repeated)).astimezone(UTC)


def hours_before(arrives_at: datetime, hours: int) -> datetime:
    """So many elapsed hours before the arrival."""
    return arrives_at - timedelta(hours=hours)


def day_before(arrives_at: datetime, minutes: int, timezone: str) -> datetime:
    """A clock time on the local date before the arrival's."""
    return at_clock_time(local_date(arrives_at, timezone) - timedelta(days=1), minutes, timezone)


def useful_until(arrives_at: datetime, due_at: datetime) -> datetime:
    """The last instant at which a reminder planned for ``due_at`` is of use.

    Two hours before the arrival; a rule that reminds later than that knows why: halfway between.
    """
    latest = arrives_at - USEFUL_BEFORE_ARRIVAL
    return latest if due_at < latest else due_at + (arrives_at - due_at) / 2


def after_quiet(due_at: datetime, quiet: QuietHours | None, *, until: datetime) -> datetime | None:
    """``due_at``, moved to the end of the quiet hours it lies in; None if that is past ``until``."""
    ends_at = quiet.end_of(due_at) if quiet is not None else None
    if ends_at is None:
        return due_at
    return ends_at if ends_at <= until else None
