"""The session guard: an owned table is never read or written but for the garage in scope (belt two)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import BinaryExpression, BindParameter, Insert, Table, event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql import visitors
from sqlalchemy.sql.expression import ColumnClause

from app.db.base import Base
from app.db.session import db
from app.tenancy.owned import GarageOwned
from app.tenancy.scope import EVERYONE, NoScopeError, current_scope


class UnscopedQueryError(RuntimeError):
    """A statement touches an owned table without naming its garage."""


class ForeignRowError(RuntimeError):
    """A row of another garage is about to be written."""


def install_guards(app: Flask) -> None:
    """Attach the guard to every session of the product; safe to call again."""
    with app.app_context():
        if not event.contains(db.session, "do_orm_execute", _check_statement):
            event.listen(db.session, "do_orm_execute", _check_statement)
            event.listen(db.session, "before_flush", _check_rows)


class _Shape(NamedTuple):
    """What is told by a statement without its values; the same for all that differ in values alone.

    ``missing`` are owned tables whose garage is compared nowhere, ``compared`` the values that a garage
    is compared with, by their places among all that are bound.
    """

    tables: frozenset[str]
    missing: frozenset[str]
    compared: tuple[int, ...]


MOST_SHAPES = 4_000
_shapes: dict[Any, _Shape] = {}
"""Those met so far in this process; a product has a few hundred."""


def _check_statement(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load:
        return
    scope = current_scope()
    if isinstance(state.statement, Insert):
        _check_insert(state.statement, state.parameters, scope)
        return
    shape, bound = _read_shape(state.statement)
    if not shape.tables:
        return
    if scope is None:
        raise NoScopeError(", ".join(sorted(shape.tables)))
    if scope is EVERYONE:
        return
    if shape.missing:
        raise UnscopedQueryError(", ".join(sorted(shape.missing)))
    _require_own({_value(bound[place], state.parameters) for place in shape.compared}, scope)
    if state.is_orm_statement:
        state.statement = state.statement.options(_own_rows_only(scope))


def _check_insert(statement: Insert, parameters: Any, scope: object) -> None:
    tables = _owned_tables(statement)
    if tables and scope is None:
        raise NoScopeError(", ".join(sorted(table.name for table in tables)))
    if tables and scope is not EVERYONE:
        _require_own(_inserted_garages(statement, parameters), scope)


@lru_cache(maxsize=1_000)
def _own_rows_only(scope: object) -> LoaderCriteriaOption:
    return with_loader_criteria(GarageOwned, lambda cls: cls.garage_id == scope, include_aliases=True)


def _read_shape(statement: Any) -> tuple[_Shape, list[BindParameter[Any]]]:
    """The statement's shape, walked at its first sight alone, and its own bound values in their places.

    SQLAlchemy tells statements apart by the same key when it keeps what it has compiled.
    """
    key = statement._generate_cache_key()
    known = _shapes.get(key.key) if key is not None else None
    if known is not None:
        return known, key.bindparams
    comparisons = _garage_comparisons(statement)
    bound = list(key.bindparams) if key is not None else []
    compared = _compared(comparisons)
    places = {id(each): place for place, each in enumerate(bound)}
    is_keyed = key is not None and all(id(each) in places for each in compared)
    if not is_keyed:
        bound, places = compared, {id(each): place for place, each in enumerate(compared)}
    shape = _Shape(
        tables=frozenset(table.name for table in _owned_tables(statement)),
        missing=_list_missing(statement, comparisons),
        compared=tuple(places[id(each)] for each in compared),
    )
    if is_keyed:
        if len(_shapes) >= MOST_SHAPES:
            _shapes.clear()
        _shapes[key.key] = shape
    return shape, bound


def _list_missing(statement: Any, comparisons: list[BinaryExpression[Any]]) -> frozenset[str]:
    """The owned tables of which a query names no garage."""
    named = {_table_name(side.table) for comparison in comparisons for side in _garage_sides(comparison)}
    return frozenset({table.name for table in _owned_tables(statement)} - named)


def _require_own(garages: set[Any], scope: object) -> None:
    """What is named is the garage in scope: Core statements and inserts pass the loader option."""
    if not garages:
        raise UnscopedQueryError("no garage is given by its id")
    if garages != {scope}:
        raise ForeignRowError("another garage is named")


def _garage_comparisons(statement: Any) -> list[BinaryExpression[Any]]:
    return [comparison for comparison in _comparisons(statement) if _garage_sides(comparison)]


def _garage_sides(comparison: BinaryExpression[Any]) -> list[ColumnClause[Any]]:
    return [
        side
        for side in (comparison.left, comparison.right)
        if isinstance(side, ColumnClause) and side.name == "garage_id"
    ]


def _compared(comparisons: list[BinaryExpression[Any]]) -> list[BindParameter[Any]]:
    """The values that ``garage_id`` is compared with; comparisons with other columns only join."""
    sides = (side for comparison in comparisons for side in (comparison.left, comparison.right))
    return [side for side in sides if isinstance(side, BindParameter)]


def _inserted_garages(statement: Insert, parameters: Any) -> set[Any]:
    """The ids that the new rows carry, whichever way they are given."""
    if statement.select is not None:
        compared = _compared(_garage_comparisons(statement.select))
        return {_value(each, parameters) for each in compared}
    rows: list[Any] = [row for rows in statement._multi_values for row in rows]
    rows += parameters if isinstance(parameters, list) else [parameters or {}]
    fixed: Mapping[Any, Any] = statement._values or {}
    return {
        _value(value, parameters)
        for row in rows
        for name, value in (*row.items(), *fixed.items())
        if getattr(name, "name", name) == "garage_id"
    }


def _value(side: Any, parameters: Any) -> Any:
    """What a parameter stands for: its own value, else the one given with the statement."""
    if not isinstance(side, BindParameter):
        return side
    given = parameters if isinstance(parameters, dict) else {}
    return given.get(side.key, side.effective_value)


def _comparisons(statement: Any) -> list[BinaryExpression[Any]]:
    """Every comparison in the statement: where, joins, subqueries."""
    parts = [statement, *(join[1] for join in getattr(statement, "_setup_joins", ()) if join[1] is not None)]
    return [
        element
        for part in parts
        for element in visitors.iterate(part)
        if isinstance(element, BinaryExpression)
    ]


def _table_name(source: Any) -> str:
    while hasattr(source, "element"):  # an alias stands for the table inside it
        source = source.element
    return str(getattr(source, "name", ""))


def _owned_tables(statement: Any) -> set[Table]:
    return {
        part
        for part in visitors.iterate(statement)
        if isinstance(part, Table) and "garage_id" in part.c and part.metadata is Base.metadata
    }


def _check_rows(session: Session, *_: object) -> None:
    scope = current_scope()
    for row in (*session.new, *session.dirty, *session.deleted):
        if not hasattr(type(row), "garage_id"):
            continue
        if scope is None:
            raise NoScopeError(type(row).__name__)
        if scope is not EVERYONE and row.garage_id != scope:
            raise ForeignRowError(type(row).__name__)
