"""How much a database reads to answer a statement: rows or steps, counted by itself, never time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event, text

STEPS_AT_ONCE = 10


def work_of(engine: Engine, use: Callable[[], object]) -> int:
    """The work of the statements that ``use`` runs: on PostgreSQL the rows that their plans touched,
    those thrown away among them; on SQLite the steps of its machine."""
    if engine.dialect.name == "sqlite":
        return _steps(engine, use)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    with _kept_statements(engine) as kept:
        use()
    with engine.connect() as connection:
        return sum(_rows_touched(connection, *statement) for statement in kept)


def _steps(engine: Engine, use: Callable[[], object]) -> int:
    ticks: list[None] = []

    def watch(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(lambda: ticks.append(None), STEPS_AT_ONCE)

    event.listen(engine, "checkout", watch)
    try:
        use()
    finally:
        event.remove(engine, "checkout", watch)
    engine.dispose()  # no connection goes on counting
    return len(ticks) * STEPS_AT_ONCE


@contextmanager
def _kept_statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    kept: list[tuple[str, Any]] = []

    def keep(_conn: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            kept.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield kept
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def _rows_touched(connection: Connection, statement: str, parameters: Any) -> int:
    explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
    return _touched(explained.scalar_one()[0]["Plan"])


def _touched(node: dict[str, Any]) -> int:
    """The rows of a node and of those below it, each as often as it ran."""
    own = sum(node.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter"))
    return int(own * node["Actual Loops"]) + sum(_touched(below) for below in node.get("Plans", ()))
