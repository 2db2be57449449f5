"""A visitor at a workshop that opens on Monday 23 November 2026."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from tests.factories.appointments import book, manage_token
from tests.factories.garages import make_garage
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import Steps

TUESDAY_NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)  # eight o'clock in Lyon


@pytest.fixture
def visitor(client: CarefulClient, app: Flask, clock: MovableClock) -> Steps:
    """Somebody about to book at a garage with one bay, one technician and two services."""
    clock.move_to(MONDAY)
    services = [
        {"price_from_cents": 8900},
        {"code": "timing", "minutes": 240, "modes": ["drop_off"], "name": {"en": "Timing belt"}},
    ]
    with app.app_context():
        garage = make_garage(
            courtesy_cars=1, services=services, rules={"cancel_until_minutes": 60, "notice_minutes": 60}
        )
    return Steps(client, garage)


@pytest.fixture
def appointment_id(visitor: Steps, app: Flask) -> int:
    """A visit on Tuesday at nine."""
    with app.app_context():
        return book(visitor.garage, TUESDAY_NINE)


@pytest.fixture
def page(visitor: Steps, app: Flask, appointment_id: int) -> str:
    """The address of its own page."""
    with app.app_context():
        return f"/a/{manage_token(visitor.garage, appointment_id)}"
