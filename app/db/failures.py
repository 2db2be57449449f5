"""Failures of the database that are nobody's fault and pass: asking again later may work."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

SQLITE_PASSING = ("BUSY", "LOCKED", "FULL", "READONLY", "IOERR", "CANTOPEN", "PROTOCOL", "NOMEM")
"""Primary result codes (sqlite.org/rescode.html) that tell of the surroundings, not of the statement."""


def is_passing(error: SQLAlchemyError) -> bool:
    """Whether the database was out of reach, locked for too long, or out of space.

    PostgreSQL's driver raises OperationalError for just these; SQLite's raises it for a misspelt
    statement as well, so its result code decides.
    """
    if isinstance(error, PoolTimeoutError):
        return True  # every connection of the pool is in use
    if not isinstance(error, DBAPIError):
        return False
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return str(name).removeprefix("SQLITE_").startswith(SQLITE_PASSING)
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
