"""Whether the stored bookings are sound, read past the product: its own driver, SQL and arithmetic."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from typing import Any

import psycopg

from app.db.session import sqlite_module
from tests.support.databases import Database

VISITS = """
    SELECT id, reference, courtesy_car, work_starts_at, work_ends_at, status FROM appointment ORDER BY id
"""
ROWS = """
    SELECT o.resource_id, o.starts_at, o.ends_at, o.appointment_id, r.kind
    FROM occupancy o JOIN resource r ON r.id = o.resource_id ORDER BY o.resource_id, o.starts_at
"""
LINES = "SELECT appointment_id FROM appointment_line"
HISTORY = "SELECT appointment_id FROM appointment_event WHERE kind = 'booked'"
ANSWERS = "SELECT appointment_id FROM stored_answer"
LINKS = "SELECT subject_id FROM link WHERE purpose = 'manage'"


def read(database: Database, statement: str) -> list[tuple[Any, ...]]:
    """All rows of a statement, by a connection of our own.

    With the SQLite library that this process uses already: closing a file in a second library would
    take away the locks that the first one holds on it (sqlite.org/howtocorrupt.html, 2.2.1).
    """
    if database.kind == "sqlite":
        with closing(sqlite_module().connect(database.url.removeprefix("sqlite:///"))) as connection:
            rows: list[tuple[Any, ...]] = connection.execute(statement).fetchall()
            return rows
    with psycopg.connect(database.url.replace("+psycopg", "")) as server:
        return server.execute(statement.encode()).fetchall()


def find_overlaps(database: Database) -> list[tuple[Any, ...]]:
    """Each row that begins before an earlier one on the same resource has ended."""
    overlaps = []
    ends: dict[int, Any] = {}
    for row in read(database, ROWS):
        resource_id, starts_at, ends_at = row[:3]
        if resource_id in ends and starts_at < ends[resource_id]:
            overlaps.append(row)
        ends[resource_id] = max(ends_at, ends.get(resource_id, ends_at))
    return overlaps


def find_halves(database: Database) -> list[str]:
    """What is missing of any booking: bay, technician, car if lent, a line, history, answer, link."""
    places: dict[int, dict[str, tuple[Any, Any]]] = defaultdict(dict)
    for _, starts_at, ends_at, appointment_id, kind in read(database, ROWS):
        places[appointment_id][kind] = (starts_at, ends_at)
    parts = {
        name: {row[0] for row in read(database, statement)}
        for name, statement in {"line": LINES, "history": HISTORY, "answer": ANSWERS, "link": LINKS}.items()
    }
    faults = []
    for number, reference, has_car, starts_at, ends_at, _status in read(database, VISITS):
        place = places.pop(number, {})
        wanted = {"bay", "technician"} | ({"courtesy_car"} if has_car else set())
        if set(place) != wanted:
            faults.append(f"{reference} holds {sorted(place)}")
        elif place["technician"] != (starts_at, ends_at):
            faults.append(f"{reference} works {starts_at} to {ends_at}, held {place['technician']}")
        faults += [f"{reference} has no {name}" for name, known in parts.items() if number not in known]
    return faults + [f"rows without a visit: {number}" for number in places]


def find_references(database: Database) -> set[str]:
    """The references of all visits."""
    return {row[1] for row in read(database, VISITS)}


def count_deadlocks(database: Database) -> int:
    """How many PostgreSQL has seen in this database; SQLite has one writer and knows none."""
    if database.kind == "sqlite":
        return 0
    found = read(database, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(found[0][0])
