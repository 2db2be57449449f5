"""Transactions: one per use case, opened here and nowhere else.

``unit_of_work`` writes, ``reading`` reads. Both end the session, so nothing is rendered or sent
from an open transaction, and no loaded row outlives the scope it was read in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.constraints import named_error
from app.db.session import db

T = TypeVar("T")

RETRYABLE_STATES = frozenset({"40001", "40P01"})  # serialization failure, deadlock

# SQLite has one writer at a time and wakes waiters by chance; a lock in front is fair enough
# within a process and keeps its threads out of the busy handler.
_sqlite_writer = threading.Lock()


class OpenTransactionError(RuntimeError):
    """A transaction was begun while another one of the same request is open."""


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One writing transaction: commits at the end of the block, rolls back on any error.

    Raises :class:`OpenTransactionError` if one is open already, and the named refusal of a
    constraint that has one. Begins ``IMMEDIATE`` on SQLite.
    """
    session = _fresh_session()
    is_sqlite = db.engine.dialect.name == "sqlite"
    with _sqlite_writer if is_sqlite else nullcontext():
        try:
            session.connection(execution_options={"sqlite_begin": "IMMEDIATE"} if is_sqlite else None)
            yield session
            session.commit()
        except DBAPIError as error:
            session.rollback()
            refusal = named_error(error)
            if refusal is None:
                raise
            raise refusal from error
        except BaseException:
            session.rollback()
            raise
        finally:
            db.session.remove()


@contextmanager
def reading() -> Iterator[Session]:
    """One read-only transaction; rows stay usable afterwards, but load nothing further."""
    session = _fresh_session()
    try:
        yield session
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("a reading transaction has changed rows")
    finally:
        session.expunge_all()  # a rollback would empty the rows that were read
        session.rollback()
        db.session.remove()


def retrying_once(use_case: Callable[[], T]) -> T:
    """Run ``use_case``, which opens its own unit of work; once more after a deadlock.

    PostgreSQL ends one of two transactions that wait for each other or cannot be ordered; the
    work itself was sound.
    """
    try:
        return use_case()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in RETRYABLE_STATES:
            raise
        return use_case()


def _fresh_session() -> Session:
    session = db.session()
    if session.in_transaction():
        raise OpenTransactionError
    return session
