"""Work that lasts longer against a booking of the same bay at that very moment: one of them has the time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import retrying_once, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.jobs import prolong_late
from booking.appointments.life_cycle import Status
from booking.appointments.operations.prolong import keep_for_work
from booking.errors import SlotTakenError
from tests.concurrency.checker import find_overlaps
from tests.factories.appointments import book
from tests.factories.closings import conflicts
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.steps import step, view_of
from tests.support.clock import MovableClock
from tests.support.databases import Database

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Eight in the morning in Paris."""
HOUR = timedelta(hours=1)
TURNAROUND = timedelta(minutes=10)
SERVICE = {"minutes": 60, "turnaround_minutes": 10}


def work_on(garage: MadeGarage, clock: MovableClock, at: datetime) -> int:
    """A car that is in work from ``at`` on, planned for an hour."""
    with clock.at(at - HOUR):
        number = book(garage, at, source="desk")
        step(garage, number, Status.ARRIVED, Status.IN_PROGRESS)
    return number


def make(clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY - timedelta(days=2))
    # A long run goes on over the holidays.
    return make_garage(services=[SERVICE], rules={"slot_minutes": 5, "observe_holidays": False})


def together(app: Flask, *works: Callable[[], object]) -> list[object]:
    """Begin all at one moment, each in a thread of its own; what each returned, or how it was refused."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        with app.app_context():
            start.wait()
            try:
                return retrying_once(work)
            except SlotTakenError as refusal:
                return refusal

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.parametrize("rounds", [6, pytest.param(200, marks=pytest.mark.long)])
def test_prolonging_and_booking_never_both_have_the_bay(
    app: Flask, database: Database, clock: MovableClock, rounds: int
) -> None:
    with app.app_context():
        garage = make(clock)
    for turn in range(rounds):
        at = MONDAY + timedelta(days=7 * (turn // 5) + turn % 5)
        with app.app_context():
            late = work_on(garage, clock, at)
        wanted = at + HOUR + TURNAROUND
        clock.move_to(at + HOUR)
        pause = 0.004 * (turn % 3)  # who comes first is for the machine to say

        def desk(after: float = pause, arrives_at: datetime = wanted) -> int:
            time.sleep(after)
            return book(garage, arrives_at, source="desk")

        booked, *_ = together(app, desk, prolong_late, prolong_late)
        with app.app_context():
            technician = view_of(garage, late).place("technician")
            assert technician is not None
            if isinstance(booked, int):
                assert technician.ends_at == wanted
                assert {row.starts_at for row in view_of(garage, booked).places} == {wanted}
                assert set(conflicts(garage)) == {booked}
            else:
                assert isinstance(booked, SlotTakenError)
                assert technician.ends_at > wanted
            step(garage, late, Status.READY)
        assert not find_overlaps(database)


def test_prolonging_that_looks_at_nobody_is_refused_by_the_database(
    app: Flask, database: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        garage = make(clock)
        late = work_on(garage, clock, MONDAY)
        following = book(garage, MONDAY + HOUR + TURNAROUND, source="desk")
        clock.move_to(MONDAY + HOUR)
        monkeypatch.setattr("booking.appointments.prolonging._list_others", lambda *_, **__: [])
        with pytest.raises(SlotTakenError), scoped_to(garage.id), unit_of_work() as session:
            keep_for_work(session, garage_id=garage.id, appointment_id=late)
        assert len(view_of(garage, following).places) == 2
    assert not find_overlaps(database)
