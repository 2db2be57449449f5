"""A rush for few slots over HTTP: exactly as many bookings as slots, and controls that can fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.concurrency.checker import count_deadlocks, find_halves, find_overlaps, find_references
from tests.concurrency.rushes import start_rush, told
from tests.factories.garages import make_garage
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.servers import Servers

HOURS = {day: [[480, 1080]] for day in ("mon", "tue", "wed", "thu", "fri")}
MONDAY = datetime(2026, 12, 7, tzinfo=UTC)
SLOTS = [MONDAY + timedelta(days=day, hours=hour) for day in range(4) for hour in range(7, 17)]
HALF_HOURS = [slot + timedelta(minutes=half) for slot in SLOTS for half in (0, 30)]
RULES = {"slot_minutes": 60}
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)

CATALOGUE: tuple[dict[str, Any], ...] = (
    {},
    {"code": "tyres", "minutes": 30, "turnaround_minutes": 15},
    {"code": "brakes", "minutes": 120},
    {"code": "clutch", "minutes": 420, "stay_days": 1, "modes": ["drop_off"]},
)
VISITS: list[dict[str, Any]] = [
    {"services": ["oil"], "mode": "wait"},
    {"services": ["tyres"], "mode": "wait"},
    {"services": ["oil", "tyres"], "mode": "drop_off"},
    {"services": ["brakes"], "mode": "drop_off", "courtesy_car": True},
    {"services": ["clutch"], "mode": "drop_off"},
    {"services": ["clutch"], "mode": "drop_off", "courtesy_car": True},
]
PLACES: dict[str, Any] = {"bays": 5, "technicians": 6, "courtesy_cars": 2, "services": CATALOGUE}
Recorder = Callable[[str, object], None]


@pytest.mark.parametrize(
    ("clients", "attempts", "slots"), [(16, 20, 10), pytest.param(64, 500, 40, marks=pytest.mark.long)]
)
def test_a_rush_for_a_few_slots_books_exactly_those(
    database: Database,
    servers: Servers,
    clock: MovableClock,
    record_property: Recorder,
    clients: int,
    attempts: int,
    slots: int,
) -> None:
    clock.move_to(NOW)
    with database.app.app_context():
        garage = make_garage(hours=HOURS, rules=RULES)
    web = servers.web(database, workers=2, threads=4)
    rush = start_rush(web, garage, clients=clients, attempts=attempts, slots=SLOTS[:slots])
    answers = rush.end(patience_seconds=60 + clients * attempts / 10)
    record_property("codes", dict(told(answers)))
    record_property("longest seconds", max(answer["longest"] for answer in answers))
    assert told(answers) == {"201": slots, "409 slot_taken": clients * attempts - slots}
    assert len({slot for answer in answers for slot in answer["won"]}) == slots
    assert len(find_references(database)) == slots
    assert not find_overlaps(database)
    assert not find_halves(database)


@pytest.mark.parametrize(("clients", "attempts"), [(8, 25), pytest.param(32, 250, marks=pytest.mark.long)])
def test_visits_of_all_lengths_never_overlap_on_bays_technicians_and_courtesy_cars(
    database: Database,
    servers: Servers,
    clock: MovableClock,
    record_property: Recorder,
    clients: int,
    attempts: int,
) -> None:
    clock.move_to(NOW)
    with database.app.app_context():
        garage = make_garage(hours=HOURS, rules={"slot_minutes": 30}, **PLACES)
    deadlocks = count_deadlocks(database)
    web = servers.web(database, workers=2, threads=4)
    rush = start_rush(
        web, garage, clients=clients, attempts=attempts, slots=HALF_HOURS[: clients * 5], visits=VISITS
    )
    answers = rush.end(patience_seconds=60 + clients * attempts / 10)
    codes = told(answers)
    record_property("codes", dict(codes))
    assert codes.keys() == {"201", "409 slot_taken"}
    assert find_references(database) == {each for answer in answers for each in answer["references"]}
    assert len(find_references(database)) == codes["201"] > 20
    assert not find_overlaps(database)
    assert not find_halves(database)
    assert count_deadlocks(database) == deadlocks


def test_without_its_guards_the_same_rush_double_books(
    own_database: Database, servers: Servers, clock: MovableClock
) -> None:
    clock.move_to(NOW)
    take_guards_off(own_database)
    with own_database.app.app_context():
        garage = make_garage(hours=HOURS, rules=RULES)
    web = servers.web(own_database, workers=2, application="tests.concurrency.unguarded:create_app()")
    start_rush(web, garage, clients=8, attempts=10, slots=SLOTS[:2]).end()
    assert find_overlaps(own_database)


def test_without_its_guards_visits_with_courtesy_cars_overlap_on_every_kind_of_resource(
    own_database: Database, servers: Servers, clock: MovableClock
) -> None:
    clock.move_to(NOW)
    take_guards_off(own_database)
    with own_database.app.app_context():
        garage = make_garage(hours=HOURS, rules={"slot_minutes": 30}, **PLACES)
    web = servers.web(own_database, workers=2, application="tests.concurrency.unguarded:create_app()")
    lent = [visit for visit in VISITS if "courtesy_car" in visit]
    start_rush(web, garage, clients=8, attempts=5, slots=HALF_HOURS[:2], visits=lent).end()
    assert {kind for *_, kind in find_overlaps(own_database)} == {"bay", "technician", "courtesy_car"}


def take_guards_off(database: Database) -> None:
    """Drop what the migration made to refuse overlaps."""
    with database.engine.begin() as connection:
        if database.kind == "postgresql":
            connection.execute(text("ALTER TABLE occupancy DROP CONSTRAINT ex_occupancy_no_overlap"))
            return
        for name in ("insert", "update"):
            connection.execute(text(f"DROP TRIGGER tr_occupancy_no_overlap_{name}"))
