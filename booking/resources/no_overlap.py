"""The database's own guard against double booking: its names, and the check that it stands."""

from __future__ import annotations

from sqlalchemy import Connection, text

NO_OVERLAP = "ex_occupancy_no_overlap"
"""Name of the exclusion constraint (PostgreSQL), and the message of the triggers (SQLite)."""

TRIGGERS = frozenset({"tr_occupancy_no_overlap_insert", "tr_occupancy_no_overlap_update"})


class GuardMissingError(RuntimeError):
    """The database would let two cars onto one bay: it was not migrated, or a rebuild lost it."""


def check_no_overlap_guard(connection: Connection) -> None:
    """Raise GuardMissingError unless the constraint (or both triggers) stand in the database."""
    if connection.dialect.name == "postgresql":
        found = connection.scalar(
            text("SELECT count(*) FROM pg_constraint WHERE conname = :name AND contype = 'x'"),
            {"name": NO_OVERLAP},
        )
        stands = found == 1
    else:
        names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        stands = set(names) >= TRIGGERS
    if not stands:
        raise GuardMissingError("the no-overlap guard is missing: run 'flask --app wsgi db upgrade'")
