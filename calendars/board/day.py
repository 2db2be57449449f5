"""The day as a board: columns of cards and closed time, in steps of five minutes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.localtime import to_local, zone
from booking.appointments.former import DONE
from booking.appointments.queries import AppointmentView, PlaceView

STEP = timedelta(minutes=5)
HOUR = timedelta(hours=1)
QUIET_DAY = (8, 18)
"""Local hours that a day shows on which nothing opens."""
NOTE = 5
"""Steps that a note is high: enough for a plate, and for a finger."""
Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Card:
    """A visit in a column: ``at`` and ``length`` in steps from the board's first hour.

    ``turnaround`` is what follows in the same bay, in steps. ``is_carried_over`` began on an
    earlier day, ``goes_on`` ends on a later one. ``is_note``: the visit is done and took less time here
    than can be read, or none; its length says nothing.
    """

    view: AppointmentView
    at: int
    length: int
    turnaround: int = 0
    is_carried_over: bool = False
    goes_on: bool = False
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Shut:
    """Time in a column that takes no work: closed, leave, a block, imported."""

    at: int
    length: int
    label: str


@dataclass(frozen=True, slots=True)
class HeldBlock:
    """Time of a column that a visitor has chosen: ``at`` and ``length`` in steps, given back ``until``."""

    at: int
    length: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Column:
    """One bay or technician with its day; ``is_former``: out of use, so nothing new comes to lie there."""

    resource_id: int
    is_former: bool
    kind: str
    name: str
    note: str
    booked_minutes: int
    open_minutes: int
    cards: tuple[Card, ...]
    shut: tuple[Shut, ...]
    held: tuple[HeldBlock, ...]

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

    def minute_of(self, moment: datetime) -> int:
        """Minutes from the frame's beginning to ``moment``."""
        return (moment - self.starts_at) // timedelta(minutes=1)

    def span(self, starts_at: datetime, ends_at: datetime) -> tuple[int, int]:
        """Where an interval begins and how long it is, cut to the frame, in steps."""
        first = self.step_of(starts_at)
        last = -((self.starts_at - min(max(ends_at, self.starts_at), self.ends_at)) // STEP)
        return first, max(0, last - first)

    def hours(self, timezone: str) -> list[str]:
        """The wall-clock label of each full hour; a repeated hour is written twice."""
        count = (self.ends_at - self.starts_at) // HOUR
        return [f"{to_local(self.starts_at + HOUR * n, timezone):%-H:%M}" for n in range(count + 1)]


def frame_of(
    bounds: Interval, *, open_times: Iterable[Interval], jobs: Iterable[Interval], timezone: str
) -> Frame:
    """The whole local hours to show: all of the opening, and where a job begins or ends that day.

    A job that only runs through the day, or in or out of it by night, stretches nothing. A day on
    which nothing opens shows at least :data:`QUIET_DAY`.
    """
    edges = [edge for span in open_times for edge in span] or _quiet_day(bounds, timezone)
    for starts_at, ends_at in jobs:
        edges += [starts_at] if bounds[0] <= starts_at < bounds[1] else []
        edges += [ends_at] if bounds[0] < ends_at <= bounds[1] else []
    first, last = min(edges), max(edges)
    past_hour = timedelta(minutes=to_local(first, timezone).minute)
    starts_at = max(bounds[0], first - past_hour)
    return Frame(starts_at, starts_at + max(1, -((starts_at - last) // HOUR)) * HOUR)


def _quiet_day(bounds: Interval, timezone: str) -> list[datetime]:
    noon = to_local(bounds[0] + 12 * HOUR, timezone)
    return [
        datetime(*noon.timetuple()[:3], hour, tzinfo=zone(timezone)).astimezone(UTC) for hour in QUIET_DAY
    ]


def cards_of(
    views: Iterable[AppointmentView], *, resource_id: int, kind: str, frame: Frame
) -> tuple[Card, ...]:
    """The visits that take this resource within the frame, in order of time.

    What is done and took no time here, or less than can be read, is a note where the column is free,
    as near as may be to when it was done.
    """
    cards: list[Card] = []
    notes: list[tuple[AppointmentView, int]] = []
    for view in views:
        place = view.where(kind)
        if place is None or place.resource_id != resource_id:
            continue
        card = _card(view, place, frame)
        if view.status in DONE and card.length < NOTE:
            notes.append((view, card.at))
        elif card.length:
            cards.append(card)
    for view, at in notes:
        taken = [(card.at, card.at + card.length + card.turnaround) for card in cards]
        cards.append(Card(view, at=_nearest_room(taken, at, frame.steps), length=NOTE, is_note=True))
    return tuple(sorted(cards, key=lambda card: (card.at, card.view.id)))


def _nearest_room(taken: Iterable[tuple[int, int]], at: int, steps: int) -> int:
    """Where a note fits that belongs to ``at``; over what stands there when the column is full."""
    last, spans = max(0, steps - NOTE), list(taken)
    wanted = min(at, last)
    edges = [wanted, *(end for _, end in spans), *(start - NOTE for start, _ in spans)]
    free = [
        edge
        for edge in edges
        if 0 <= edge <= last and all(end <= edge or edge + NOTE <= start for start, end in spans)
    ]
    return min(free, key=lambda edge: (abs(edge - wanted), edge), default=wanted)


def _card(view: AppointmentView, place: PlaceView, frame: Frame) -> Card:
    """The work as a card, and what is left of the bay's row after it as turnaround."""
    ends_at = _work_end(view, place)
    at, length = frame.span(place.starts_at, ends_at)
    return Card(
        view=view,
        at=at,
        length=length,
        turnaround=frame.span(ends_at, place.ends_at)[1],
        is_carried_over=place.starts_at < frame.starts_at,
        goes_on=ends_at > frame.ends_at,
    )


def _work_end(view: AppointmentView, place: PlaceView) -> datetime:
    """What a bay's row holds beyond the work is turnaround; a courtesy car is out for all of its row."""
    if place.kind == "courtesy_car":
        return place.ends_at
    ends_at = view.appointment.work_ends_at
    return ends_at if ends_at and place.starts_at < ends_at < place.ends_at else place.ends_at


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
