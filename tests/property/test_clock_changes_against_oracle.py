"""Around every clock change, the engine opens and offers what the wall clock says.

One year of forty zones; at full length ten years of every zone that there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import product
from zoneinfo import available_timezones

import pytest

from booking.availability.engine.model import Bay, BookingRules, Demand, Hours, Spans, Technician, Workshop
from booking.availability.engine.search import list_slots
from tests.property.draws_hours import transition_dates
from tests.property.oracle import oracle_slots
from tests.property.oracle_time import EPOCH_ON, MINUTES_A_TICK, ONE_DAY, opening_ticks, shown_on

FIRST_ON, LAST_ON = date(2026, 7, 1), date(2027, 7, 1)
LONG_LAST_ON = date(2036, 12, 1)
ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "America/Adak",
    "America/Anchorage",
    "America/Chicago",
    "America/Denver",
    "America/Halifax",
    "America/Havana",
    "America/Los_Angeles",
    "America/Miquelon",
    "America/New_York",
    "America/Nuuk",
    "America/Port-au-Prince",
    "America/Santiago",
    "America/Scoresbysund",
    "America/St_Johns",
    "America/Thule",
    "Antarctica/Macquarie",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Famagusta",
    "Asia/Gaza",
    "Asia/Hebron",
    "Asia/Jerusalem",
    "Atlantic/Azores",
    "Atlantic/Canary",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Athens",
    "Europe/Chisinau",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Paris",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Norfolk",
)
CHUNKS = 12
ZONES_THAT_CHANGE = 200  # of some 600, by the tz database of 2026
HOURS: tuple[Spans, ...] = (
    ((0, 1440),),
    ((0, 30), (1330, 1440)),
    ((60, 150), (155, 170)),
    ((135, 165),),
    ((15, 45), (90, 145), (1395, 1420)),
)

DEMANDS = (Demand(mode="wait", work_minutes=45), Demand(mode="drop_off", work_minutes=45))


def workshop(timezone: str, spans: Spans, slot_minutes: int) -> Workshop:
    hours = Hours(timezone, (spans,) * 7)
    rules = BookingRules(slot_minutes=slot_minutes)
    return Workshop(hours, rules, (Bay(1, 0),), (Technician(2, 0),))


def days_around_changes(timezone: str, last_on: date) -> list[date]:
    """Return the dates before, of and after each change; some date at all where there is none."""
    changed = transition_dates(timezone, FIRST_ON, last_on) or (FIRST_ON,)
    return sorted({on + days * ONE_DAY for on in changed for days in (-1, 0, 1)})


def assert_opens_as_the_wall_says(timezone: str, spans: Spans, on: date) -> None:
    """Every open tick, and no other, is an arrival for 5 minutes of work on a grid of 5 minutes."""
    shop = workshop(timezone, spans, MINUTES_A_TICK)
    demand = Demand(mode="wait", work_minutes=MINUTES_A_TICK)
    slots = list_slots(shop, demand, first_on=on, last_on=on, now=long_before(on))
    open_ticks = [slot.arrives_at // MINUTES_A_TICK for slot in slots]
    parts = opening_ticks(shop.hours, on), opening_ticks(shop.hours, on - ONE_DAY)
    assert open_ticks == sorted(shown_on(timezone, on, *parts)), (timezone, on, spans)


def assert_offers_as_the_oracle(timezone: str, spans: Spans, on: date) -> None:
    shop = workshop(timezone, spans, 30)
    for demand in DEMANDS:
        slots = list_slots(shop, demand, first_on=on, last_on=on, now=long_before(on))
        assert slots == oracle_slots(shop, demand, on, on, long_before(on)), (timezone, on, spans, demand)


def long_before(on: date) -> int:
    return ((on - EPOCH_ON).days - 3) * 1440


@pytest.mark.time
@pytest.mark.parametrize("timezone", ZONES)
def test_opening_follows_the_wall_clock(timezone: str) -> None:
    for on, spans in product(days_around_changes(timezone, LAST_ON), HOURS):
        assert_opens_as_the_wall_says(timezone, spans, on)


@pytest.mark.time
@pytest.mark.parametrize("timezone", ZONES)
def test_slots_follow_the_wall_clock(timezone: str) -> None:
    for on, spans in product(days_around_changes(timezone, LAST_ON), HOURS):
        assert_offers_as_the_oracle(timezone, spans, on)


@pytest.mark.time
@pytest.mark.long
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_zone_follows_the_wall_clock_for_ten_years(
    chunk: int, record_property: Callable[[str, object], None]
) -> None:
    days: Counter[str] = Counter()
    for timezone in sorted(available_timezones())[chunk::CHUNKS]:
        for on, spans in product(days_around_changes(timezone, LONG_LAST_ON), HOURS):
            assert_opens_as_the_wall_says(timezone, spans, on)
            assert_offers_as_the_oracle(timezone, spans, on)
            days[timezone] += 1
    changing = [timezone for timezone, seen in days.items() if seen > 3 * len(HOURS)]
    record_property("zones, of them changing, days", (len(days), len(changing), days.total() // len(HOURS)))
    assert len(changing) >= ZONES_THAT_CHANGE // CHUNKS // 2
