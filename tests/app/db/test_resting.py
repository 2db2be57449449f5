"""Connections to PostgreSQL that have rested are asked before they are used, others are not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.db import session as sessions
from app.db.session import RESTS_UNASKED_SECONDS
from tests.support.databases import Database, on_postgresql

WHO = "SELECT pg_backend_pid()"


def process_of(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(connection.scalar(sa.text(WHO)) or 0)


def only_process_of(database: Database) -> int:
    """The same of a pool that has one connection alone."""
    database.engine.dispose()
    return process_of(database)


def cut(database: Database, process: int) -> None:
    """End the server's process from another pool, and wait until it is gone."""
    engine = sa.create_engine(database.engine.url, poolclass=sa.NullPool)
    gone = "SELECT pg_terminate_backend(:process, 5000)"
    with engine.connect() as connection:
        assert connection.scalar(sa.text(gone), {"process": process})


@on_postgresql
def test_one_that_was_cut_while_it_rested_is_made_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "RESTS_UNASKED_SECONDS", 0.0)
    before = only_process_of(database)
    cut(database, before)
    assert process_of(database) != before


@on_postgresql
def test_one_that_was_used_just_now_is_not_asked(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert RESTS_UNASKED_SECONDS == 1
    monkeypatch.setattr(sessions, "RESTS_UNASKED_SECONDS", 60.0)
    before = only_process_of(database)
    cut(database, before)
    with pytest.raises(sa.exc.OperationalError):
        process_of(database)
    assert process_of(database) != before  # the pool has forgotten it
