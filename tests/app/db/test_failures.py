"""Which failures of the database pass by themselves: real ones, on each engine."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.db.failures import is_passing
from tests.support.databases import Database, on_postgresql, on_sqlite

TAKE = "UPDATE garage SET name = name"


def failure(connection: sa.Connection, statement: str) -> SQLAlchemyError:
    with pytest.raises(DBAPIError) as caught:
        connection.exec_driver_sql(statement)
    return caught.value


@on_sqlite
def test_a_writer_that_waited_too_long_may_try_again_on_sqlite(database: Database) -> None:
    with database.engine.connect() as first, database.engine.connect() as second:
        first.exec_driver_sql(TAKE)
        second.exec_driver_sql("PRAGMA busy_timeout = 10")
        assert is_passing(failure(second, TAKE))
        second.exec_driver_sql("PRAGMA busy_timeout = 15000")


@on_postgresql
def test_a_writer_that_waited_too_long_may_try_again_on_postgresql(database: Database) -> None:
    with database.engine.connect() as first, database.engine.connect() as second:
        first.exec_driver_sql("LOCK TABLE garage")
        second.exec_driver_sql("SET LOCAL lock_timeout = '10ms'")
        assert is_passing(failure(second, TAKE))


@on_postgresql
def test_a_connection_that_was_cut_may_be_made_again(database: Database) -> None:
    with database.engine.connect() as first, database.engine.connect() as second:
        pid = first.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        second.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        assert is_passing(failure(first, "SELECT 1"))


def test_a_wrong_statement_stays_wrong(database: Database) -> None:
    with database.engine.connect() as connection:
        assert not is_passing(failure(connection, "SELECT nothing FROM nowhere"))


def test_a_broken_rule_stays_broken(database: Database) -> None:
    with database.engine.connect() as connection:
        assert not is_passing(failure(connection, "INSERT INTO garage (slug) VALUES (NULL)"))


def test_a_pool_that_is_all_in_use_empties_again() -> None:
    assert is_passing(PoolTimeoutError())
