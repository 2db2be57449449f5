"""Fixtures for every test: databases on both engines, the application, its client, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask

from app import clock as app_clock
from tests.support import walls
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import KINDS, Database, DatabaseStock, Kind
from tests.support.machine import NODE_MODULES, memory_folder, server_of
from tests.support.postgres import PostgresServer
from tests.support.servers import Servers, lean_environ
from tests.support.twilio import StandIn, start_stand_in
from tests.support.warm_start import WarmStart

pytest_plugins = ["tests.support.run", "tests.support.long_table"]


@pytest.fixture(autouse=True)
def _walls() -> Iterator[None]:
    """A refusal counts even when the code under test has swallowed it."""
    walls.take_breaches()
    yield
    breaches = walls.take_breaches()
    assert not breaches, "; ".join(breaches)


@pytest.fixture(scope="session")
def clock_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with this test process's clock offset."""
    return tmp_path_factory.mktemp("clock") / "offset"


@pytest.fixture
def clock(clock_file: Path) -> Iterator[MovableClock]:
    """The product's clock, movable; true again after the test."""
    app_clock.configure(clock_file)
    movable = MovableClock(clock_file)
    movable.reset()
    yield movable
    movable.reset()


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> PostgresServer:
    """The run's one PostgreSQL server."""
    return server_of(pytestconfig)


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder of Node's packages (Prism, ical.js); a test that asks for it is left out without them."""
    return NODE_MODULES


@pytest.fixture(scope="session")
def database_stock(clock_file: Path, pytestconfig: pytest.Config, worker_id: str) -> Iterator[DatabaseStock]:
    """Where this process's databases come from."""
    with TemporaryDirectory(prefix="garagenda-", dir=memory_folder()) as folder:
        stock = DatabaseStock(
            folder=Path(folder),
            clock_file=clock_file,
            worker=worker_id,
            start_server=lambda: server_of(pytestconfig),
        )
        yield stock
        stock.close()


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> Kind:
    """``sqlite`` or ``postgresql``: every test that comes by here runs on both."""
    kind: Kind = request.param
    return kind


@pytest.fixture
def database(database_kind: Kind, database_stock: DatabaseStock) -> Iterator[Database]:
    """An empty migrated database, shared by the tests of this process one after the other."""
    with walls.databases_allowed():
        shared = database_stock.shared(database_kind)
        shared.wipe()
        yield shared
        shared.close_others()
        left = shared.open_connections()
        shared.engine.dispose() if left else None
    assert left == 0, f"{left} database connections were not given back by the end of the test"


@pytest.fixture
def own_database(database_kind: Kind, database_stock: DatabaseStock) -> Iterator[Database]:
    """An empty migrated database of the test's own, for those that change its schema or break it."""
    with walls.databases_allowed(), database_stock.own(database_kind, name="own") as database:
        yield database


@pytest.fixture
def unmigrated_database(database_kind: Kind, database_stock: DatabaseStock) -> Iterator[Database]:
    """A database without tables, for tests of migrations."""
    with walls.databases_allowed(), database_stock.unmigrated(database_kind, name="bare") as database:
        yield database


@pytest.fixture
def app(database: Database, clock: MovableClock) -> Flask:
    """The application on ``database``. No app context is pushed."""
    return database.app


@pytest.fixture
def app_context(app: Flask) -> Iterator[Flask]:
    """The application with its context pushed, for tests that call operations and queries directly."""
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> CarefulClient:
    """A visitor without cookies; fails the test when a request leaves its session open."""
    client = app.test_client()
    assert isinstance(client, CarefulClient)
    return client


@pytest.fixture(scope="session")
def warm_start() -> Iterator[WarmStart]:
    """The program whose copies are this process's servers and schedulers."""
    with TemporaryDirectory(prefix="garagenda-") as folder:  # a socket's path must stay below 107 bytes
        warm = WarmStart(Path(folder), lean_environ())
        yield warm
        warm.stop()


@pytest.fixture
def servers(request: pytest.FixtureRequest, tmp_path: Path, warm_start: WarmStart) -> Iterator[Servers]:
    """Starts real web servers and schedulers; all are ended after the test, their logs shown if it failed."""
    running = Servers(folder=tmp_path, warm=warm_start)
    try:
        yield running
    finally:
        running.stop()
        for process in running.processes:
            request.node.add_report_section("teardown", f"log of {process.name}", process.tail())


@pytest.fixture
def twilio(servers: Servers, clock_file: Path) -> StandIn:
    """A stand-in for the SMS provider, a process of its own."""
    return start_stand_in(servers, clock_file)
