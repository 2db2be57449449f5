"""The session guard: an owned table is never read or written without its garage (belt two)."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import BinaryExpression, Insert, Table, event
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
    if scope is EVERYONE or isinstance(state.statement, Insert):
        return
    _require_named(state.statement, tables)
    if state.is_select and state.is_orm_statement:
        state.statement = state.statement.options(
            with_loader_criteria(GarageOwned, lambda cls: cls.garage_id == scope, include_aliases=True)
        )


def _require_named(statement: Any, tables: set[Table]) -> None:
    """Every query names its garage; Core selects and bulk changes pass the loader option besides."""
    named = {
        _table_name(side.table)
        for comparison in _comparisons(statement)
        for side in (comparison.left, comparison.right)
        if isinstance(side, ColumnClause) and side.name == "garage_id"
    }
    missing = {table.name for table in tables} - named
    if missing:
        raise UnscopedQueryError(", ".join(sorted(missing)))


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
