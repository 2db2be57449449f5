"""Counting the SQL statements and rows that a piece of code costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event


@dataclass
class Statements:
    """What ran: the texts in order, and the rows that were fetched."""

    texts: list[str] = field(default_factory=list)
    rows: int = 0

    @property
    def count(self) -> int:
        return len(self.texts)

    def __str__(self) -> str:
        return f"{self.count} statements, {self.rows} rows:\n" + "\n".join(self.texts)


class _CountingCursor:
    """A DB-API cursor that counts what is fetched through it."""

    def __init__(self, cursor: Any, statements: Statements) -> None:
        self._cursor = cursor
        self._statements = statements

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def fetchone(self) -> Any:
        row = self._cursor.fetchone()
        self._statements.rows += row is not None
        return row

    def fetchmany(self, *size: int) -> Sequence[Any]:
        return self._counted(self._cursor.fetchmany(*size))

    def fetchall(self) -> Sequence[Any]:
        return self._counted(self._cursor.fetchall())

    def _counted(self, rows: Sequence[Any]) -> Sequence[Any]:
        self._statements.rows += len(rows)
        return rows


@contextmanager
def count_statements(engine: Engine) -> Iterator[Statements]:
    """Count everything ``engine`` executes within the block, from whatever session or thread.

    BEGIN, COMMIT and the driver's own pings are no statements here.
    """
    seen = Statements()

    def before(_conn: Connection, _cursor: Any, text: str, *_: Any) -> None:
        if not text.startswith("BEGIN"):
            seen.texts.append(text)

    def after(
        _conn: Connection, cursor: Any, _text: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        # The result is read through the context's cursor, made ready right after this event.
        if context is not None:
            context.cursor = _CountingCursor(cursor, seen)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)
