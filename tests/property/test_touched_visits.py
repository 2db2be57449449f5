"""Every visit that leave, a block or a closing touches is named and listed, and none beside.

The oracle looks minute by minute at the wall clock of the workshop, and shares nothing with the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.queries import AppointmentView, list_views
from booking.appointments.touched import Request
from booking.errors import ClosedAnywayError, SlotTakenError
from booking.resources.models import Resource
from booking.resources.requests import AwayRequest, ClosingRequest, RepeatRequest
from booking.resources.rhythm import Rhythm
from tests.factories.appointments import book
from tests.factories.closings import away, conflicts, resource_id, store, touched_by
from tests.factories.garages import MadeGarage, make_garage
from tests.support.clock import MovableClock

PARIS = ZoneInfo("Europe/Paris")
FIRST_ON = date(2027, 3, 24)
"""A Wednesday; the clocks change on the Sunday after it."""
DAYS = 8
OPEN = dict.fromkeys(range(5), ((480, 720), (810, 1080))) | {6: ((60, 600),)}
OWN = ((540, 700), (840, 1020))
HOURS = {
    **{day: [[480, 720], [810, 1080]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "sun": [[60, 600]],
}
NAMES = ("Bay 1", "Bay 2", "Tech 1", "Tech 2", "Car 1")
MINUTE = timedelta(minutes=1)
BOOKINGS, REQUESTS = 40, 5
SEEDS, LONG_SEEDS = 6, 120


@dataclass
class Oracle:
    """What is closed by now, and which visits stand; ``listed`` are those in conflict."""

    views: list[AppointmentView]
    closed: list[ClosingRequest]
    listed: set[int]

    def touched(self, request: Request) -> set[int]:
        if not isinstance(request, ClosingRequest):
            return {view.id for view in self.views if lies_in(view, request)}
        after = [*self.closed, request]
        return {view.id for view in self.views if shut(view, self.closed, after)}


def lies_in(view: AppointmentView, request: AwayRequest | RepeatRequest) -> bool:
    return any(
        place.resource_id == request.resource_id
        and any(
            starts_at <= at < ends_at
            for at in minutes(place.starts_at, place.ends_at)
            for starts_at, ends_at in request.spans
        )
        for place in view.places
    )


def shut(view: AppointmentView, before: list[ClosingRequest], after: list[ClosingRequest]) -> bool:
    """Whether a minute of its arrival or of its work was open before, and is not after."""
    visit = view.appointment
    assert visit.work_starts_at is not None
    assert visit.work_ends_at is not None
    has_own = any(place.name == "Tech 2" for place in view.places)
    looked_at = [(visit.arrives_at, False)]
    looked_at += [(at, has_own) for at in minutes(visit.work_starts_at, visit.work_ends_at)]
    return any(is_open(at, before, own=own) and not is_open(at, after, own=own) for at, own in looked_at)


def is_open(at: datetime, closed: list[ClosingRequest], *, own: bool) -> bool:
    wall = at.astimezone(PARIS)
    minute = wall.hour * 60 + wall.minute
    weekly = any(opens <= minute < closes for opens, closes in OPEN.get(wall.weekday(), ()))
    works = not own or any(opens <= minute < closes for opens, closes in OWN)
    return weekly and works and not any(covers(each, wall.date(), minute) for each in closed)


def covers(closing: ClosingRequest, on: date, minute: int) -> bool:
    opens, closes = closing.span or (0, 1440)
    return (closing.first_on, opens) <= (on, minute) < (closing.last_on, closes)


def minutes(starts_at: datetime, ends_at: datetime) -> Iterator[datetime]:
    while starts_at < ends_at:
        yield starts_at
        starts_at += MINUTE


def draw_request(random: Random, garage: MadeGarage) -> Request:
    on = FIRST_ON + timedelta(days=random.randrange(DAYS))
    if random.random() < 0.2:
        opens, closes = sorted(random.sample(range(0, 1441, 5), 2))
        weekdays = tuple(random.sample(range(7), random.randrange(1, 4)))
        rhythm = Rhythm(weekdays, random.randrange(1, 3), on, on + timedelta(days=20), opens, closes)
        if rhythm.dates():
            number = resource_id(garage, random.choice(NAMES))
            return RepeatRequest(number, rhythm, rhythm.spans(garage.workshop.timezone))
    if random.random() < 0.5:
        starts_at = wall_time(on, random.randrange(0, 1440, 5))
        ends_at = starts_at + timedelta(minutes=random.choice((5, 60, 300, 2880, 30_000)))
        return away(garage, random.choice(NAMES), starts_at, ends_at)
    if random.random() < 0.4:
        return ClosingRequest(on, on + timedelta(days=random.randrange(4)))
    opens, closes = sorted(random.sample(range(0, 1441, 5), 2))
    if random.random() < 0.4:  # from a time of one day to any time of a later one
        later = on + timedelta(days=random.randrange(1, 4))
        return ClosingRequest(on, later, (opens if opens < 1440 else 0, random.choice((closes, opens or 5))))
    return ClosingRequest(on, on, (opens, closes))


def wall_time(on: date, minute: int) -> datetime:
    return datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=PARIS).astimezone(UTC)


def fill(random: Random, garage: MadeGarage) -> list[AppointmentView]:
    """Visits wherever chance finds a place."""
    booked = []
    for _attempt in range(BOOKINGS):
        on = FIRST_ON + timedelta(days=random.randrange(DAYS - 2))
        mode = random.choice(("wait", "drop_off"))
        lent = mode == "drop_off" and random.random() < 0.3
        at = wall_time(on, random.choice((60, 300, *range(480, 720, 30), *range(810, 1050, 30))))
        with suppress(SlotTakenError):
            services = (random.choice(("oil", "gearbox")),)
            booked.append(book(garage, at, services=services, mode=mode, courtesy_car=lent))
    with scoped_to(garage.id), reading() as session:
        return list_views(session, garage.id, booked)


def make_drawn(seed: int) -> MadeGarage:
    made = make_garage(
        slug=f"drawn-{seed}",
        hours=HOURS,
        rules={"observe_holidays": False},  # the week holds Easter Monday, which the oracle does not know
        bays=2,
        technicians=2,
        courtesy_cars=1,
        services=[{}, {"code": "gearbox", "minutes": 300, "stay_days": 3}],
    )
    with scoped_to(made.id), unit_of_work() as session:
        rows = select(Resource).where(Resource.garage_id == made.id, Resource.name == "Tech 2")
        week = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        session.scalars(rows).one().hours = {day: [list(span) for span in OWN] for day in week}
    return made


def check(seed: int) -> int:
    """Enter what this seed draws, one after the other; how many visits were touched in all."""
    random = Random(seed)
    garage = make_drawn(seed)
    oracle = Oracle(fill(random, garage), [], set())
    for _number in range(REQUESTS):
        request = draw_request(random, garage)
        expected = oracle.touched(request)
        try:
            assert set(touched_by(garage, request)) == expected, (seed, request)
            store(garage, request)
        except ClosedAnywayError:
            assert not expected, (seed, request)
            continue
        if isinstance(request, ClosingRequest):
            oracle.closed.append(request)
        oracle.listed |= expected
        assert set(conflicts(garage)) == oracle.listed, (seed, request)
    return len(oracle.listed)


@pytest.mark.time
def test_all_that_is_touched_is_named_and_listed_and_nothing_else(
    app_context: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2027, 3, 23, 8, 0, tzinfo=UTC))
    assert sum(check(seed) for seed in range(SEEDS)) > 3 * SEEDS


@pytest.mark.long
@pytest.mark.time
def test_all_that_is_touched_is_named_and_listed_at_full_size(
    app_context: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2027, 3, 23, 8, 0, tzinfo=UTC))
    assert sum(check(seed) for seed in range(SEEDS, SEEDS + LONG_SEEDS)) > 3 * LONG_SEEDS
