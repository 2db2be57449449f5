"""Real ``scheduler`` and ``serve`` processes: they send what is due, refuse a wrong start, end well."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
import sqlalchemy as sa

from notifications.outbox.jobs import SENDING_THREADS
from notifications.outbox.models import State
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder, list_rows, make_due_messages
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.processes import is_running
from tests.support.servers import Servers, free_port

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)


def wait_for(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.05)


@pytest.fixture
def garage(database: Database, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    with database.app.app_context():
        return make_garage()


def is_all_sent(database: Database, garage: MadeGarage) -> bool:
    with database.app.app_context():
        return {row.state for row in list_rows(garage)} == {State.ACCEPTED}


def test_a_scheduler_sends_the_confirmation_and_the_reminder_in_its_time(
    database: Database, garage: MadeGarage, clock: MovableClock, servers: Servers
) -> None:
    with database.app.app_context():
        add_reminder(garage, hours_before=24)
        book(garage, WEDNESDAY_NINE)
        servers.scheduler(database)
        wait_for(lambda: len(list_rows(garage, kind="confirmed", state=State.ACCEPTED)) == 2)
        assert len(list_rows(garage, kind="reminder", state=State.PLANNED)) == 1
        clock.move_to(WEDNESDAY_NINE - timedelta(hours=24))
        wait_for(lambda: len(list_rows(garage, kind="reminder", state=State.ACCEPTED)) == 1)


def test_two_schedulers_send_each_message_once(
    database: Database, garage: MadeGarage, servers: Servers
) -> None:
    with database.app.app_context():
        make_due_messages(garage, book(garage, WEDNESDAY_NINE), count=100)
    schedulers = [servers.scheduler(database) for _ in range(2)]
    wait_for(lambda: is_all_sent(database, garage), seconds=40)
    with database.app.app_context():
        # A second sending would count as a second attempt, a second claim would raise the fence.
        assert {(row.attempts, row.fence) for row in list_rows(garage)} == {(1, 1)}
    assert all(process.is_alive for process in schedulers)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@on_sqlite
def test_a_scheduler_ends_well_when_asked(
    database: Database, garage: MadeGarage, servers: Servers, number: signal.Signals
) -> None:
    process = servers.scheduler(database)
    with database.app.app_context():
        book(garage, WEDNESDAY_NINE)
    wait_for(lambda: is_all_sent(database, garage))
    process.signal(number)
    assert process.wait() == 0
    assert "Traceback" not in process.tail()


def test_a_scheduler_killed_leaves_nothing_that_another_does_not_take_up(
    database: Database, garage: MadeGarage, clock: MovableClock, servers: Servers
) -> None:
    with database.app.app_context():
        make_due_messages(garage, book(garage, WEDNESDAY_NINE), count=200)
        first = servers.scheduler(database)
        wait_for(lambda: len(list_rows(garage, state=State.ACCEPTED)) > 5)
        first.signal(signal.SIGKILL)
        first.wait()
        clock.advance(seconds=61)
        servers.scheduler(database)
        wait_for(
            lambda: {row.state for row in list_rows(garage)} <= {State.ACCEPTED, State.UNKNOWN}, seconds=40
        )
        assert len(list_rows(garage, state=State.UNKNOWN)) <= SENDING_THREADS


@on_postgresql
def test_a_scheduler_outlives_a_database_that_goes_away(
    database: Database, garage: MadeGarage, servers: Servers
) -> None:
    process = servers.scheduler(database)
    with database.app.app_context():
        book(garage, WEDNESDAY_NINE)
        wait_for(lambda: is_all_sent(database, garage))
    with database.engine.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND usename = current_user"
                " AND datname = current_database()"
            )
        )
    database.engine.dispose()
    with database.app.app_context():
        book(garage, WEDNESDAY_NINE + timedelta(hours=1))
        wait_for(lambda: is_all_sent(database, garage))
    assert process.is_alive


# --- serve: each start of it loads the product three times ---------------------------------------

ON_A_SIGNAL = [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)]
ON_A_TERMINAL = [signal.SIGINT, pytest.param(signal.SIGHUP, marks=pytest.mark.long)]


@pytest.mark.parametrize("number", ON_A_SIGNAL)
@on_sqlite
def test_serve_answers_and_sends_until_it_is_asked_to_end_both(
    database: Database, garage: MadeGarage, servers: Servers, number: signal.Signals
) -> None:
    server = servers.serve(database)
    with urlopen(f"{server.url}/healthz") as answer:
        assert answer.status == 200
    with database.app.app_context():
        book(garage, WEDNESDAY_NINE)
    wait_for(lambda: is_all_sent(database, garage))
    children = server.process.children()
    assert len(children) == 2
    server.process.signal(number)
    assert server.process.wait() == 0
    assert not any(is_running(pid) for pid in children)


@pytest.mark.parametrize("number", ON_A_TERMINAL)
@on_sqlite
def test_serve_ends_at_once_when_a_terminal_signals_its_whole_group(
    database: Database, servers: Servers, number: signal.Signals
) -> None:
    process = servers.serve(database, workers=2).process
    wait_for(lambda: len(process.children()) == 2)
    children = process.children()
    os.killpg(process.pid, number)
    assert process.wait() == 0
    assert not any(is_running(pid) for pid in children)


@pytest.mark.parametrize("victim", ["scheduler", pytest.param("gunicorn", marks=pytest.mark.long)])
@on_sqlite
def test_serve_ends_the_other_when_one_dies(database: Database, servers: Servers, victim: str) -> None:
    process = servers.serve(database).process
    wait_for(lambda: len(process.children()) == 2)
    children = process.children()
    kill(children, victim)
    assert process.wait(timeout_seconds=30) == 128 + signal.SIGKILL
    assert not any(is_running(pid) for pid in children)


@pytest.mark.parametrize("command", ["serve", "scheduler"])
@on_sqlite
def test_nothing_starts_on_a_database_that_is_not_migrated(
    unmigrated_database: Database, servers: Servers, command: str
) -> None:
    with pytest.raises(RuntimeError, match="flask --app wsgi db upgrade"):
        servers.command(unmigrated_database, command)


@on_sqlite
def test_no_web_worker_starts_on_a_database_that_is_not_migrated(
    unmigrated_database: Database, servers: Servers
) -> None:
    with pytest.raises(RuntimeError, match="flask --app wsgi db upgrade"):
        servers.web(unmigrated_database)


@on_sqlite
def test_a_web_worker_born_while_the_database_is_away_waits_for_it(
    database: Database, servers: Servers
) -> None:
    nobody = f"postgresql://garagenda@127.0.0.1:{free_port()}/garagenda"
    assert servers.unready_web(database, database_url=nobody).process.is_alive


@on_sqlite
def test_a_wrong_setting_is_told_in_one_line(database: Database, servers: Servers) -> None:
    with pytest.raises(RuntimeError) as refused:
        servers.command(database, "serve", secret_key="short")
    assert str(refused.value).splitlines()[1:] == [
        "Error: GARAGENDA_SECRET_KEY is required: 32 random characters or more"
    ]


@on_sqlite
def test_nothing_starts_without_the_guard_against_double_booking(
    own_database: Database, servers: Servers
) -> None:
    with own_database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER tr_occupancy_no_overlap_insert")
    with pytest.raises(RuntimeError, match="no-overlap guard is missing"):
        servers.command(own_database, "serve")


@on_sqlite
def test_the_web_process_itself_sends_nothing(
    database: Database, garage: MadeGarage, servers: Servers
) -> None:
    web = servers.web(database)
    with database.app.app_context():
        book(garage, WEDNESDAY_NINE)
        for _ in range(10):
            urlopen(f"{web.url}/readyz").close()
            time.sleep(0.05)
        assert {row.state for row in list_rows(garage)} == {State.PLANNED}


def kill(children: list[int], name: str) -> None:
    pid = next(
        pid for pid in children if name in Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    )
    os.kill(pid, signal.SIGKILL)
