"""Random workshops, demands and presents, around ordinary days and around clock changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from booking.availability.engine.model import (
    Bay,
    BookingRules,
    Busy,
    CourtesyCar,
    DatedException,
    Demand,
    Hours,
    Instant,
    Mode,
    Spans,
    Technician,
    Visit,
    Week,
    Workshop,
)
from booking.availability.engine.opening import day_start

# A zone, and a date near which its clocks change (Kathmandu's never do).
PLACES = (
    ("Europe/Paris", date(2026, 6, 3)),
    ("Europe/Paris", date(2026, 10, 25)),
    ("Europe/Paris", date(2026, 3, 29)),
    ("Pacific/Auckland", date(2026, 9, 27)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/St_Johns", date(2026, 11, 1)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Nuuk", date(2026, 3, 28)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Asia/Kathmandu", date(2026, 6, 3)),
    ("Pacific/Apia", date(2011, 12, 30)),
)
EQUIPMENT = ("lift", "alignment")
SKILLS = ("mechanics", "ev")
BAYS, TECHNICIANS, CARS = range(1, 4), range(11, 15), range(21, 23)
SPREAD_MINUTES = 6 * 1440


@dataclass(frozen=True)
class Question:
    workshop: Workshop
    demand: Demand
    first_on: date
    last_on: date
    now: Instant


def tags(names: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(names))


def multiples(of: int, most: int, *, least: int = 0) -> st.SearchStrategy[int]:
    return st.integers(least // of, most // of).map(lambda times: times * of)


@st.composite
def day_spans(draw: st.DrawFn) -> Spans:
    """Nothing, all day, or up to three spans of any quarter of an hour."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from([(), ((0, 1440),)]))
    ends = draw(st.lists(multiples(15, 1440), min_size=2, max_size=6, unique=True).map(sorted))
    return tuple(zip(ends[::2], ends[1::2], strict=False))


def weeks() -> st.SearchStrategy[Week]:
    return st.tuples(*[day_spans()] * 7)


@st.composite
def hours(draw: st.DrawFn, timezone: str, around: date) -> Hours:
    near = st.integers(-3, 6).map(lambda days: around + timedelta(days=days))
    listed = draw(st.lists(st.tuples(near, st.integers(0, 2), day_spans()), max_size=2))
    exceptions = tuple(DatedException(on, on + timedelta(days=more), spans) for on, more, spans in listed)
    return Hours(timezone, draw(weeks()), exceptions, draw(st.frozensets(near, max_size=1)))


@st.composite
def busy_rows(draw: st.DrawFn, middle: Instant) -> Busy:
    starts_at = middle + draw(st.integers(-SPREAD_MINUTES, SPREAD_MINUTES))
    return Busy(
        draw(st.sampled_from([*BAYS, *TECHNICIANS, *CARS])),
        starts_at,
        starts_at + draw(st.one_of(st.integers(1, 300), st.integers(1, 3000))),
        draw(st.sampled_from(["job", "hold", "leave", "block", "imported"])),
    )


@st.composite
def visits(draw: st.DrawFn, middle: Instant) -> Visit:
    arrives_at = middle // 5 * 5 + draw(multiples(5, SPREAD_MINUTES)) - SPREAD_MINUTES // 2
    work_minutes = draw(multiples(5, 300, least=5))
    return Visit(arrives_at, work_minutes, draw(st.booleans()), draw(st.frozensets(st.integers(1, 2))))


@st.composite
def rules(draw: st.DrawFn) -> BookingRules:
    return BookingRules(
        slot_minutes=draw(st.sampled_from([15, 25, 60, 120])),
        horizon_days=draw(st.sampled_from([2, 60, 60])),
        arrivals_per_slot=draw(st.sampled_from([0, 0, 1, 2])),
        drop_off_until=draw(st.sampled_from([None, None, 630, 900])),
        online_share=draw(st.sampled_from([100, 100, 30, 70])),
        release_hours=draw(st.sampled_from([0, 24])),
    )


@st.composite
def workshops(draw: st.DrawFn, timezone: str, around: date) -> Workshop:
    middle = day_start(timezone, around)
    own_week = st.one_of(st.none(), st.none(), weeks())
    return Workshop(
        hours=draw(hours(timezone, around)),
        rules=draw(rules()),
        bays=tuple(Bay(each, each, draw(tags(EQUIPMENT))) for each in BAYS[: draw(st.integers(1, 3))]),
        technicians=tuple(
            Technician(each, each, draw(tags(SKILLS)), draw(own_week))
            for each in TECHNICIANS[: draw(st.integers(1, 4))]
        ),
        courtesy_cars=tuple(CourtesyCar(each, each) for each in CARS[: draw(st.integers(0, 2))]),
        busy=tuple(draw(st.lists(busy_rows(middle), max_size=25))),
        visits=tuple(draw(st.lists(visits(middle), max_size=8))),
    )


@st.composite
def demands(draw: st.DrawFn) -> Demand:
    modes: list[Mode] = ["wait", "drop_off"]
    mode = draw(st.sampled_from(modes))
    return Demand(
        mode=mode,
        work_minutes=draw(st.one_of(multiples(5, 120, least=5), multiples(5, 900, least=5))),
        equipment=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"lift"})])),
        skills=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"ev"})])),
        turnaround_minutes=draw(multiples(5, 60)),
        notice_minutes=draw(st.sampled_from([0, 120, 1440])),
        stay_days=draw(st.integers(0, 3)),
        caps=draw(st.sampled_from([(), (), ((1, 1), (2, 2))])),
        courtesy_car=mode == "drop_off" and draw(st.booleans()),
        online=draw(st.booleans()),
    )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    timezone, around = draw(st.sampled_from(PLACES))
    first_on = around + timedelta(days=draw(st.integers(-1, 1)))
    now = day_start(timezone, around) + draw(st.integers(-3 * 1440, 600))
    last_on = first_on + timedelta(days=draw(st.integers(0, 2)))
    return Question(draw(workshops(timezone, around)), draw(demands()), first_on, last_on, now)
