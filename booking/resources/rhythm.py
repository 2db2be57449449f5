"""A rhythm of dates: chosen weekdays, every week or every few, from a date until a date. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.localtime import midnight, zone

MOST_DAYS = 731
"""How far a rhythm may reach: two years, one of them a leap year."""

MOST_WEEKS = 8
"""The longest pause between two of its weeks."""

DAY_MINUTES = 24 * 60
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """``weekdays`` (0 is Monday) of every ``every_weeks``-th week, both dates included.

    The first week is the one of ``first_on``. ``opens`` and ``closes`` are minutes since local midnight,
    multiples of 5; the first lies below the second.
    """

    weekdays: tuple[int, ...]
    every_weeks: int
    first_on: date
    until_on: date
    opens: int = 0
    closes: int = DAY_MINUTES

    def dates(self) -> list[date]:
        """Every date that it names, in order."""
        monday = self.first_on - timedelta(days=self.first_on.weekday())
        found = []
        while monday <= self.until_on:
            found += [monday + timedelta(days=weekday) for weekday in sorted(set(self.weekdays))]
            monday += _WEEK * self.every_weeks
        return [on for on in found if self.first_on <= on <= self.until_on]

    def spans(self, timezone: str) -> tuple[tuple[datetime, datetime], ...]:
        """The instants of each date, in order: a day may have 23 hours, or 25."""
        return tuple(
            (instants(on, self.opens, timezone)[0], _end(on, self.closes, timezone)) for on in self.dates()
        )


def instants(on: date, minutes: int, timezone: str) -> tuple[datetime, datetime]:
    """Both readings of a wall time: a repeated one has two, a skipped one moves on by the gap first."""
    wall = datetime.combine(on, time(minutes // 60, minutes % 60), tzinfo=zone(timezone))
    first, second = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def _end(on: date, minutes: int, timezone: str) -> datetime:
    if minutes == DAY_MINUTES:
        return midnight(on + timedelta(days=1), timezone)
    return max(instants(on, minutes, timezone))
