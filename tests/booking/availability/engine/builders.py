"""Small builders: a workshop, a demand and times written as people write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.availability.engine.model import (
    Bay,
    BookingRules,
    Busy,
    BusyKind,
    CourtesyCar,
    DatedException,
    Demand,
    Hours,
    Instant,
    Placement,
    Spans,
    Technician,
    Visit,
    Week,
    Workshop,
)
from booking.availability.engine.search import list_slots, place

PARIS = "Europe/Paris"
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (
    date(2026, 6, 1) + timedelta(days=day) for day in range(7)
)
NEXT_MONDAY = MONDAY + timedelta(days=7)
CLOSED: Spans = ()


def at(text: str, timezone: str = PARIS, *, second: bool = False) -> Instant:
    """The instant of a local ``2026-06-01 08:00``; a bare ``08:00`` is on MONDAY."""
    written = text if "-" in text else f"{MONDAY} {text}"
    wall = datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(timezone), fold=int(second))
    return int(wall.timestamp()) // 60


def clock(instant: Instant, timezone: str = PARIS) -> str:
    """What the wall shows: ``2026-06-01 08:00+02:00``."""
    shown = datetime.fromtimestamp(instant * 60, ZoneInfo(timezone))
    return shown.isoformat(" ", "minutes")


def time_of_day(instant: Instant, timezone: str = PARIS) -> str:
    return clock(instant, timezone)[11:16]


def minute(text: str) -> int:
    """Minutes since midnight of ``08:00`` or ``24:00``."""
    hour, _, rest = text.partition(":")
    return int(hour) * 60 + int(rest)


def spans(*written: str) -> Spans:
    """Hours from ``08:00-12:00``."""
    pairs = (each.split("-") for each in written)
    return tuple((minute(opens), minute(closes)) for opens, closes in pairs)


def weekdays(*written: str, weekend: Spans = CLOSED) -> Week:
    """The same hours from Monday to Friday."""
    day = spans(*written)
    return (day, day, day, day, day, weekend, weekend)


def every_day(*written: str) -> Week:
    return weekdays(*written, weekend=spans(*written))


def make_hours(
    *written: str,
    week: Week | None = None,
    timezone: str = PARIS,
    exceptions: tuple[DatedException, ...] = (),
    holidays: tuple[date, ...] = (),
) -> Hours:
    """Hours of all weekdays, or of a whole ``week``; 08:00-18:00 if nothing is said."""
    return Hours(timezone, week or weekdays(*(written or ("08:00-18:00",))), exceptions, frozenset(holidays))


def closure(first_on: date, last_on: date | None = None) -> DatedException:
    return DatedException(first_on, last_on or first_on, CLOSED)


def special(on: date, *written: str) -> DatedException:
    return DatedException(on, on, spans(*written))


def bay(number: int, *equipment: str, position: int | None = None) -> Bay:
    return Bay(number, number if position is None else position, frozenset(equipment))


def technician(
    number: int, *skills: str, week: Week | None = None, position: int | None = None
) -> Technician:
    return Technician(number, number if position is None else position, frozenset(skills), week)


def car(number: int, position: int | None = None) -> CourtesyCar:
    return CourtesyCar(number, number if position is None else position)


def busy(resource_id: int, start: str, end: str, kind: BusyKind = "job") -> Busy:
    """An occupancy between two local times of MONDAY, or of dates that are given."""
    return Busy(resource_id, at(start), at(end), kind)


def visit(
    start: str, work_minutes: int = 60, *, online: bool = True, services: tuple[int, ...] = ()
) -> Visit:
    return Visit(at(start), work_minutes, online, frozenset(services))


def make_workshop(
    *,
    hours: Hours | None = None,
    rules: BookingRules | None = None,
    bays: tuple[Bay, ...] = (bay(1),),
    technicians: tuple[Technician, ...] = (technician(11),),
    cars: tuple[CourtesyCar, ...] = (),
    taken: tuple[Busy, ...] = (),
    visits: tuple[Visit, ...] = (),
) -> Workshop:
    """One bay (1) and one technician (11), open on weekdays from 08:00 to 18:00 in Paris."""
    return Workshop(
        hours=hours or make_hours(),
        rules=rules or BookingRules(slot_minutes=60),
        bays=bays,
        technicians=technicians,
        courtesy_cars=cars,
        busy=taken,
        visits=visits,
    )


def wait(work_minutes: int = 60) -> Demand:
    return Demand("wait", work_minutes)


def drop_off(work_minutes: int = 60, *, stay_days: int = 0) -> Demand:
    return replace(Demand("drop_off", work_minutes), stay_days=stay_days)


LONG_BEFORE = at("2026-05-25 08:00")


def arrivals(
    workshop: Workshop,
    demand: Demand,
    *,
    on: date = MONDAY,
    last_on: date | None = None,
    now: Instant = LONG_BEFORE,
) -> list[str]:
    """The offered times of day of one date, or of a range, as the wall shows them."""
    slots = list_slots(workshop, demand, first_on=on, last_on=last_on or on, now=now)
    return [time_of_day(slot.arrives_at, workshop.hours.timezone) for slot in slots]


def placed(workshop: Workshop, demand: Demand, start: str, now: Instant = LONG_BEFORE) -> Placement:
    """The placement of an arrival that must be offered."""
    found = place(workshop, demand, arrives_at=at(start, workshop.hours.timezone), now=now)
    assert found is not None, f"{start} is not offered"
    return found


def is_refused(workshop: Workshop, demand: Demand, start: str, now: Instant = LONG_BEFORE) -> bool:
    return place(workshop, demand, arrives_at=at(start, workshop.hours.timezone), now=now) is None
