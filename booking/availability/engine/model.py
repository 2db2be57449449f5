"""The plain data the engine reads and answers with: no Flask, no SQLAlchemy, no clock.

An *instant* inside the engine is an ``int``: whole minutes since 1970-01-01T00:00Z.
Times of day are ``int`` minutes since local midnight (0 to 1440, multiples of 5).
Loading and the pages convert at the edge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

Instant = int
Minutes = int
Span = tuple[int, int]
"""Opens and closes, minutes since local midnight; ``(480, 720)`` is 08:00-12:00, 1440 is 24:00."""
Spans = tuple[Span, ...]
Week = tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans]
"""Monday first; an empty tuple is a closed day."""

Mode = Literal["wait", "drop_off"]
BusyKind = Literal["job", "hold", "leave", "block", "imported"]
LimitReason = Literal["reception", "cap", "online_share"]
Reason = Literal[
    "closed",
    "no_slot_time",
    "drop_off_time",
    "horizon",
    "notice",
    LimitReason,
    "no_bay",
    "no_technician",
    "both_busy",
    "never_together",
    "not_in_time",
    "courtesy_car",
]
"""Why an arrival or a day is not offered (rule 13), in the order in which they bind."""

TICK: Minutes = 5
"""Resolution of the engine; everything offered lies on it."""


@dataclass(frozen=True, slots=True)
class DatedException:
    """Special hours, or none, for every date from ``first_on`` to ``last_on`` inclusive."""

    first_on: date
    last_on: date
    hours: Spans


@dataclass(frozen=True, slots=True)
class Hours:
    """When a workshop is open (rule 2).

    ``exceptions`` keep the order of the list: of overlapping ones the last stands.
    ``holidays`` holds the public holidays that the workshop observes; empty if it observes none.
    """

    timezone: str
    week: Week
    exceptions: tuple[DatedException, ...] = ()
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Bay:
    id: int
    position: int
    equipment: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Technician:
    """``week`` is the technician's own weekly hours, or None for the workshop's (rule 3)."""

    id: int
    position: int
    skills: frozenset[str] = frozenset()
    week: Week | None = None


@dataclass(frozen=True, slots=True)
class CourtesyCar:
    id: int
    position: int


@dataclass(frozen=True, slots=True)
class BookingRules:
    """The workshop's own rules; 0 means *no limit* or *none* throughout.

    ``drop_off_until`` is a local time of day, or None for any opening time.
    """

    slot_minutes: Minutes = 30
    notice_minutes: Minutes = 0
    horizon_days: int = 60
    arrivals_per_slot: int = 0
    drop_off_until: int | None = None
    online_share: int = 100
    release_hours: int = 0


class Busy(NamedTuple):
    """One occupancy of one resource over ``[starts_at, ends_at)``.

    Outside bounds are rounded outward to 5 minutes by the engine. Only live rows are handed
    in: no expired hold, not the asker's own hold, not the appointment that is being moved.
    """

    resource_id: int
    starts_at: Instant
    ends_at: Instant
    kind: BusyKind


class Visit(NamedTuple):
    """One live appointment, hold or offer, as reception, caps and share count it (rules 9, 10)."""

    arrives_at: Instant
    work_minutes: Minutes
    online: bool
    service_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Workshop:
    """All that the engine knows of one workshop: its set-up, and what is taken already."""

    hours: Hours
    rules: BookingRules
    bays: tuple[Bay, ...]
    technicians: tuple[Technician, ...]
    courtesy_cars: tuple[CourtesyCar, ...] = ()
    busy: tuple[Busy, ...] = ()
    visits: tuple[Visit, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceType:
    """One line of the catalogue, as rule 4 reads it."""

    id: int
    minutes: Minutes
    modes: frozenset[Mode]
    minutes_by_class: dict[str, Minutes] = field(default_factory=dict)
    equipment: frozenset[str] = frozenset()
    equipment_by_class: dict[str, frozenset[str]] = field(default_factory=dict)
    skills: frozenset[str] = frozenset()
    turnaround_minutes: Minutes = 0
    notice_minutes: Minutes = 0
    stay_days: int = 0
    max_per_day: int = 0


@dataclass(frozen=True, slots=True)
class Demand:
    """What one visit needs (rule 4). ``notice_minutes`` already counts the workshop's own.

    ``caps`` maps a chosen service type's id to its ``max_per_day``, for those that have one.
    ``online`` says whether the online share applies (page, widget, public API).
    """

    mode: Mode
    work_minutes: Minutes
    equipment: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    turnaround_minutes: Minutes = 0
    notice_minutes: Minutes = 0
    stay_days: int = 0
    caps: tuple[tuple[int, int], ...] = ()
    courtesy_car: bool = False
    online: bool = True


class Slot(NamedTuple):
    """An arrival that is offered, and when the car would be ready."""

    arrives_at: Instant
    ready_at: Instant


@dataclass(frozen=True, slots=True)
class Row:
    """One resource taken over ``[starts_at, ends_at)``; not yet split into pieces of 14 days."""

    resource_id: int
    starts_at: Instant
    ends_at: Instant


@dataclass(frozen=True, slots=True)
class Placement:
    """The visit as the rules place it: the three clocks and the rows to store.

    ``bay.ends_at`` includes the turnaround; ``technician`` runs from the work's start to its end.
    """

    arrives_at: Instant
    work_starts_at: Instant
    work_ends_at: Instant
    ready_at: Instant
    bay: Row
    technician: Row
    courtesy_car: Row | None = None
