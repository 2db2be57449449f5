"""The declarative base of every table: names of constraints and the key type."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData, Table
from sqlalchemy.orm import DeclarativeBase

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer, "sqlite")
"""64-bit keys; SQLite's rowid is 64 bits under the name INTEGER."""


class Base(DeclarativeBase):
    """Typed base of all models; ``db.metadata`` is its metadata."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements about rows of which no object is made: they cost less."""
    table = model.__table__
    assert isinstance(table, Table)
    return table
