"""An appointment that its customer may change until four hours before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from tests.factories.garages import MadeGarage, make_garage
from tests.support.api import booking, post_booking
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """One bay, one technician, and a limit of four hours."""
    clock.move_to(datetime(2026, 12, 1, 7, tzinfo=UTC))
    with app.app_context():
        return make_garage(rules={"cancel_until_minutes": 240})


@pytest.fixture
def address(client: CarefulClient, garage: MadeGarage) -> str:
    """The API's address of an appointment on 2 December at 08:00 in Paris."""
    return post_booking(client, booking()).headers["Location"]
