"""Two visits that want each other's place at the same moment: nothing lost, nothing taken twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.errors import SlotTakenError
from booking.resources.models import Occupancy
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.moves import move_online
from tests.support.clock import MovableClock

NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
PLACES = (NINE, NINE + timedelta(hours=1), NINE + timedelta(hours=2))


def test_places_are_swapped_or_kept(app_context: Flask, clock: MovableClock) -> None:
    run_rounds(app_context, clock, rounds=50)


@pytest.mark.long
def test_places_are_swapped_or_kept_500_times(app_context: Flask, clock: MovableClock) -> None:
    run_rounds(app_context, clock, rounds=500)


def run_rounds(app: Flask, clock: MovableClock, *, rounds: int) -> None:
    """Two of three places are taken; each round both visits go for another one at once."""
    clock.move_to(datetime(2026, 12, 7, 7, 0, tzinfo=UTC))
    garage = make_garage()
    at = dict(zip([book(garage, place) for place in PLACES[:2]], PLACES[:2], strict=True))
    moved = 0
    for number in range(rounds):
        first, second = at
        wanted = {first: at[second], second: at[first]}
        if number % 2:  # one of them goes for the free place
            wanted[second] = next(place for place in PLACES if place not in at.values())
        done = move_both(app, garage, wanted)
        moved += sum(done.values())
        at = {each: wanted[each] if done[each] else at[each] for each in at}
        assert places_of(garage) == {each: {place} for each, place in at.items()}
    assert 0 < moved < 2 * rounds


def move_both(app: Flask, garage: MadeGarage, wanted: dict[int, datetime]) -> dict[int, bool]:
    """Which of the moves succeeded."""
    start = Barrier(len(wanted))

    def move(appointment_id: int) -> bool:
        with app.app_context():
            start.wait()
            try:
                move_online(garage, appointment_id, wanted[appointment_id])
            except SlotTakenError:
                return False
            return True

    with ThreadPoolExecutor(len(wanted)) as pool:
        return dict(zip(wanted, pool.map(move, wanted), strict=True))


def places_of(garage: MadeGarage) -> dict[int, set[datetime]]:
    """Where the rows of each visit start; two rows each, bay and technician."""
    with scoped_to(garage.id), reading() as session:
        rows = session.execute(
            select(Occupancy.appointment_id, Occupancy.starts_at).where(Occupancy.garage_id == garage.id)
        ).all()
    assert len(rows) == 4
    found: dict[int, set[datetime]] = {}
    for appointment_id, starts_at in rows:
        found.setdefault(appointment_id or 0, set()).add(starts_at)
    return found
