"""Who knows which part of the garage file. ``wsgi.py`` fills it, so that no lower part imports a higher one.

A package adds single keys to ``[garage]`` or ``[[workshop]]``, or a section of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from app.tenancy.garage_file.kinds import Key, Tables, Values
from app.tenancy.garage_file.report import Report

Content = dict[str, Any]
"""The whole file in stored form: ``garage`` one table, ``workshop`` and every section a list of them."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose rows a part is about; ``workshop_id`` is 0 outside ``[[workshop]]``."""

    garage_id: int
    country: str
    workshop_id: int = 0


Store = Callable[[Session, Owner, Any], list[str]]
"""Writes stored values to the rows; says each change in a few words, nothing if nothing changed."""
Fetch = Callable[[Session, Owner], Any]
"""Reads the stored values back from the rows."""


def _no_problem(_content: Content, _report: Report) -> None:
    """Every key stands for itself."""


def _no_advice(_content: Content) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Part:
    """One package's keys of ``[garage]`` or ``[[workshop]]``.

    ``check`` sees the whole file once every key alone is right; ``advise`` returns warnings.
    """

    table: Literal["garage", "workshop"]
    keys: tuple[Key, ...]
    store: Store
    fetch: Fetch
    check: Callable[[Content, Report], None] = _no_problem
    advise: Callable[[Content], list[str]] = _no_advice


@dataclass(frozen=True, slots=True)
class Section:
    """A list of entries ``[[name]]`` that one package keeps. ``is_planned_with``: the engine reads it."""

    name: str
    kind: Tables
    store: Store
    fetch: Fetch
    is_planned_with: bool = False


_parts: list[Part] = []
_sections: list[Section] = []


def add_part(part: Part) -> None:
    """Register keys of a table; the same part twice is once. Its keys must be nobody else's."""
    if part in _parts:
        return
    taken = {key.name for other in list_parts(part.table) for key in other.keys}
    clash = taken & {key.name for key in part.keys}
    if clash:
        raise ValueError(f"[{part.table}] has {sorted(clash)} already")
    _parts.append(part)


def add_section(section: Section) -> None:
    """Register a section of the file; the same one twice is once."""
    if section not in _sections:
        _sections.append(section)


def list_parts(table: str) -> tuple[Part, ...]:
    """The parts of a table in the order they were wired, which is the order of their keys in a dump."""
    return tuple(part for part in _parts if part.table == table)


def list_sections() -> tuple[Section, ...]:
    """The sections in the order they were wired."""
    return tuple(_sections)


def pick_keys(part: Part, values: Values) -> Values:
    """The keys of ``part`` out of a table that several parts share."""
    return {key.name: values[key.name] for key in part.keys}
