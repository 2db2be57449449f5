"""Power cuts during a stream of bookings: what a client was promised is there, and nothing by halves."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.concurrency.checker import find_halves, find_overlaps, find_references, read
from tests.concurrency.rushes import Rush, start_rush, told
from tests.factories.garages import MadeGarage, make_garage
from tests.support import walls
from tests.support.clock import MovableClock
from tests.support.databases import Database, migrate
from tests.support.postgres import OWNER, PostgresServer, running_postgres
from tests.support.servers import Servers, WebServer

MONDAY = datetime(2026, 12, 7, 7, tzinfo=UTC)
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
SLOTS = [MONDAY + timedelta(days=day, hours=hour) for day in (*range(5), *range(7, 12)) for hour in range(10)]
CLIENTS, A_SECOND = 10, 50
ROUNDS_OF_CONTROL = 5
SIZES = pytest.mark.parametrize(("seconds", "kills"), [(2, 3), pytest.param(40, 30, marks=pytest.mark.long)])
Recorder = Callable[[str, object], None]


@pytest.fixture
def crashing_postgres() -> Iterator[PostgresServer]:
    """A server of the test's own that writes to disk what it commits."""
    with running_postgres(durable=True) as server:
        yield server


@pytest.fixture
def durable_database(
    crashing_postgres: PostgresServer, tmp_path: Path, clock_file: Path
) -> Iterator[Database]:
    """A migrated database on that server."""
    with crashing_postgres.connect() as admin:
        admin.execute(f"CREATE DATABASE crashing OWNER {OWNER}")
    database = Database("postgresql", crashing_postgres.url("crashing"), tmp_path, clock_file)
    with walls.databases_allowed():
        migrate(database)
        yield database
        database.close()


def open_garage(database: Database, clock: MovableClock) -> MadeGarage:
    clock.move_to(NOW)
    hours = {day: [[480, 1080]] for day in ("mon", "tue", "wed", "thu", "fri")}
    with database.app.app_context():
        return make_garage(hours=hours, bays=20, technicians=20, rules={"slot_minutes": 60})


def stream(web: WebServer, garage: MadeGarage, *, seconds: int) -> Rush:
    """Fifty attempts a second by ten clients, for so long; nearly all find a place."""
    every_seconds = CLIENTS / A_SECOND
    attempts = int(seconds / every_seconds)
    return start_rush(
        web, garage, clients=CLIENTS, attempts=attempts, slots=SLOTS, every_seconds=every_seconds
    )


def await_first(database: Database, rush: Rush, *, known: Collection[str] = ()) -> None:
    """Wait until the stream flows: the first booking stands that was not ``known`` before."""
    while find_references(database) <= set(known):
        assert not rush.is_over
        time.sleep(0.05)


def kill_workers(web: WebServer, rush: Rush, *, kills: int, seconds: int) -> int:
    """Kill one worker after the other while the clients go on; how many were killed."""
    killed = 0
    while killed < kills and not rush.is_over:
        with suppress(ProcessLookupError):
            workers = web.process.children()
            os.kill(workers[killed % len(workers)], signal.SIGKILL) if workers else None
            killed += bool(workers)
        time.sleep(seconds / kills)
    return killed


def assert_kept(database: Database, answers: list[dict[str, Any]]) -> None:
    """Every promise is there, whole; a visit nobody was told of may be there too, but whole."""
    promised = {each for answer in answers for each in answer["references"]}
    assert len(promised) > CLIENTS
    assert promised <= find_references(database)
    assert not find_halves(database)
    assert not find_overlaps(database)
    if database.kind == "sqlite":
        assert read(database, "PRAGMA integrity_check") == [("ok",)]


@SIZES
def test_killed_web_workers_keep_every_promise(
    own_database: Database,
    servers: Servers,
    clock: MovableClock,
    record_property: Recorder,
    seconds: int,
    kills: int,
) -> None:
    garage = open_garage(own_database, clock)
    web = servers.web(own_database, workers=2, threads=4)
    rush = stream(web, garage, seconds=seconds)
    await_first(own_database, rush)
    killed = kill_workers(web, rush, kills=kills, seconds=seconds)
    answers = rush.end(patience_seconds=60 + 20 * seconds)
    record_property("killed, codes", (killed, dict(told(answers))))
    assert killed >= 2
    assert told(answers).keys() <= {"201", "409 slot_taken", "0 cut"}
    assert_kept(own_database, answers)


@pytest.mark.parametrize(("seconds", "crashes"), [(2, 1), pytest.param(40, 8, marks=pytest.mark.long)])
def test_a_killed_postgresql_keeps_every_promise(
    durable_database: Database,
    crashing_postgres: PostgresServer,
    servers: Servers,
    clock: MovableClock,
    record_property: Recorder,
    seconds: int,
    crashes: int,
) -> None:
    garage = open_garage(durable_database, clock)
    web = servers.web(durable_database, workers=2, threads=4)
    rush = stream(web, garage, seconds=seconds)
    await_first(durable_database, rush)
    for _ in range(crashes):
        crashing_postgres.crash()
        time.sleep(seconds / crashes / 2)
    answers = rush.end(patience_seconds=60 + 20 * seconds)
    record_property("crashes, codes", (crashes, dict(told(answers))))
    after = start_rush(web, garage, clients=2, attempts=20, slots=SLOTS).end()
    assert told(after)["201"] > 0
    assert_kept(durable_database, answers + after)


def test_a_postgresql_that_answers_before_it_has_written_breaks_promises_when_killed(
    durable_database: Database, crashing_postgres: PostgresServer, servers: Servers, clock: MovableClock
) -> None:
    with crashing_postgres.connect() as admin:
        admin.execute("ALTER DATABASE crashing SET synchronous_commit = off")
        admin.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        admin.execute("SELECT pg_reload_conf()")
    garage = open_garage(durable_database, clock)
    web = servers.web(durable_database, workers=2, threads=4)
    rush = stream(web, garage, seconds=2)
    await_first(durable_database, rush)
    time.sleep(1)
    crashing_postgres.crash()
    promised = {each for answer in rush.end() for each in answer["references"]}
    assert promised - find_references(durable_database)


def test_a_booking_in_two_parts_is_found_by_halves_after_a_kill(
    own_database: Database, servers: Servers, clock: MovableClock
) -> None:
    """On SQLite one booking at a time is in the middle, so that a few kills may all miss it."""
    garage = open_garage(own_database, clock)
    for _ in range(ROUNDS_OF_CONTROL):
        known = find_references(own_database)
        web = servers.web(own_database, workers=2, application="tests.concurrency.in_two_parts:create_app()")
        rush = stream(web, garage, seconds=4)
        await_first(own_database, rush, known=known)
        kill_workers(web, rush, kills=3, seconds=2)
        rush.stop()
        web.process.stop()
        if find_halves(own_database):
            break
    assert find_halves(own_database)
