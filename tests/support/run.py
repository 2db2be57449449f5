"""What a whole test run needs: the PostgreSQL server, and plain words about anything left out."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest

from tests.support import walls
from tests.support.machine import SERVER, TWILIO_DESCRIPTION, missing, server_of

LEFT_OUT: pytest.StashKey[Counter[str]] = pytest.StashKey()
POSTGRES_FIXTURES = frozenset({"postgres_server"})
BROWSER_FIXTURES = frozenset({"browser", "page_for"})
DESCRIPTION_FIXTURES = frozenset({"twilio_description"})
NODE_FIXTURES = frozenset({"node_modules"})
CALENDAR_FIXTURES = frozenset({"calendar_programs"})
PROCESS_FIXTURES = frozenset({"servers"})


def pytest_configure(config: pytest.Config) -> None:
    """Put the walls up; under CI an incomplete machine is an error, never a smaller run."""
    walls.install()
    config.stash[LEFT_OUT] = Counter()
    lacks = missing()
    if not TWILIO_DESCRIPTION.parent.is_dir():
        lacks.pop("Twilio's description", None)  # nobody meant to lay it here; the run says what it left out
    if os.environ.get("CI") and lacks:
        raise pytest.UsageError("; ".join(f"this machine lacks {what}: {how}" for what, how in lacks.items()))


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.stop()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """The controller starts the one server before its workers, and ends it after them."""
    if "PostgreSQL" not in missing():
        node.workerinput["postgres_socket"] = str(server_of(node.config).socket_folder)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """All workers collect the same tests, so the largest count is the count."""
    counted = getattr(node, "workeroutput", {}).get("left_out", {})
    node.config.stash[LEFT_OUT] = node.config.stash[LEFT_OUT] | Counter(counted)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by what they use, and take out those that this machine cannot run, counted."""
    lacks = missing()
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        _mark(item, fixtures)
        needs = _needs(item, fixtures) & lacks.keys()
        (left_out if needs else kept).append(item)
        config.stash[LEFT_OUT].update(needs)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    items[:] = sorted(kept, key=_place)


def _place(item: pytest.Item) -> tuple[bool, bool]:
    """The long ones first, then those of whole processes and browsers: none of them is a run's last."""
    is_whole = any(map(item.get_closest_marker, ("processes", "browser")))
    return item.get_closest_marker("long") is None, not is_whole


def _mark(item: pytest.Item, fixtures: set[str]) -> None:
    if fixtures & BROWSER_FIXTURES:
        item.add_marker("browser")
    if fixtures & PROCESS_FIXTURES:
        item.add_marker("processes")


def _needs(item: pytest.Item, fixtures: set[str]) -> set[str]:
    callspec = getattr(item, "callspec", None)
    kind = callspec.params.get("database_kind") if callspec else None
    needs = set()
    if kind == "postgresql" or fixtures & POSTGRES_FIXTURES:
        needs.add("PostgreSQL")
    if item.get_closest_marker("browser"):
        needs.add("a browser")
    if fixtures & NODE_FIXTURES:
        needs.add("Node's packages")
    if fixtures & CALENDAR_FIXTURES:
        needs.add("khal and vdirsyncer")
    if fixtures & DESCRIPTION_FIXTURES:
        needs.add("Twilio's description")
    return needs


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        counts = session.config.stash[LEFT_OUT]
        output["left_out"] = dict(counts)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    counts = config.stash[LEFT_OUT]
    if not counts:
        return
    terminalreporter.section("LEFT OUT: this run is not complete", red=True)
    for what, how in missing().items():
        if counts[what]:
            terminalreporter.write_line(f"{counts[what]} tests need {what}: {how}")
