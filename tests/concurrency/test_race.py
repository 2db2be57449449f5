"""A rush for ten slots over HTTP: exactly ten bookings, and a control that shows the test can fail."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from app.localtime import to_local
from tests.factories.garages import MadeGarage, make_garage
from tests.guards.tree import ROOT
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.servers import Servers, WebServer

DAY = {"mon": [[480, 1080]]}
HOURS = range(8, 18)
SLOTS = [to_local(datetime(2026, 12, 7, hour - 1, tzinfo=UTC), "Europe/Paris").isoformat() for hour in HOURS]
RULES = {"slot_minutes": 60}
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)

OVERLAPS = """
    SELECT count(*) FROM occupancy a JOIN occupancy b
    ON a.resource_id = b.resource_id AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
"""


def rush(
    web: WebServer, garage: MadeGarage, *, clients: int, attempts: int, slots: list[str] = SLOTS
) -> list[dict[str, Any]]:
    """Start ``clients`` processes that all begin at one moment; what each was told."""
    order = {
        "url": web.url,
        "path": f"/api/v1/garages/{garage.slug}/workshops/{garage.workshop.slug}/appointments",
        "slots": slots,
        "attempts": attempts,
        "starts_at": time.time() + 4,
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.concurrency.rush"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(clients)
    ]
    for seed, process in enumerate(processes):
        assert process.stdin is not None
        process.stdin.write(json.dumps(order | {"seed": seed}))
        process.stdin.close()
        process.stdin = None
    return [json.loads(process.communicate(timeout=240)[0]) for process in processes]


def count(database: Database, statement: str) -> int:
    with database.engine.connect() as connection:
        found = connection.scalar(text(statement))
        connection.rollback()
    return int(found or 0)


def told(answers: list[dict[str, Any]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for answer in answers:
        total.update(answer["codes"])
    return total


def test_a_rush_for_ten_slots_books_exactly_ten(
    database: Database, servers: Servers, clock: MovableClock, record_property: Any
) -> None:
    clock.move_to(NOW)
    with database.app.app_context():
        garage = make_garage(hours=DAY, rules=RULES)
    web = servers.web(database, workers=2, threads=4)
    answers = rush(web, garage, clients=16, attempts=100)
    codes = told(answers)
    record_property("codes", dict(codes))
    assert codes == {"201": 10, "409 slot_taken": 1590}
    assert sorted(slot for answer in answers for slot in answer["won"]) == sorted(SLOTS)
    assert count(database, "SELECT count(*) FROM appointment") == 10
    assert count(database, OVERLAPS) == 0


def test_without_its_guards_the_same_rush_double_books(
    own_database: Database, servers: Servers, clock: MovableClock
) -> None:
    clock.move_to(NOW)
    take_guards_off(own_database)
    with own_database.app.app_context():
        garage = make_garage(hours=DAY, rules=RULES)
    web = servers.web(own_database, workers=2, application="tests.concurrency.unguarded:create_app()")
    rush(web, garage, clients=8, attempts=10, slots=SLOTS[:2])
    assert count(own_database, OVERLAPS) > 0


def take_guards_off(database: Database) -> None:
    """Drop what the migration made to refuse overlaps."""
    with database.engine.begin() as connection:
        if database.kind == "postgresql":
            connection.execute(text("ALTER TABLE occupancy DROP CONSTRAINT ex_occupancy_no_overlap"))
            return
        for name in ("insert", "update"):
            connection.execute(text(f"DROP TRIGGER tr_occupancy_no_overlap_{name}"))
