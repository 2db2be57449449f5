"""The database's own watch over the set-up: triggers that raise a calendar's ``set_up_version``."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

EVENTS = ("insert", "update", "delete")

_watched: set[str] = set()


class WatchMissingError(RuntimeError):
    """What is kept of a set-up would outlive a change of it: not migrated, or a rebuild lost a trigger."""


def watch_set_up(tables: Iterable[str]) -> None:
    """Say that something is kept of these tables by ``set_up_version``; a migration adds the triggers."""
    _watched.update(tables)


def list_watched() -> list[str]:
    """The tables of which something is kept."""
    return sorted(_watched)


def check_set_up_watch(connection: Connection) -> None:
    """Raise WatchMissingError unless every trigger stands in the database."""
    is_postgresql = connection.dialect.name == "postgresql"
    names = (
        "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
        if is_postgresql
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    wanted = {f"tr_{table}_set_up_{event}" for table in _watched for event in EVENTS}
    missing = wanted.difference(connection.scalars(text(names)))
    if missing:
        raise WatchMissingError(
            f"the set-up is not watched: {', '.join(sorted(missing))}; run 'flask --app wsgi db upgrade'"
        )
