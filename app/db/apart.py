"""Rows read apart from the session, for what outlives the transaction that it was read in.

They are read as columns, so that what the session has loaded or changed is never taken for what the
database says, and made into objects that belong to nobody: any thread may read them, nobody stores them.
"""

from __future__ import annotations

from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Select, inspect
from sqlalchemy.orm import Session

from app.db.base import Base

R = TypeVar("R", bound=Base)


def list_apart(session: Session, statement: Select[R], entity: type[R]) -> list[R]:
    """What ``statement`` selects of one entity, apart."""
    return [row for (row,) in read_apart(session, statement, entity)]


def read_apart(
    session: Session, statement: Select[*tuple[Any, ...]], *entities: type[Base]
) -> list[tuple[Any, ...]]:
    """The rows of ``statement``, which selects these entities in this order; one statement.

    An entity of which an outer join found no row is None.
    """
    attributes = [inspect(entity).column_attrs for entity in entities]
    columns = [
        getattr(entity, each.key) for entity, own in zip(entities, attributes, strict=True) for each in own
    ]
    names = [[each.key for each in own] for own in attributes]
    found = session.execute(statement.with_only_columns(*columns, maintain_column_froms=True))
    return [
        tuple(_make(entity, own, values) for entity, own in zip(entities, names, strict=True))
        for values in map(iter, found)
    ]


def _make(entity: type[Base], names: list[str], values: Any) -> Base | None:
    facts = dict(zip(names, islice(values, len(names)), strict=True))
    keys = [str(column.key) for column in inspect(entity).primary_key]
    return None if all(facts[key] is None for key in keys) else entity(**facts)
