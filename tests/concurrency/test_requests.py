"""Requests whose time is over, under several schedulers and a desk that decides at that very moment."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.jobs import expire_requests
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment, AppointmentEvent
from booking.errors import RequestExpiredError
from booking.resources.models import Occupancy
from notifications.outbox.models import Message
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.steps import decline, step, view_of
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.quick_scheduler import LOOK_SECONDS
from tests.support.servers import Servers

MADE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
EXPIRES = MADE + timedelta(hours=24)
REQUESTS = 16
ROUNDS = 8
PATIENCE_SECONDS = 60


def ask(clock: MovableClock, count: int) -> MadeGarage:
    """A garage that decides first, with so many requests made online at one moment."""
    clock.move_to(MADE)
    garage = make_garage(bays=4, technicians=4, rules={"approval": True})
    with clock.at(MADE):
        for number in range(count):
            book(garage, MONDAY + timedelta(days=number // 4))
    return garage


def states(garage: MadeGarage) -> Counter[str]:
    with scoped_to(garage.id), reading() as session:
        return Counter(session.scalars(select(Appointment.status).where(Appointment.garage_id == garage.id)))


def ends(garage: MadeGarage) -> list[int]:
    """How many times each request came to an end, by the history."""
    rows = select(AppointmentEvent.appointment_id).where(
        AppointmentEvent.garage_id == garage.id, AppointmentEvent.from_status == Status.REQUESTED
    )
    with scoped_to(garage.id), reading() as session:
        return sorted(Counter(session.scalars(rows)).values())


def count(garage: MadeGarage, model: type[Occupancy] | type[Message], **same: object) -> int:
    with scoped_to(garage.id), reading() as session:
        return len(session.scalars(select(model.id).filter_by(garage_id=garage.id, **same)).all())


@pytest.mark.processes
def test_under_three_schedulers_each_request_expires_once(
    database: Database, clock: MovableClock, servers: Servers
) -> None:
    with database.app.app_context():
        garage = ask(clock, REQUESTS)
        clock.move_to(EXPIRES)
        schedulers = [servers.quick_scheduler(database) for _ in range(3)]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while states(garage)[Status.EXPIRED] < REQUESTS:
            assert time.monotonic() < deadline, states(garage)
            time.sleep(0.05)
        time.sleep(3 * LOOK_SECONDS)
        assert all(process.is_alive for process in schedulers)
        assert ends(garage) == [1] * REQUESTS
        assert count(garage, Occupancy) == 0
        assert count(garage, Message, kind="expired", channel="email") == REQUESTS


def together(app: Flask, *works: Callable[[], object]) -> list[object]:
    """Begin all at one moment, each in a thread of its own; what each returned or raised."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        with app.app_context():
            start.wait()
            try:
                return work()
            except RequestExpiredError as refusal:
                return refusal

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_a_decision_and_the_end_of_time_never_both_count(app: Flask, clock: MovableClock) -> None:
    """The clock stands before the end for nobody: the desk is refused or was first, never half."""
    with app.app_context():
        garage = ask(clock, ROUNDS)
        numbers = _numbers(garage)
    for turn, number in enumerate(numbers):
        clock.move_to(EXPIRES - timedelta(milliseconds=30))
        decide = _accept if turn % 2 else _decline
        answers = together(app, lambda d=decide, n=number: d(garage, n), _wait_and_expire, _wait_and_expire)  # type: ignore[misc]
        with app.app_context():
            view = view_of(garage, number)
            assert view.status in {Status.CONFIRMED, Status.DECLINED, Status.EXPIRED}
            assert isinstance(answers[0], RequestExpiredError) is (view.status == Status.EXPIRED)
            assert bool(view.places) is (view.status == Status.CONFIRMED)
            assert view.appointment.version == 2
    with app.app_context():
        assert ends(garage)[-1] == 1


def _numbers(garage: MadeGarage) -> list[int]:
    with scoped_to(garage.id), reading() as session:
        rows = select(Appointment.id).where(Appointment.garage_id == garage.id).order_by(Appointment.id)
        return list(session.scalars(rows))


def _accept(garage: MadeGarage, number: int) -> None:
    time.sleep(0.03)
    step(garage, number, Status.CONFIRMED, version=1)


def _decline(garage: MadeGarage, number: int) -> None:
    time.sleep(0.03)
    decline(garage, number, version=1)


def _wait_and_expire() -> None:
    time.sleep(0.03)
    expire_requests()
