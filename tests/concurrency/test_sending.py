"""Schedulers that are killed, doubled and stopped for hours, against the provider's own record."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from notifications.outbox.jobs import SENDING_THREADS
from notifications.outbox.links import show_short_links
from notifications.outbox.models import Message, State
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import list_rows, make_due_messages
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.processes import KeptProcess
from tests.support.quick_scheduler import READY
from tests.support.servers import Servers
from tests.support.twilio import StandIn

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
LEASE_SECONDS = 61
KILLS = pytest.mark.parametrize(("kills", "texts"), [(4, 60), pytest.param(20, 200, marks=pytest.mark.long)])
SIZES = pytest.mark.parametrize(
    ("texts", "web_workers"), [(200, 2), pytest.param(1000, 8, marks=pytest.mark.long)]
)


def due_texts(database: Database, clock: MovableClock, *, count: int) -> MadeGarage:
    """A garage with so many texts due now; the confirmation of the appointment is one of them."""
    clock.move_to(MONDAY)
    with database.app.app_context():
        garage = make_garage()
        appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
        make_due_messages(garage, appointment_id, count=count - 1, channel="sms")
    return garage


def rows_by_marker(database: Database, garage: MadeGarage) -> dict[str, Message]:
    with database.app.app_context():
        rows = list_rows(garage)
        with scoped_to(garage.id), reading() as session:
            links = show_short_links(session, garage.id, [row.id for row in rows])
    return {links[row.id].token: row for row in rows}


def states(database: Database, garage: MadeGarage) -> Counter[str]:
    with database.app.app_context():
        return Counter(row.state for row in list_rows(garage))


def wait_until(is_true: Callable[[], bool], process: KeptProcess, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert process.is_alive, process.tail()
        assert time.monotonic() < deadline, process.tail()
        time.sleep(0.02)


def settle_leases(
    database: Database, garage: MadeGarage, clock: MovableClock, scheduler: KeptProcess
) -> None:
    """Let every lease run out, and the scheduler see to all that is due."""
    clock.advance(seconds=LEASE_SECONDS)
    under_way = {State.PLANNED, State.CLAIMED, State.SENDING}
    wait_until(lambda: not under_way & states(database, garage).keys(), scheduler)


@KILLS
def test_killed_schedulers_send_no_text_twice_and_lose_none(
    database: Database,
    servers: Servers,
    twilio: StandIn,
    clock: MovableClock,
    record_property: Any,
    kills: int,
    texts: int,
) -> None:
    luck = random.Random(20)
    garage = due_texts(database, clock, count=texts)
    twilio.order(delay_seconds=0.15)
    killed = 0
    while killed < kills:
        before = twilio.count_calls()
        scheduler = servers.quick_scheduler(database, **twilio.settings)
        wait_until(lambda seen=before: twilio.count_calls() > seen, scheduler)  # type: ignore[misc]  # bound now
        time.sleep(luck.uniform(0, 0.2))
        scheduler.signal(signal.SIGKILL)
        scheduler.wait()
        killed += 1
        clock.advance(seconds=LEASE_SECONDS)
    at_the_end = states(database, garage)
    last = servers.quick_scheduler(database, **twilio.settings)
    settle_leases(database, garage, clock, last)
    after_restart = states(database, garage)
    taken = twilio.markers()
    assert max(taken.values()) == 1
    assert sum(at_the_end.values()) == sum(after_restart.values()) == texts
    assert after_restart.keys() <= {State.ACCEPTED, State.UNKNOWN}
    assert after_restart[State.UNKNOWN] <= kills * SENDING_THREADS
    found = look_in_the_list(database, garage, clock, last)
    figures = {"unsettled": dict(at_the_end), "restarted": dict(after_restart), "found": found}
    record_property("figures", figures)
    assert_true_to(taken, rows_by_marker(database, garage))


def look_in_the_list(
    database: Database, garage: MadeGarage, clock: MovableClock, scheduler: KeptProcess
) -> int:
    """Let the three looks happen; how many unknown texts the provider turned out to have."""
    unknown = states(database, garage)[State.UNKNOWN]
    for _ in range(3):
        clock.advance(minutes=21)

        def is_looked_for() -> bool:
            with database.app.app_context():
                return not [row for row in list_rows(garage, state=State.UNKNOWN) if is_due(row, clock)]

        wait_until(is_looked_for, scheduler)
    return unknown - states(database, garage)[State.UNKNOWN]


def is_due(row: Message, clock: MovableClock) -> bool:
    return row.look_up_at is not None and row.look_up_at <= clock.now()


def assert_true_to(taken: Counter[str], rows: dict[str, Message]) -> None:
    """Accepted is exactly what the provider has, under its own id; unknown is what it never got."""
    accepted = {marker for marker, row in rows.items() if row.state == State.ACCEPTED}
    assert accepted == set(taken)
    assert {row.state for marker, row in rows.items() if marker not in taken} <= {State.UNKNOWN}
    assert all(rows[marker].provider_id.startswith("SM") for marker in accepted)


def test_a_scheduler_that_marks_after_sending_sends_twice_when_killed(
    own_database: Database, servers: Servers, twilio: StandIn, clock: MovableClock
) -> None:
    garage = due_texts(own_database, clock, count=60)
    twilio.order(delay_seconds=0.15)
    for _ in range(3):
        before = twilio.count_calls()
        scheduler = servers.module(own_database, "tests.concurrency.sends_first", **twilio.settings)
        wait_until(lambda seen=before: twilio.count_calls() > seen, scheduler)  # type: ignore[misc]  # bound now
        scheduler.signal(signal.SIGKILL)
        scheduler.wait()
        clock.advance(seconds=LEASE_SECONDS)
    last = servers.module(own_database, "tests.concurrency.sends_first", **twilio.settings)
    settle_leases(own_database, garage, clock, last)
    assert max(twilio.markers().values()) > 1


@SIZES
def test_two_schedulers_beside_web_workers_send_each_text_once(
    database: Database,
    servers: Servers,
    twilio: StandIn,
    clock: MovableClock,
    record_property: Any,
    texts: int,
    web_workers: int,
) -> None:
    clock.move_to(MONDAY)
    schedulers = [servers.quick_scheduler(database, **twilio.settings) for _ in range(2)]
    servers.web(database, workers=web_workers, threads=2, **twilio.settings)
    for scheduler in schedulers:  # neither is done before the other has begun
        wait_until(lambda it=scheduler: READY in it.output(), scheduler)  # type: ignore[misc]  # bound now
    garage = due_texts(database, clock, count=texts)
    wait_until(lambda: states(database, garage) == {State.ACCEPTED: texts}, schedulers[0], seconds=120)
    owners = {row.lease_owner for row in rows_by_marker(database, garage).values()}
    record_property("senders", len(owners))
    assert set(twilio.markers().values()) == {1}
    assert len(twilio.taken()) == texts
    assert len(owners) == 2


def test_after_six_hours_without_a_scheduler_what_is_of_use_goes_out_once_and_the_rest_expires_in_sight(
    database: Database, servers: Servers, twilio: StandIn, clock: MovableClock
) -> None:
    clock.move_to(MONDAY)
    with database.app.app_context():
        garage = make_garage()
        for visit, useful_hours in enumerate((4, 28)):
            arrives_at = WEDNESDAY_NINE + timedelta(hours=visit)
            appointment_id = book(garage, arrives_at, customer=replace(BY_SMS_ONLY, phone=None))
            make_due_messages(
                garage,
                appointment_id,
                count=40,
                channel="sms",
                kind="changed",  # goes out without consent, which a visitor without a number cannot give
                useful_until=MONDAY + timedelta(hours=useful_hours),
            )
    clock.advance(hours=6)
    scheduler = servers.quick_scheduler(database, **twilio.settings)
    wait_until(lambda: State.PLANNED not in states(database, garage), scheduler)
    wait_until(lambda: not {State.CLAIMED, State.SENDING} & states(database, garage).keys(), scheduler)
    assert states(database, garage) == {State.ACCEPTED: 40, State.EXPIRED: 40}
    assert list(twilio.markers().values()) == [1] * 40


def test_asked_to_end_a_scheduler_drains_and_gives_the_rest_back(
    database: Database, servers: Servers, twilio: StandIn, clock: MovableClock
) -> None:
    garage = due_texts(database, clock, count=200)
    twilio.order(delay_seconds=0.5)
    scheduler = servers.quick_scheduler(database, **twilio.settings)
    wait_until(lambda: len(twilio.taken()) > 5, scheduler)
    asked_at = time.monotonic()
    scheduler.signal(signal.SIGTERM)
    assert scheduler.wait(timeout_seconds=30) == 0
    assert time.monotonic() - asked_at < 30
    assert states(database, garage).keys() == {State.ACCEPTED, State.PLANNED}
    assert states(database, garage)[State.ACCEPTED] == len(twilio.taken())
