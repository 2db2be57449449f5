"""How much a database reads to answer a statement: rows or steps, counted by itself, never time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event, text

from tests.support.statements import count_statements

STEPS_AT_ONCE = 10
WHOLE_TABLES = ("seqscan", "hashjoin", "mergejoin")
INDEXED = frozenset({"Index Scan", "Index Only Scan", "Bitmap Index Scan"})


@dataclass(frozen=True, slots=True)
class Reading:
    """``rows`` that were read (SQLite: that were handed over; its ``steps`` bound what it looked at
    besides), and ``scans``: the tables of those asked for that were read without an index."""

    rows: int
    steps: int
    scans: list[str]


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


def reading_of(
    engine: Engine, use: Callable[[], object], *, large: Collection[str], are_large: bool
) -> Reading:
    """What the SELECTs that ``use`` runs read, by the plans of the database, which has been analysed.

    Of ``large`` tables none is to be read without an index. Where they are not that large here,
    PostgreSQL is told to look up row by row by an index: it would rather go through a small table.
    """
    with count_statements(engine) as counted, _kept_statements(engine) as kept:
        steps = _steps(engine, use) if engine.dialect.name == "sqlite" else int(bool(use()))
    rows, scans = 0, []
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql" and not are_large:
            for way in WHOLE_TABLES:
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        for statement, parameters in kept:
            if engine.dialect.name == "sqlite":
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                scans += [line.detail for line in plan if _scanned(line.detail) in large]
            else:
                for node in _leaves(_explain(connection, statement, parameters)):
                    rows += _rows_of(node)
                    is_scan = node["Node Type"] not in INDEXED and node.get("Relation Name") in large
                    scans += [node["Relation Name"]] if is_scan else []
        connection.rollback()
    return Reading(counted.rows if engine.dialect.name == "sqlite" else rows, steps, scans)


def _scanned(detail: str) -> str:
    """The table of a ``SCAN``, of an index made for the moment, or of one that goes by the garage alone."""
    words = detail.split()
    is_scan = words[0] == "SCAN" or "AUTOMATIC" in words or "(garage_id=?)" in detail
    return words[1] if is_scan else ""


def _leaves(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes that read: of a bitmap the index, which has read what the heap then gives."""
    if not node.get("Plans") or node["Node Type"] == "Bitmap Heap Scan":
        yield node["Plans"][0] if node.get("Plans") else node
        return
    for below in node["Plans"]:
        yield from _leaves(below)


def _rows_of(node: dict[str, Any]) -> int:
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    return int(sum(node.get(name, 0) for name in names) * node["Actual Loops"])


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
        if statement.startswith(("SELECT", "WITH")):
            kept.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield kept
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def _rows_touched(connection: Connection, statement: str, parameters: Any) -> int:
    return _touched(_explain(connection, statement, parameters))


def _explain(connection: Connection, statement: str, parameters: Any) -> dict[str, Any]:
    explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
    plan: dict[str, Any] = explained.scalar_one()[0]["Plan"]
    return plan


def _touched(node: dict[str, Any]) -> int:
    """The rows of a node and of those below it, each as often as it ran."""
    own = sum(node.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter"))
    return int(own * node["Actual Loops"]) + sum(_touched(below) for below in node.get("Plans", ()))
