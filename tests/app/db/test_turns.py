"""Writers on SQLite take turns across processes: soon after the one before, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from app.db import session as sessions
from app.db.failures import is_passing
from app.db.session import BUSY_TIMEOUT_MS
from app.db.unit_of_work import unit_of_work
from tests.support.databases import Database, on_sqlite


@pytest.fixture
def other(database: Database) -> Iterator[Connection]:
    """Another process that writes just now."""
    options = {"sqlite_begin": "IMMEDIATE"}
    with database.engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def write(app: Flask) -> int:
    """Write nothing, in our turn; the time that other statements of it would wait."""
    with app.app_context(), unit_of_work() as session:
        return int(session.scalar(text("PRAGMA busy_timeout")) or 0)


@on_sqlite
def test_a_writer_waits_for_the_one_before(database: Database, other: Connection) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(write, database.app)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.1)
        other.rollback()
        assert waiting.result(timeout=10) == BUSY_TIMEOUT_MS


@on_sqlite
def test_a_writer_whose_turn_never_comes_is_told_to_try_again(
    database: Database, other: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "BUSY_TIMEOUT_MS", 50)
    with pytest.raises(OperationalError) as told:
        write(database.app)
    assert is_passing(told.value)
