"""From the rows of a garage back to the text of its file."""

from __future__ import annotations

from typing import Any

import tomlkit
from sqlalchemy.orm import Session
from tomlkit.items import Item

from app.errors import NotFoundError
from app.tenancy.garage_file.kinds import Values
from app.tenancy.garage_file.reading import table_of
from app.tenancy.garage_file.registry import Content, Owner, list_parts, list_sections
from app.tenancy.queries import find_garage, list_workshops

INLINE = frozenset({"name", "description", "energy_skills", "minutes_by_class", "equipment_by_class"})
"""Small tables that read best on one line."""


def dump_garage(session: Session, *, slug: str) -> str:
    """The garage file of ``slug``: what is in use, defaults left out; raises NotFoundError.

    Runs in the garage's scope. Loading the text again changes nothing.
    """
    return write_garage_file(fetch_content(session, slug=slug))


def write_garage_file(content: Content) -> str:
    """The text that reads as ``content``; defaults are left out."""
    document = tomlkit.document()
    _fill(document, {"garage": table_of("garage").write(content["garage"])})
    lists = {"workshop": [table_of("workshop").write(entry) for entry in content["workshop"]]}
    lists |= {section.name: section.kind.write(content[section.name]) for section in list_sections()}
    _fill(document, {name: entries for name, entries in lists.items() if entries})
    return tomlkit.dumps(document)


def fetch_content(session: Session, *, slug: str) -> Content:
    """The garage as a file's content, in stored form; raises NotFoundError."""
    garage = find_garage(session, slug)
    if garage is None:
        raise NotFoundError
    owner = Owner(garage.id, garage.country)
    content: Content = {"garage": _fetch_parts(session, "garage", owner)}
    content["workshop"] = [
        _fetch_parts(session, "workshop", Owner(garage.id, garage.country, workshop.id))
        for workshop in list_workshops(session, garage.id)
    ]
    for section in list_sections():
        content[section.name] = section.fetch(session, owner)
    return content


def _fetch_parts(session: Session, table: str, owner: Owner) -> Values:
    values: Values = {}
    for part in list_parts(table):
        values |= part.fetch(session, owner)
    return values


def _fill(table: Any, values: Values) -> None:
    """Plain keys first: in TOML whatever follows a sub-table's header belongs to it."""
    for name, value in sorted(values.items(), key=lambda item: _rank(*item)):
        table.add(name, _item(name, value))


def _rank(name: str, value: Any) -> int:
    if isinstance(value, dict) and name not in INLINE:
        return 1
    return 2 if _is_entries(value) else 0


def _is_entries(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _item(name: str, value: Any) -> Item:
    if _is_entries(value):
        entries = tomlkit.aot()
        for entry in value:
            entries.append(_table(entry))
        return entries
    if isinstance(value, dict):
        return _inline(value) if name in INLINE else _table(value)
    plain: Item = tomlkit.item(value)
    return plain


def _table(values: Values) -> Item:
    table = tomlkit.table()
    _fill(table, values)
    return table


def _inline(values: Values) -> Item:
    table = tomlkit.inline_table()
    table.update(values)
    return table
