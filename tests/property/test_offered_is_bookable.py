"""Offered means bookable, and not offered means refused for the right reason: through the public API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, update

from app import clock
from app.localtime import from_minutes, to_minutes
from app.tenancy.models import WorkshopCalendar
from booking.appointments.models import Appointment
from booking.availability.engine.model import Instant, Slot
from booking.resources.models import Occupancy
from tests.factories.drawn import as_stored, list_codes, store_draw
from tests.factories.garages import MadeGarage
from tests.property.differences import refused
from tests.property.draws import Draw, draw
from tests.property.oracle_why import WhyOracle
from tests.support.api import booking, post_booking
from tests.support.client import CarefulClient
from tests.support.databases import Database

CHUNKS, WORKSHOPS = 6, 30
LONG_CHUNKS, LONG_WORKSHOPS = 50, 1_000
REFUSALS_ASKED = 5


class Shop:
    """A drawn workshop on a real database, asked the way a partner's program asks."""

    def __init__(self, database: Database, drawn: Draw) -> None:
        self.drawn, self.engine = drawn, database.engine
        client = database.app.test_client()
        assert isinstance(client, CarefulClient)
        self.client = client
        with database.app.app_context():
            self.garage = store_draw(drawn, f"drawn-{drawn.seed}")
        self.path = f"/api/v1/garages/{self.garage.slug}/workshops/lyon"
        self.asked = 0

    def list_shown(self) -> list[Slot]:
        question: dict[str, Any] = {
            "service": list_codes(self.drawn),
            "mode": self.drawn.demand.mode,
            "from": self.drawn.on.isoformat(),
            "to": self.drawn.on.isoformat(),
            "courtesy_car": str(self.drawn.demand.courtesy_car).lower(),
        }
        answer = self.client.get(f"{self.path}/availability", query_string=question)
        assert answer.status_code == 200, answer.text
        assert answer.json is not None
        slots = [slot for day in answer.json["days"] for slot in day["slots"]]
        return [Slot(read_minutes(slot["arrives_at"]), read_minutes(slot["ready_at"])) for slot in slots]

    def book(self, arrives_at: Instant) -> tuple[int, str | None]:
        """The status, and the reason of a refusal."""
        self.asked += 1
        body = booking(
            services=list_codes(self.drawn),
            mode=self.drawn.demand.mode,
            courtesy_car=self.drawn.demand.courtesy_car,
            arrives_at=from_minutes(arrives_at).isoformat(),
        )
        key = f"{self.garage.slug}-attempt-{self.asked:06d}"
        answer = post_booking(self.client, body, key=key, path=f"{self.path}/appointments")
        assert answer.json is not None
        return answer.status_code, answer.json.get("reason")


def read_minutes(text: str) -> Instant:
    return to_minutes(datetime.fromisoformat(text))


@contextmanager
def undone(engine: Engine, garage: MadeGarage) -> Iterator[None]:
    """Give back what the block books, so that the next attempt finds the workshop as it was drawn."""
    yield
    live = (Appointment.garage_id == garage.id, Appointment.source == "api")
    ours = select(Appointment.id).where(*live)
    with engine.begin() as connection:
        connection.execute(
            delete(Occupancy).where(Occupancy.garage_id == garage.id, Occupancy.appointment_id.in_(ours))
        )
        connection.execute(update(Appointment).where(*live).values(status="cancelled"))
        calendar = update(WorkshopCalendar).where(WorkshopCalendar.garage_id == garage.id)
        connection.execute(calendar.values(version=WorkshopCalendar.version + 1))


def count_differences(database: Database, seed: int) -> Counter[str]:
    """Book all that is shown and some that is not, one after the other; what came of it, differences told."""
    drawn = as_stored(draw(seed))
    oracle = WhyOracle(drawn.workshop, drawn.demand, drawn.now)
    told: Counter[str] = Counter()
    with clock.at(from_minutes(drawn.now)):
        shop = Shop(database, drawn)
        shown = shop.list_shown()
        assert shown == oracle.slots(drawn.on, drawn.on), f"what is shown of seed {seed}"
        offered = [slot.arrives_at for slot in shown]
        others = refused(drawn, oracle, offered)[:REFUSALS_ASKED]
        for arrives_at in (*offered, *others):
            # Some of the others lie on the dates next to it, where they may be offered.
            reason = None if arrives_at in offered else oracle.reason(arrives_at)
            with undone(shop.engine, shop.garage):
                answer = shop.book(arrives_at)
            assert answer == (409 if reason else 201, reason), f"{arrives_at} of seed {seed}"
            told["refused" if reason else "booked"] += 1
    return told


def assert_offered_is_bookable(database: Database, first_seed: int, last_seed: int) -> None:
    """Every workshop of the half-open range; enough of both answers for the comparison to mean something."""
    told: Counter[str] = Counter()
    for seed in range(first_seed, last_seed):
        told += count_differences(database, seed)
    assert told["booked"] > last_seed - first_seed
    assert told["refused"] > last_seed - first_seed


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_is_shown_can_be_booked_and_nothing_else(database: Database, chunk: int) -> None:
    size = WORKSHOPS // CHUNKS
    assert_offered_is_bookable(database, chunk * size, (chunk + 1) * size)


@pytest.mark.long
@pytest.mark.parametrize("chunk", range(LONG_CHUNKS))
def test_what_is_shown_can_be_booked_and_nothing_else_at_length(database: Database, chunk: int) -> None:
    size = LONG_WORKSHOPS // LONG_CHUNKS
    assert_offered_is_bookable(database, chunk * size, (chunk + 1) * size)
