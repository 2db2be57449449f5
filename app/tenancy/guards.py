"""The session guard: an owned table is never read or written but for the garage in scope (belt two)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from sqlalchemy import BinaryExpression, BindParameter, Insert, Table, event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
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


def _check_statement(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load:
        return
    tables = _owned_tables(state.statement)
    if not tables:
        return
    scope = current_scope()
    if scope is None:
        raise NoScopeError(", ".join(sorted(table.name for table in tables)))
    if scope is EVERYONE:
        return
    if isinstance(state.statement, Insert):
        _require_own(_inserted_garages(state.statement, state.parameters), scope)
        return
    comparisons = _garage_comparisons(state.statement)
    _require_named(comparisons, tables)
    _require_own(_compared_garages(comparisons, state.parameters), scope)
    if state.is_orm_statement:
        state.statement = state.statement.options(
            with_loader_criteria(GarageOwned, lambda cls: cls.garage_id == scope, include_aliases=True)
        )


def _require_named(comparisons: list[BinaryExpression[Any]], tables: set[Table]) -> None:
    """Every query names the garage of each owned table."""
    named = {_table_name(side.table) for comparison in comparisons for side in _garage_sides(comparison)}
    missing = {table.name for table in tables} - named
    if missing:
        raise UnscopedQueryError(", ".join(sorted(missing)))


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


def _compared_garages(comparisons: list[BinaryExpression[Any]], parameters: Any) -> set[Any]:
    """The ids that ``garage_id`` is compared with; comparisons with other columns only join."""
    return {
        _value(side, parameters)
        for comparison in comparisons
        for side in (comparison.left, comparison.right)
        if isinstance(side, BindParameter)
    }


def _inserted_garages(statement: Insert, parameters: Any) -> set[Any]:
    """The ids that the new rows carry, whichever way they are given."""
    if statement.select is not None:
        return _compared_garages(_garage_comparisons(statement.select), parameters)
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
