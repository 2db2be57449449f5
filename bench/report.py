"""What a run leaves: one table on the standard output, and one JSON file with every single ratio."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.measuring import Curve, Row

COLUMNS = f"{'':<4} {'what':<47} {'database':<10} {'against':<38} {'median':>8} {'min':>8} {'max':>8}  goal"


class Report:
    """Prints each line as it is measured, and keeps all for the file."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.rows: list[Row] = []
        self.curves: list[Curve] = []
        print(COLUMNS, flush=True)

    def add(self, row: Row) -> None:
        """Take in a ratio."""
        self.rows.append(row)
        figures = f"{row.median:>8.2f} {min(row.ratios):>8.2f} {max(row.ratios):>8.2f}"
        goal = f"{row.goal} {row.verdict}" if row.goal else "-"
        head = f"{row.topic:<4} {row.what:<47} {row.database:<10} {row.anchor:<38}"
        print(f"{head} {figures}  {goal:<14} {row.note}".rstrip(), flush=True)

    def draw(self, curve: Curve) -> None:
        """Take in a curve."""
        self.curves.append(curve)
        goal = (
            f"{curve.goal} {'met' if curve.goal.is_met(curve.exponent) else 'missed'}" if curve.goal else "-"
        )
        points = "  ".join(
            f"{size:g}: {cost:.3g} ms" for size, cost in zip(curve.sizes, curve.costs_ms, strict=True)
        )
        head = f"{'':<4} {curve.what:<47} {curve.database:<10} {'by ' + curve.of:<38}"
        print(f"{head} exponent {curve.exponent:.2f}  {goal}\n{'':<9}{points}", flush=True)

    def write(self, path: Path) -> None:
        """Write the JSON file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self._members(), indent=1) + "\n")

    def _members(self) -> dict[str, Any]:
        return {
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": _machine(),
            "quick": self.quick,
            "rows": [_row(row) for row in self.rows],
            "curves": [_curve(curve) for curve in self.curves],
        }


def _machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load": os.getloadavg()[0],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "topic": row.topic,
        "what": row.what,
        "database": row.database,
        "against": row.anchor,
        "median": row.median,
        "ratios": _list(row.ratios),
        "goal": str(row.goal) if row.goal else None,
        "verdict": row.verdict,
        "note": row.note,
    }


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "what": curve.what,
        "by": curve.of,
        "database": curve.database,
        "sizes": _list(curve.sizes),
        "costs_ms": _list(curve.costs_ms),
        "exponent": curve.exponent,
        "goal": str(curve.goal) if curve.goal else None,
    }


def _list(values: Sequence[float]) -> list[float]:
    return [round(value, 5) for value in values]
