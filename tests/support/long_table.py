"""One table at the end of a run: what each long test came to, how long it took, the figures it noted.

A test notes a figure with pytest's ``record_property("overlaps", 0)``.
"""

from __future__ import annotations

from typing import Any

import pytest

LONG = "marked long"
"""Among the keywords of a report, which carry the names of its folders too: one may be called long."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the reports of a long test say that it is one."""
    if item.get_closest_marker("long"):
        item.keywords[LONG] = True


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table when long tests ran."""
    rows = _rows(terminalreporter.stats)
    if not rows:
        return
    width = max(len(name) for name, *_ in rows)
    terminalreporter.section("long tests")
    for name, outcome, seconds, figures in rows:
        terminalreporter.write_line(f"{outcome:<7} {seconds:7.1f} s  {name:<{width}}  {figures}".rstrip())


def _rows(stats: dict[str, list[Any]]) -> list[tuple[str, str, float, str]]:
    """A row per test: its call, or the set-up or tear-down that went wrong."""
    reports = [report for outcome in ("passed", "failed", "error") for report in stats.get(outcome, [])]
    rows = []
    for report in reports:
        if LONG not in getattr(report, "keywords", {}):
            continue
        if report.when == "call" or report.failed:
            outcome = report.outcome if report.when == "call" else "error"
            figures = ", ".join(f"{name} {value}" for name, value in report.user_properties)
            rows.append((report.nodeid.removeprefix("tests/"), outcome, report.duration, figures))
    return sorted(rows)
