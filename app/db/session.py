"""The database handle and how a connection is set up on each engine.

SQLite: foreign keys on, full synchronisation, WAL where the library carries the WAL-reset fix
(sqlite.org/wal.html), the rollback journal elsewhere. PostgreSQL: psycopg 3.
"""

from __future__ import annotations

import importlib
import sqlite3
import time
from types import ModuleType
from typing import Any

import structlog
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError

from app.config import Settings
from app.db.base import Base

log = structlog.get_logger(__name__)

BUSY_TIMEOUT_MS = 15_000
ASK_AGAIN_SECONDS = 0.001
RESTS_UNASKED_SECONDS = 1.0
WAL_FIX = (3, 51, 3)
WAL_FIX_BACKPORTS = {(3, 50): 7, (3, 44): 6}
LOCK_WAIT_SECONDS = 10

db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False, "autoflush": False},
)


def configure_database(app: Flask, settings: Settings) -> None:
    """Bind ``db`` to the configured database and prepare each connection of its pool."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(settings)
    db.init_app(app)
    with app.app_context():
        if settings.is_sqlite:
            _prepare_sqlite(db.engine)
        else:
            _prepare_postgresql(db.engine)


def _engine_options(settings: Settings) -> dict[str, Any]:
    if settings.is_sqlite:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        return {"module": sqlite_module(), "pool_size": 20, "hide_parameters": True}
    # A transaction pooler hands one server connection to many clients: no start-up options there,
    # and no prepared statements.
    pooled: dict[str, Any] = {"prepare_threshold": None}
    direct: dict[str, Any] = {"options": f"-c lock_timeout={LOCK_WAIT_SECONDS}s"}
    connect = pooled if settings.db_pooler else direct
    return {
        "connect_args": connect,
        "pool_size": 10,
        "max_overflow": 10,
        "hide_parameters": True,  # errors are logged: they must not name customers
    }


def sqlite_module() -> ModuleType:
    """The ``pysqlite3`` wheel, which carries a library with the WAL-reset fix, else the standard one."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def has_wal_fix(version: tuple[int, ...]) -> bool:
    """Whether an SQLite library of this version is safe in WAL mode (sqlite.org/wal.html#walresetbug)."""
    backport = WAL_FIX_BACKPORTS.get((version[0], version[1]))
    return version >= WAL_FIX or (backport is not None and version[2] >= backport)


def _prepare_sqlite(engine: Engine) -> None:
    version = tuple(int(part) for part in sqlite_module().sqlite_version.split("."))
    journal = "WAL" if has_wal_fix(version) else "DELETE"
    log.info("sqlite", version=".".join(map(str, version)), journal_mode=journal)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we begin ourselves, below
        for pragma in (
            f"journal_mode={journal}",
            "synchronous=FULL",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A deferred transaction that turns into a writer fails at once with SQLITE_BUSY_SNAPSHOT,
        # so writers say so at their start.
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        if mode == "IMMEDIATE":
            _take_turn(connection)
        else:
            connection.exec_driver_sql(f"BEGIN {mode}")


def _prepare_postgresql(engine: Engine) -> None:
    # Several rows of one table are one statement, not one after the other.
    engine.dialect.use_insertmanyvalues_wo_returning = True

    @event.listens_for(engine, "checkin")
    def _rest(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _wake(connection: Any, record: Any, _proxy: object) -> None:
        """One that has rested may have been cut meanwhile: it is asked, and another one made in its place.

        One that was used just now need not be: a question and its answer cost as much as a small read.
        """
        since = record.info.pop("rests_since", None)
        if since is None or time.monotonic() - since < RESTS_UNASKED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def _take_turn(connection: Connection) -> None:
    """Begin as the one writer, asking again every millisecond while another process writes.

    SQLite's own way of waiting sleeps longer and longer, up to a tenth of a second, through which others
    begin. Raises OperationalError where nobody lets go within the usual time.
    """
    driver: Any = connection.connection.driver_connection
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while not _begin_now(connection, driver, is_last=time.monotonic() > deadline):
            time.sleep(ASK_AGAIN_SECONDS)
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def _begin_now(connection: Connection, driver: Any, *, is_last: bool) -> bool:
    """Whether it is our turn; the last time it is asked for as any statement, so that a refusal is told."""
    if is_last:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return True
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite_module().OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    return True
