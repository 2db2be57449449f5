"""What the customer's pages cost: statements whatever the number of appointments, and bytes."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from tests.factories.appointments import book, manage_token
from tests.factories.busy import fill_calendar
from tests.factories.drafts import start_draft_with
from tests.factories.garages import MadeGarage, make_garage
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements
from tests.support.steps import CONTACT, VEHICLE

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 8, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 25, tzinfo=UTC)
MOST_STATEMENTS = 8
MOST_STATEMENTS_OF_A_MOVE = 14
"""The appointment as its own page reads it, and an offer as the slot step reads it."""
MOST_BYTES = 30_000
SERVICES: list[dict[str, Any]] = [
    {"max_per_day": 500, "price_from_cents": 8900},
    *(
        {
            "code": f"work-{number}",
            "group": ("maintenance", "tyres", "diagnosis")[number % 3],
            "name": {"en": f"Work number {number} on the car", "fr": f"Travail numéro {number}"},
            "description": {"en": "What is done, in a line of plain words, and what is checked."},
            "price_from_cents": 4900 + number,
        }
        for number in range(19)
    ),
]
ANSWERS = {
    "services": ["oil"],
    "vehicle": VEHICLE,
    "slot": {"mode": "wait", "arrives_at": TUESDAY.isoformat()},
    "contact": CONTACT,
}
PAGES = ("start", "services", "vehicle", "slot", "contact", "manage", "move", "garage", "accent")


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """A garage of twenty services, two bays and a courtesy car."""
    clock.move_to(NOW)
    with app.app_context():
        return make_garage(bays=2, technicians=2, courtesy_cars=1, services=SERVICES)


@pytest.fixture
def addresses(app: Flask, client: CarefulClient, garage: MadeGarage) -> dict[str, str]:
    """Every page of the customer's by name, with a draft and an appointment to show."""
    with app.app_context():
        token = manage_token(garage, book(garage, TUESDAY))
        start = "/g/martin/lyon"
        draft = f"{start}/b/{start_draft_with(garage, answers=ANSWERS)}"
    steps = {step: f"{draft}/{step}" for step in ("services", "vehicle", "slot", "contact")}
    found = re.search(r'"(/g/martin/accent[^"]+)"', client.get(start).get_data(as_text=True))
    assert found is not None
    return steps | {
        "start": start,
        "manage": f"/a/{token}",
        "move": f"/a/{token}/move",
        "garage": "/g/martin",
        "accent": found[1],
    }


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_the_same_statements_at_10_and_at_1000_appointments(
    client: CarefulClient,
    app: Flask,
    database: Database,
    garage: MadeGarage,
    addresses: dict[str, str],
    page: str,
) -> None:
    counts: list[int] = []
    for more, first_at in (
        (10, datetime(2026, 11, 25, tzinfo=UTC)),
        (990, datetime(2026, 11, 26, tzinfo=UTC)),
    ):
        with app.app_context():
            fill_calendar(garage, more, first_at=first_at, first_number=len(counts) * 10)
        with count_statements(database.engine) as seen:
            assert client.get(addresses[page]).status_code in {200, 302}
        counts.append(seen.count)
        assert seen.count <= (MOST_STATEMENTS_OF_A_MOVE if page == "move" else MOST_STATEMENTS), seen
    assert counts[0] == counts[1]


@pytest.mark.parametrize("page", ["start", "vehicle", "slot", "contact", "manage", "move"])
def test_a_page_and_all_it_loads_stay_within_30_kilobytes(
    client: CarefulClient, addresses: dict[str, str], page: str
) -> None:
    answer = client.get(addresses[page], headers={"Accept-Encoding": "gzip"})
    html = gzip.decompress(answer.data).decode()
    parts = re.findall(r'(?:href|src)="(/(?:static|g/martin/accent)[^"]+)"', html)
    weight = len(answer.data) + sum(
        len(client.get(part, headers={"Accept-Encoding": "gzip"}).data) for part in parts
    )
    assert len(parts) >= 4
    assert weight <= MOST_BYTES
