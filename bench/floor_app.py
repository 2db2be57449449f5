"""The floor over HTTP: one row as JSON, and the least booking that one can write, with no product at all.

Served by the same gunicorn as the product. It refuses a double booking as the product does, by the
database; it knows no customer, no rule, no history and no message.
"""

from __future__ import annotations

import itertools
import os
import random
import threading
from typing import Any

import psycopg
from flask import Flask, Response, jsonify
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.db.session import sqlite_module

ROWS = 1_000
TABLES = {
    "postgresql": (
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "CREATE TABLE booked (id bigserial PRIMARY KEY, resource bigint, span int4range)",
        "ALTER TABLE booked ADD EXCLUDE USING gist (resource WITH =, span WITH &&)",
    ),
    "sqlite": (
        "CREATE TABLE booked (id integer PRIMARY KEY, resource int, starts int, ends int)",
        "CREATE INDEX booked_by_resource ON booked (resource, starts)",
    ),
}


class Base(DeclarativeBase):
    """Of the floor's own tables."""


class Named(Base):
    """A row to read."""

    __tablename__ = "named"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def lay(url: str) -> None:
    """Make the floor's tables in an empty database."""
    engine = create_engine(url, module=sqlite_module()) if url.startswith("sqlite") else create_engine(url)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Named(id=number, name=f"name {number}") for number in range(1, ROWS + 1)])
        session.commit()
    with engine.begin() as connection:
        for statement in TABLES[engine.dialect.name]:
            connection.exec_driver_sql(statement)
    engine.dispose()


def create() -> Flask:
    """The floor on the database that ``GARAGENDA_DATABASE_URL`` names."""
    url = os.environ["GARAGENDA_DATABASE_URL"]
    is_sqlite = url.startswith("sqlite")
    engine = create_engine(url, pool_size=8, **({"module": sqlite_module()} if is_sqlite else {}))
    app, numbers, mine = Flask("floor"), itertools.count(), threading.local()

    @app.get("/readyz")
    def ready() -> str:
        return "ready"

    @app.get("/row")
    def row() -> Response:
        with Session(engine) as session:
            found = session.get_one(Named, random.randint(1, ROWS))
            return jsonify(id=found.id, name=found.name)

    @app.post("/book")
    def book() -> tuple[Response, int]:
        if not hasattr(mine, "connection"):
            mine.connection = (_open_sqlite if is_sqlite else _open_postgres)(url)
        take = _take_sqlite if is_sqlite else _take_postgres
        took = take(mine.connection, resource=os.getpid(), start=15 * next(numbers))
        return jsonify(booked=took), 201 if took else 409

    return app


def _open_postgres(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""))


def _take_postgres(connection: psycopg.Connection, *, resource: int, start: int) -> bool:
    insert = "INSERT INTO booked (resource, span) VALUES (%s, int4range(%s, %s))"
    try:
        connection.execute(insert, [resource, start, start + 15], prepare=True)
        connection.commit()
    except psycopg.errors.ExclusionViolation:
        connection.rollback()
        return False
    return True


def _open_sqlite(url: str) -> Any:
    connection = sqlite_module().connect(url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _take_sqlite(connection: Any, *, resource: int, start: int) -> bool:
    clash = "SELECT 1 FROM booked WHERE resource = ? AND starts < ? AND starts > ? AND ends > ?"
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute(clash, (resource, start + 15, start - 1440, start)).fetchone():
        connection.execute("ROLLBACK")
        return False
    insert = "INSERT INTO booked (resource, starts, ends) VALUES (?, ?, ?)"
    connection.execute(insert, (resource, start, start + 15))
    connection.execute("COMMIT")
    return True
