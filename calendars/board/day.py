"""The day as a board: columns of cards and closed time, in steps of five minutes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.localtime import to_local
from booking.appointments.queries import AppointmentView, PlaceView

STEP = timedelta(minutes=5)
HOUR = timedelta(hours=1)
Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Card:
    """A visit in a column: ``at`` and ``length`` in steps from the board's first hour."""

    view: AppointmentView
    at: int
    length: int


@dataclass(frozen=True, slots=True)
class Shut:
    """Time in a column that takes no work: closed, leave, a block, imported."""

    at: int
    length: int
    label: str


@dataclass(frozen=True, slots=True)
class Column:
    """One bay or technician with its day."""

    name: str
    note: str
    booked_minutes: int
    open_minutes: int
    cards: tuple[Card, ...]
    shut: tuple[Shut, ...]

    @property
    def percent(self) -> int:
        """Booked of open minutes, in percent; a closed day is empty unless something is booked."""
        return percent(self.booked_minutes, self.open_minutes)


@dataclass(frozen=True, slots=True)
class Frame:
    """The stretch of time that the board shows, on whole local hours."""

    starts_at: datetime
    ends_at: datetime

    @property
    def steps(self) -> int:
        return (self.ends_at - self.starts_at) // STEP

    def step_of(self, moment: datetime) -> int:
        """Where ``moment`` lies, within the frame."""
        inside = min(max(moment, self.starts_at), self.ends_at)
        return (inside - self.starts_at) // STEP

    def span(self, starts_at: datetime, ends_at: datetime) -> tuple[int, int]:
        """Where an interval begins and how long it is, cut to the frame, in steps."""
        first = self.step_of(starts_at)
        last = -((self.starts_at - min(max(ends_at, self.starts_at), self.ends_at)) // STEP)
        return first, max(0, last - first)

    def hours(self, timezone: str) -> list[str]:
        """The wall-clock label of each full hour; a repeated hour is written twice."""
        count = (self.ends_at - self.starts_at) // HOUR
        return [f"{to_local(self.starts_at + HOUR * n, timezone):%-H:%M}" for n in range(count + 1)]


def frame_of(bounds: Interval, *, busy: Iterable[Interval], timezone: str) -> Frame:
    """The hours to show: from the first opening or job to the last, within the day's bounds.

    A day with nothing on it shows eight to six.
    """
    inside = [(max(a, bounds[0]), min(b, bounds[1])) for a, b in busy if a < bounds[1] and b > bounds[0]]
    if not inside:
        return Frame(bounds[0] + 8 * HOUR, min(bounds[1], bounds[0] + 18 * HOUR))
    first, last = min(a for a, _ in inside), max(b for _, b in inside)
    past_hour = timedelta(minutes=to_local(first, timezone).minute)
    length = -((first - past_hour - last) // HOUR)
    starts_at = max(bounds[0], first - past_hour)
    return Frame(starts_at, starts_at + max(1, length) * HOUR)


def cards_of(
    views: Iterable[AppointmentView], *, resource_id: int, kind: str, frame: Frame
) -> tuple[Card, ...]:
    """The visits that take this resource within the frame, in order of time."""
    cards = []
    for view in views:
        place = view.place(kind)
        if place is None or place.resource_id != resource_id:
            continue
        at, length = frame.span(place.starts_at, place.ends_at)
        if length:
            cards.append(Card(view=view, at=at, length=length))
    return tuple(sorted(cards, key=lambda card: (card.at, card.view.id)))


def shut_around(open_times: Iterable[Interval], *, frame: Frame, label: str) -> tuple[Shut, ...]:
    """What of the frame lies outside ``open_times``."""
    found, cursor = [], frame.starts_at
    for opens, closes in sorted(open_times):
        if opens > cursor:
            found.append((cursor, opens))
        cursor = max(cursor, closes)
    if cursor < frame.ends_at:
        found.append((cursor, frame.ends_at))
    spans = [frame.span(*gap) for gap in found]
    return tuple(Shut(at, length, label) for at, length in spans if length)


def minutes_within(rows: Iterable[Interval], open_times: Iterable[Interval]) -> int:
    """Minutes of ``rows`` that lie inside ``open_times``."""
    total = timedelta()
    spans = list(open_times)
    for starts_at, ends_at in rows:
        for opens, closes in spans:
            total += max(timedelta(), min(ends_at, closes) - max(starts_at, opens))
    return total // timedelta(minutes=1)


def minutes_of(intervals: Iterable[Interval]) -> int:
    """Length of the intervals together."""
    return sum((b - a for a, b in intervals), timedelta()) // timedelta(minutes=1)


def percent(part: int, whole: int) -> int:
    """``part`` of ``whole`` in percent, at most 100; something of nothing is full."""
    if whole == 0:
        return 100 if part else 0
    return min(100, round(100 * part / whole))


def interval(place: PlaceView) -> Interval:
    """The time of a place."""
    return place.starts_at, place.ends_at
