"""Bringing rows into line with the file, writing only what differs, so that a second load writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app import clock
from app.tenancy.garage_file.kinds import Values

R = TypeVar("R")


def update_row(row: Any, values: Values) -> list[str]:
    """Set what differs, raise the row's version if anything does; returns the names that changed."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed and hasattr(row, "version"):
        row.version = (row.version or 0) + 1
    return changed


def sync_rows(
    session: Session, rows: Sequence[R], wanted: Sequence[Values], *, key: str, make: Callable[[], R]
) -> list[str]:
    """Make the rows what the file wants, told apart by the attribute ``key``.

    Position is the order in the file. A row missing from it is archived, one that returns is
    taken up again. ``make`` gives a new row with its owner. Returns each change in a few words.
    """
    changes = []
    found = {getattr(row, key): row for row in rows}
    for position, values in enumerate(wanted):
        row = found.pop(values[key], None)
        target = {**values, "position": position, "archived_at": None}
        if row is None:
            session.add(_filled(make(), target))
            changes.append(f"{values[key]}: added")
        elif changed := update_row(row, target):
            changes.append(f"{values[key]}: {', '.join(_said(changed))} changed")
    return changes + [line for row in found.values() for line in _archive(row, key)]


def _filled(row: R, values: Values) -> R:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _said(names: list[str]) -> list[str]:
    return ["archived" if name == "archived_at" else name for name in names]


def _archive(row: Any, key: str) -> list[str]:
    if row.archived_at is not None:
        return []
    row.archived_at = clock.now()
    row.version += 1
    return [f"{getattr(row, key)}: archived"]
