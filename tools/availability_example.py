"""The day that docs/availability.md explains: a small workshop's Tuesday, put to the real engine.

Everything shown there, times, reasons and places, is what the engine answers to this case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from booking.availability.engine.model import (
    Bay,
    BookingRules,
    Busy,
    Demand,
    Hours,
    Instant,
    Placement,
    Technician,
    Visit,
    Week,
    Workshop,
)
from booking.availability.engine.opening import local_date, local_time, local_to_instant
from booking.availability.engine.search import list_slots, place
from booking.availability.engine.why import find_reason

ZONE = "Europe/Paris"
DAY = date(2027, 3, 2)
OPEN_DAY = ((8 * 60, 12 * 60), (13 * 60 + 30, 18 * 60))
EARLY_DAY = ((8 * 60, 12 * 60), (13 * 60 + 30, 17 * 60))
NADIA, KARIM, BAY_1, BAY_2 = 1, 2, 3, 4
NAMES = {NADIA: "Nadia", KARIM: "Karim", BAY_1: "Bay 1", BAY_2: "Bay 2"}
GRID_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that stands in the day already; local minutes of the day, and what it is."""

    resource_id: int
    starts: int
    ends: int
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One arrival of the grid: where it is placed, or the reason why it is not offered."""

    arrives_at: Instant
    placement: Placement | None
    reason: str


def clock(text: str) -> int:
    """Minutes since midnight of ``HH:MM``."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def taken(resource_id: int, span: str, *, kind: str, label: str) -> Taken:
    """``span`` is ``HH:MM-HH:MM``."""
    starts, ends = span.split("-")
    return Taken(resource_id, clock(starts), clock(ends), kind, label)


TAKEN = (
    taken(NADIA, "08:00-10:00", kind="job", label="HG20 ZKE"),
    taken(BAY_1, "08:00-10:05", kind="job", label="HG20 ZKE"),
    taken(KARIM, "09:00-10:30", kind="job", label="RJ19 FAY"),
    taken(BAY_2, "09:00-10:35", kind="job", label="RJ19 FAY"),
    taken(NADIA, "14:00-15:30", kind="job", label="EK23 MSJ"),
    taken(BAY_1, "14:00-15:35", kind="job", label="EK23 MSJ"),
    taken(BAY_2, "13:30-15:00", kind="block", label="lift check"),
    taken(KARIM, "15:00-18:00", kind="leave", label="leave"),
)
ARRIVALS = (("08:00", 120), ("09:00", 90), ("11:00", 90))
"""Arrivals of the visits above and their work in minutes: EK23 MSJ is left at 11:00, done from 14:00."""

NOW = "07:15"
OIL = Demand("wait", 45, equipment=frozenset({"lift"}), turnaround_minutes=5, notice_minutes=120)
BRAKES = Demand("drop_off", 120, equipment=frozenset({"lift"}), turnaround_minutes=5, notice_minutes=120)


def at(minute: int) -> Instant:
    """A local time of the day as an instant."""
    return local_to_instant(ZONE, DAY, minute)


def said(instant: Instant) -> str:
    """The instant on the workshop's clock."""
    return local_time(ZONE, instant).strftime("%H:%M")


def build() -> Workshop:
    """The workshop with its day, as the engine reads it."""
    week: Week = (OPEN_DAY,) * 5 + ((), ())
    early: Week = (EARLY_DAY,) * 5 + ((), ())
    lift = frozenset({"lift"})
    return Workshop(
        hours=Hours(ZONE, week),
        rules=BookingRules(
            slot_minutes=GRID_MINUTES, notice_minutes=120, arrivals_per_slot=1, drop_off_until=clock("10:30")
        ),
        bays=(Bay(BAY_1, 1, lift), Bay(BAY_2, 2, lift)),
        technicians=(Technician(NADIA, 1, week=early), Technician(KARIM, 2)),
        busy=tuple(Busy(row.resource_id, at(row.starts), at(row.ends), row.kind) for row in TAKEN),  # type: ignore[arg-type]  # the kinds above
        visits=tuple(Visit(at(clock(arrives)), work, online=True) for arrives, work in ARRIVALS),
    )


def ask(demand: Demand) -> list[Answer]:
    """Every arrival of the grid while the workshop is open, with its place or its reason."""
    workshop, now = build(), at(clock(NOW))
    offered = {slot.arrives_at for slot in list_slots(workshop, demand, first_on=DAY, last_on=DAY, now=now)}
    found = []
    for opens, closes in OPEN_DAY:
        for minute in range(opens, closes, GRID_MINUTES):
            arrives_at = at(minute)
            if arrives_at in offered:
                answer = Answer(arrives_at, place(workshop, demand, arrives_at=arrives_at, now=now), "")
            else:
                reason = find_reason(workshop, demand, arrives_at=arrives_at, now=now)
                answer = Answer(arrives_at, None, str(reason))
            assert local_date(ZONE, arrives_at) == DAY
            found.append(answer)
    return found
