"""Kinds of values in a garage file: each reads the file's form, checks it, and writes it back.

``read`` returns the stored form, or adds to the report and returns :data:`WRONG`. Reading what
``write`` gives returns the same stored form again.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l

from app.tenancy.garage_file.report import Report

Values = dict[str, Any]
"""The keys of one table, in stored form."""

WRONG: Any = object()
"""Stands for a value that the report already complains of."""

REQUIRED: Any = object()
"""As a default: the key must be there."""


class Kind(Protocol):
    """How a value is read from the file and written back."""

    def read(self, value: Any, report: Report) -> Any:
        """The stored form of ``value``, or WRONG."""

    def write(self, stored: Any) -> Any:
        """The file's form of a stored value, as plain TOML types."""


def _same(stored: Any) -> Any:
    return stored


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. ``parse`` returns the stored form or raises ValueError with what is wrong."""

    parse: Callable[[Any], Any]
    format: Callable[[Any], Any] = _same

    def read(self, value: Any, report: Report) -> Any:
        try:
            return self.parse(value)
        except ValueError as error:
            report.add_error(error)
            return WRONG

    def write(self, stored: Any) -> Any:
        return self.format(stored)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list in which nothing stands twice; ``least`` is how many it needs."""

    item: Kind
    least: int = 0

    def read(self, value: Any, report: Report) -> Any:
        if not isinstance(value, list):
            report.add("must be a list")
            return WRONG
        items = [self.item.read(item, report.at(index)) for index, item in enumerate(value)]
        for index, item in enumerate(items):
            if item is not WRONG and item in items[:index]:
                report.at(index).add(f"{value[index]!r} stands here twice", _l("This stands here twice."))
        if len(items) < self.least:
            report.add("must not be empty", _l("Please choose at least one."))
        return items

    def write(self, stored: Any) -> Any:
        return [self.item.write(item) for item in stored]


@dataclass(frozen=True, slots=True)
class MappingOf:
    """A small table whose keys come from ``keys``; ``least`` is how many it needs."""

    keys: tuple[str, ...]
    item: Kind
    least: int = 0

    def read(self, value: Any, report: Report) -> Any:
        if not isinstance(value, dict):
            report.add("must be a table { … }")
            return WRONG
        for key in value.keys() - set(self.keys):
            report.at(key).add(f"must be one of {', '.join(self.keys)}")
        if len(value) < self.least:
            report.add(f"needs at least one of {', '.join(self.keys)}", _l("Please fill in at least one."))
        known = [key for key in self.keys if key in value]
        return {key: self.item.read(value[key], report.at(key)) for key in known}

    def write(self, stored: Any) -> Any:
        return {key: self.item.write(stored[key]) for key in self.keys if key in stored}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table. ``default`` is in the file's form; None means absent and stored as None."""

    name: str
    kind: Kind
    default: Any = REQUIRED

    def read(self, table: Values, report: Report) -> Any:
        """The stored value of this key in ``table``, its default, or WRONG."""
        here = report.at(self.name)
        if self.name in table:
            return self.kind.read(table[self.name], here)
        if self.default is REQUIRED:
            here.add("is required", _l("Please fill this in."))
            return WRONG
        return None if self.default is None else self.kind.read(self.default, here)

    def write(self, stored: Any) -> Any:
        """The file's form, or None where the default says it already."""
        if stored is None and self.default is None:
            return None
        written = self.kind.write(stored)
        return None if written == self.default else written


def _no_check(_values: Values, _report: Report) -> None:
    """Every key stands for itself."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of known keys. ``check`` sees them together, if each alone is right."""

    keys: tuple[Key, ...]
    check: Callable[[Values, Report], None] = _no_check

    def read(self, value: Any, report: Report) -> Any:
        if not isinstance(value, dict):
            report.add("must be a table")
            return WRONG
        report_unknown(value, names=[key.name for key in self.keys], report=report)
        values = {key.name: key.read(value, report) for key in self.keys}
        if all(item is not WRONG for item in values.values()):
            self.check(values, report)
        return values

    def write(self, stored: Any) -> Any:
        written = ((key.name, key.write(stored[key.name])) for key in self.keys)
        return {name: value for name, value in written if value is not None}


@dataclass(frozen=True, slots=True)
class Tables:
    """A list of entries, told apart by the key ``unique``; without one, no two may be alike."""

    entry: Table
    unique: str | None = None

    def read(self, value: Any, report: Report) -> Any:
        if not isinstance(value, list):
            report.add("must be a list of tables [[…]]")
            return WRONG
        entries = [self.entry.read(item, report.at(index)) for index, item in enumerate(value)]
        names = [self._name(entry) for entry in entries]
        for index, name in enumerate(names):
            if name is not WRONG and name in names[:index]:
                self._refuse(name, report.at(index))
        return entries

    def write(self, stored: Any) -> Any:
        return [self.entry.write(entry) for entry in stored]

    def _name(self, entry: Any) -> Any:
        if entry is WRONG or self.unique is not None:
            return entry if entry is WRONG else entry[self.unique]
        return WRONG if any(value is WRONG for value in entry.values()) else entry

    def _refuse(self, name: Any, report: Report) -> None:
        if self.unique is None:
            report.add("says the same as an entry before it")
        else:
            report.at(self.unique).add(f"{name!r} stands here twice")


def report_unknown(table: Values, *, names: list[str], report: Report) -> None:
    """Complain of every key of ``table`` that is none of ``names``, with the nearest that is."""
    for key in table:
        if key in names:
            continue
        near = difflib.get_close_matches(key, names, n=1, cutoff=0.8)
        report.at(key).add(f"unknown key; did you mean {near[0]}?" if near else "unknown key")
