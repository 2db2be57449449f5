"""Many desks that drag at once, against each other and online bookings: nothing lies over anything."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.auth.roles import Role
from tests.concurrency.checker import ROWS, VISITS, count_deadlocks, find_overlaps, read
from tests.concurrency.desks import Desk
from tests.concurrency.rushes import start_rush, told
from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.factories.staff import csrf_token, make_member
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.servers import Servers

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
EIGHT = datetime(2026, 12, 7, 7, tzinfo=UTC)
BAYS = 6
HOURS = (0, 1, 2, 3, 6)
SERVICES: list[dict[str, Any]] = [{"modes": ["wait", "drop_off"]}]
CARD = re.compile(r'data-carry="(\d+)" data-seen="(\d+)" data-mode="\w+" data-minutes="(\d+)"')
COLUMN = re.compile(r'data-kind="(bay)" data-resource="(\d+)"')
RULES = "closed no_slot_time drop_off_time horizon notice reception own_hours"


def drag_on(desk: Desk, *, drags: int, seed: int) -> Counter[str]:
    """So many drags of one receptionist, each from the board as it stood a moment before."""
    chooser, seen = random.Random(seed), Counter[str]()
    for _ in range(drags):
        page = desk.read("/desk/lyon/day?on=2026-12-07")
        number, version, minutes = chooser.choice(CARD.findall(page))
        form = {"csrf_token": csrf_token(page), "version": version}
        if chooser.random() < 0.1:
            status, part = desk.send(f"/desk/lyon/appointments/{number}/unplan", form)
        else:
            kind, resource_id = chooser.choice(COLUMN.findall(page))
            start = EIGHT + timedelta(minutes=15 * chooser.randrange(40))
            form |= {"works_at": start.isoformat(), kind: resource_id, "anyway": RULES}
            if chooser.random() < 0.2:
                form["work_minutes"] = str(int(minutes) % 120 + 15)
            status, part = desk.send(f"/desk/lyon/appointments/{number}/drop", form)
        seen[f"{status} {said(status, part)}"] += 1
    return seen


def said(status: int, part: str) -> str:
    """What the board shows: what was done, or why not; an answer that says neither is a fault."""
    if status == 200:
        return "done" if "data-undo" in part or part.strip() == "" else "silent"
    if "<dialog" in part:
        why = re.search(
            r'<p class="why">.*?<span>(.+?)</span>|<ul class="rules">.*?<span>(.+?)</span>', part, re.S
        )
        return "reason" if why else "no reason"
    return "stale" if "Someone else has just changed this" in part else "no reason"


def drag_at_once(
    database: Database, servers: Servers, clock: MovableClock, *, desks: int, drags: int
) -> None:
    clock.move_to(NOW)
    with database.app.app_context():
        garage = make_garage(bays=BAYS, technicians=BAYS, services=SERVICES, garage={"locale": "en"})
        for number in range(desks):
            make_member(garage, f"desk{number}@martin.example", Role.RECEPTIONIST)
        for number in range(5 * BAYS):
            wave = HOURS[number // BAYS]
            book(garage, EIGHT + timedelta(hours=wave), mode=("wait", "drop_off")[number % 2])
    web = servers.web(database, workers=2, threads=8)
    signed_in = [Desk(web.url, f"desk{number}@martin.example") for number in range(desks)]
    slots = [EIGHT + timedelta(minutes=30 * number) for number in range(20)]
    rush = start_rush(web, garage, clients=4, attempts=drags, slots=slots, every_seconds=0.1)
    with ThreadPoolExecutor(desks) as pool:
        done = pool.map(lambda seed: drag_on(signed_in[seed], drags=drags, seed=seed), range(desks))
        seen = sum(done, Counter[str]())
    online = told(rush.end())
    assert seen.total() == desks * drags
    assert set(seen) <= {"200 done", "409 reason", "409 stale"}, seen
    assert set(online) <= {"201", "409 slot_taken"}, online
    assert min(seen["200 done"], seen["409 reason"], online["201"]) > 0
    assert find_overlaps(database) == []
    assert count_deadlocks(database) == 0
    assert find_torn(database) == []


def find_torn(database: Database) -> Sequence[str]:
    """Visits that hold a bay without a technician, or another time than theirs."""
    held: dict[int, dict[str, tuple[Any, Any]]] = {}
    for _, starts_at, ends_at, number, kind in read(database, ROWS):
        held.setdefault(number, {})[kind] = (starts_at, ends_at)
    torn = []
    for number, reference, _, starts_at, ends_at, _status in read(database, VISITS):
        places = held.get(number, {})
        wanted = {"bay": (starts_at, ends_at), "technician": (starts_at, ends_at)} if starts_at else {}
        torn += [] if places == wanted else [f"{reference}: {places}, worked {starts_at} to {ends_at}"]
    return torn


def test_four_desks_and_online_bookings(database: Database, servers: Servers, clock: MovableClock) -> None:
    drag_at_once(database, servers, clock, desks=4, drags=12)


@pytest.mark.long
def test_twenty_desks_and_online_bookings(database: Database, servers: Servers, clock: MovableClock) -> None:
    drag_at_once(database, servers, clock, desks=20, drags=50)
