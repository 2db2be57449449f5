"""What the open transaction has written so far, so that nothing of it is taken for what everybody sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from app.db.session import db

ANYTHING = "*"
"""Stands for the table of a statement that does not tell which it writes."""


def watch_writes(app: Flask) -> None:
    """Attach the watch to every session of the product; safe to call again."""
    with app.app_context():
        if not event.contains(db.session, "do_orm_execute", _note_statement):
            event.listen(db.session, "do_orm_execute", _note_statement)
            event.listen(db.session, "after_flush", _note_rows)


def has_written(session: Session, tables: frozenset[str]) -> bool:
    """Whether this transaction has written to one of these tables, or is about to with its next flush.

    What it reads of them is then its own, and perhaps taken back.
    """
    written = _written(session)
    return not written.isdisjoint(tables | {ANYTHING}) or not tables.isdisjoint(_tables_of(session))


def _written(session: Session) -> set[str]:
    """The tables of this very transaction; another one begins with none."""
    transaction = session.get_transaction()
    known: tuple[object, set[str]] = session.info.get("written", (None, set()))
    if transaction is None or known[0] is not transaction:
        known = session.info["written"] = (transaction, set())
    return known[1]


def _note_statement(state: ORMExecuteState) -> None:
    if not state.is_select:
        table: Any = getattr(state.statement, "table", None)
        _written(state.session).add(getattr(table, "name", ANYTHING))


def _note_rows(session: Session, *_: object) -> None:
    _written(session).update(_tables_of(session))


def _tables_of(session: Session) -> set[str]:
    rows: Iterable[Any] = (*session.new, *session.dirty, *session.deleted)
    return {row.__table__.name for row in rows}
