"""The ground under the tests holds: each safety net here is shown to catch what it is for."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
import sqlalchemy as sa
from flask import Flask, render_template
from jinja2 import DictLoader

from app import clock as app_clock
from app.config import Settings
from app.db.session import db
from app.extensions import SETTINGS_KEY
from app.tenancy.models import Garage
from tests.support import walls
from tests.support.client import CarefulClient, SessionLeftOpenError, watch_sessions
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql
from tests.support.postgres import PostgresServer, find_binaries, running_postgres
from tests.support.processes import KEEPER, ROOT, Keeping, KeptProcess, is_running
from tests.support.servers import Servers
from tests.support.statements import count_statements

FAR_AWAY = ("192.0.2.1", 80)  # reserved for documentation, RFC 5737
SLEEP = "import time; time.sleep(60)"
SLEEPER = (sys.executable, "-c", SLEEP)


def wait_until_gone(pid: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(pid)


# --- walls -------------------------------------------------------------------------------------


def test_a_connection_to_another_machine_fails_the_test() -> None:
    with socket.socket() as plug, pytest.raises(pytest.fail.Exception, match=r"192\.0\.2\.1"):
        plug.connect(FAR_AWAY)
    walls.take_breaches()


def test_a_name_of_another_machine_is_not_even_looked_up() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"booking\.example"):
        socket.getaddrinfo("booking.example", 443)
    walls.take_breaches()


def test_a_datagram_to_another_machine_fails_the_test() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as plug,
        pytest.raises(pytest.fail.Exception, match=r"192\.0\.2\.1"),
    ):
        plug.sendto(b"x", FAR_AWAY)
    walls.take_breaches()


def test_a_swallowed_refusal_is_still_noted() -> None:
    with socket.socket() as plug, suppress(BaseException):
        plug.connect(FAR_AWAY)
    assert len(walls.take_breaches()) == 1


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as plug:
        plug.connect(server.getsockname())
        assert plug.getpeername() == server.getsockname()


def test_a_unix_socket_may_be_reached(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as plug:
        server.bind(path)
        server.listen()
        plug.connect(path)
        assert plug.getpeername() == path


def test_a_database_nobody_asked_for_fails_the_test() -> None:
    engine = sa.create_engine("sqlite://")
    with pytest.raises(pytest.fail.Exception, match="without asking"):
        engine.connect()
    walls.take_breaches()


# --- sessions ----------------------------------------------------------------------------------


@pytest.fixture
def small_app(tmp_path: Path) -> Iterator[Flask]:
    """An application of a few lines whose views treat their session well or badly."""
    app = Flask("small")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'small.sqlite3'}"
    app.extensions[SETTINGS_KEY] = Settings(public_url="http://127.0.0.1:8000")
    app.jinja_loader = DictLoader({"page.html": "page", "text.txt": "text"})
    app.testing = True
    app.test_client_class = CarefulClient
    db.init_app(app)
    app.add_url_rule("/<view>", view_func=lambda view: VIEWS[view]())
    with walls.databases_allowed():
        watch_sessions(app)
        yield app
        with app.app_context():
            db.engine.dispose()


def leave_open() -> str:
    db.session.execute(sa.text("SELECT 1"))
    return "left open"


def end_properly() -> str:
    db.session.execute(sa.text("SELECT 1"))
    db.session.remove()
    return "ended"


def render_inside() -> str:
    db.session.execute(sa.text("SELECT 1"))
    page = render_template("page.html")
    db.session.remove()
    return page


def render_text_inside() -> str:
    db.session.execute(sa.text("SELECT 1"))
    text = render_template("text.txt")
    db.session.remove()
    return text


def keep_connection() -> str:
    KEPT.append(db.engine.connect())
    return "kept"


KEPT: list[sa.Connection] = []
VIEWS = {
    view.__name__: view
    for view in (leave_open, end_properly, render_inside, render_text_inside, keep_connection)
}


def test_a_request_that_leaves_its_session_open_fails_the_test(small_app: Flask) -> None:
    with pytest.raises(SessionLeftOpenError, match="ended with its session"):
        small_app.test_client().get("/leave_open")


def test_a_page_rendered_inside_a_transaction_fails_the_test(small_app: Flask) -> None:
    with pytest.raises(SessionLeftOpenError, match=r"page\.html was rendered inside"):
        small_app.test_client().get("/render_inside")


def test_a_connection_kept_by_a_request_fails_the_test(small_app: Flask) -> None:
    with pytest.raises(SessionLeftOpenError, match="not given back"):
        small_app.test_client().get("/keep_connection")
    KEPT.pop().close()


def test_a_message_text_may_be_rendered_inside_a_transaction(small_app: Flask) -> None:
    assert small_app.test_client().get("/render_text_inside").text == "text"


def test_a_request_that_ends_its_session_passes(small_app: Flask) -> None:
    assert small_app.test_client().get("/end_properly").text == "ended"


def test_the_client_is_not_used_inside_an_app_context(small_app: Flask) -> None:
    with small_app.app_context(), pytest.raises(AssertionError, match="leave the app context"):
        small_app.test_client().get("/end_properly")


# --- statements --------------------------------------------------------------------------------


@pytest.fixture
def numbers() -> Iterator[sa.Engine]:
    engine = sa.create_engine("sqlite://")
    with walls.databases_allowed():
        yield engine
        engine.dispose()


ONE_TO_FIVE = sa.text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n"
)


def test_statements_are_counted(numbers: sa.Engine) -> None:
    with count_statements(numbers) as seen, numbers.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        connection.execute(sa.text("SELECT 2"))
    assert seen.texts == ["SELECT 1", "SELECT 2"]


def test_fetched_rows_are_counted(numbers: sa.Engine) -> None:
    with count_statements(numbers) as seen, numbers.connect() as connection:
        connection.execute(ONE_TO_FIVE).all()
        connection.execute(ONE_TO_FIVE).fetchmany(2)
        connection.execute(ONE_TO_FIVE).first()
    assert seen.rows == 5 + 2 + 1


def test_counting_ends_with_its_block(numbers: sa.Engine) -> None:
    with count_statements(numbers) as seen:
        pass
    with numbers.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    assert seen.count == 0


# --- processes ---------------------------------------------------------------------------------


def start_sleeper(folder: Path, *, command: tuple[str, ...] = SLEEPER) -> KeptProcess:
    keeping = Keeping(grace_seconds=0.5)
    return KeptProcess.start(
        command, name="sleeper", log=folder / "log", env=dict(os.environ), keeping=keeping
    )


def test_stop_ends_a_process(tmp_path: Path) -> None:
    process = start_sleeper(tmp_path)
    process.stop()
    assert not is_running(process.pid)


def test_stop_ends_a_process_that_ignores_the_signal(tmp_path: Path) -> None:
    ignore = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True)"
    process = start_sleeper(tmp_path, command=(sys.executable, "-c", f"{ignore}; {SLEEP}"))
    while "ready" not in process.tail():
        time.sleep(0.02)
    process.stop()
    assert not is_running(process.pid)


def test_stop_ends_the_children_too(tmp_path: Path) -> None:
    parent = f"import subprocess; subprocess.Popen({list(SLEEPER)!r}); {SLEEP}"
    process = start_sleeper(tmp_path, command=(sys.executable, "-c", parent))
    while not process.children():
        time.sleep(0.02)
    (child,) = process.children()
    process.stop()
    assert wait_until_gone(child)


def test_a_process_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    keeper = [sys.executable, "-I", str(KEEPER), "--", *SLEEPER]
    starter = f"import subprocess, time; subprocess.Popen({keeper!r}, stdin=subprocess.PIPE); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, cwd=ROOT) as dying:
        assert dying.stdout is not None
        pid = int(dying.stdout.readline())
        dying.send_signal(signal.SIGKILL)
    assert wait_until_gone(pid)


def test_a_command_that_does_not_exist_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no-such-program"):
        start_sleeper(tmp_path, command=("no-such-program",))


# --- PostgreSQL --------------------------------------------------------------------------------


def test_server_programs_are_taken_from_pg_bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("initdb", "postgres"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    assert find_binaries() == tmp_path


def test_a_folder_without_postgres_is_not_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "initdb").touch(mode=0o755)
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    assert find_binaries() is None


def test_a_server_of_ones_own_is_durable_and_leaves_nothing(postgres_server: PostgresServer) -> None:
    with running_postgres(durable=True) as own:
        assert own.socket_folder != postgres_server.socket_folder
        with own.connect() as admin:
            assert admin.execute("SELECT current_setting('fsync')").fetchone() == ("on",)
        assert own.process is not None
        pid = own.process.pid
    assert not own.socket_folder.exists()
    assert not is_running(pid)


# --- clock -------------------------------------------------------------------------------------


def test_the_clock_moves_to_a_moment(clock: MovableClock) -> None:
    moment = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    clock.move_to(moment)
    assert timedelta(0) <= clock.now() - moment < timedelta(seconds=5)


def test_the_clock_advances_from_where_it_is(clock: MovableClock) -> None:
    clock.move_to(datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
    clock.advance(hours=24)
    assert clock.now().date().isoformat() == "2027-03-29"


def test_the_clock_is_true_again_after_a_reset(clock: MovableClock) -> None:
    clock.advance(days=400)
    clock.reset()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


# --- databases ---------------------------------------------------------------------------------


def count_garages(database: Database) -> int:
    with database.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(Garage)) or 0


def add_garage(database: Database) -> None:
    names = {"slug": "a", "name": "A", "country": "FR", "locale": "fr", "currency": "EUR", "accent": "#000"}
    with database.engine.begin() as connection:
        connection.execute(sa.insert(Garage).values(names))


@pytest.mark.parametrize("_round", [1, 2])
def test_every_test_begins_with_an_empty_database(database: Database, _round: int) -> None:
    before = count_garages(database)
    add_garage(database)
    assert (before, count_garages(database)) == (0, 1)


def test_an_own_database_is_apart_from_the_shared_one(database: Database, own_database: Database) -> None:
    add_garage(own_database)
    assert (count_garages(database), count_garages(own_database)) == (0, 1)


def test_an_unmigrated_database_has_no_tables(unmigrated_database: Database) -> None:
    assert sa.inspect(unmigrated_database.engine).get_table_names() == []


def test_the_application_sees_the_moved_clock(app: Flask, clock: MovableClock) -> None:
    clock.move_to(datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
    with app.app_context():
        assert app_clock.now().date().isoformat() == "2027-03-28"


@on_postgresql
def test_the_application_is_no_superuser_on_postgresql(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT current_setting('is_superuser')")) == "off"


# --- servers -----------------------------------------------------------------------------------


def test_a_real_server_answers_and_is_gone_afterwards(database: Database, servers: Servers) -> None:
    web = servers.web(database, workers=2)
    workers = web.process.children()
    with urlopen(f"{web.url}/healthz") as answer:
        assert answer.status == 200
    servers.stop()
    assert len(workers) == 2
    assert not any(is_running(pid) for pid in (web.process.pid, *workers))


def test_a_server_that_cannot_start_says_why(database: Database, servers: Servers) -> None:
    with pytest.raises(RuntimeError, match="RATE_LIMITS"):
        servers.web(database, rate_limits="no-such-limit=1/minute")
