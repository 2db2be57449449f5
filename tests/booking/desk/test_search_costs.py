"""What a search reads: the first rows of ranges of an index, at any size of the garage, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.glances import find_by_reference, list_glances
from booking.customers.search.queries import list_cars, list_hits
from booking.customers.search.question import read_question
from tests.factories.crowds import add_crowd, name_of, phone_of, plate_of
from tests.factories.garages import MadeGarage, make_garage
from tests.support.databases import KINDS, Database, DatabaseStock
from tests.support.plans import reading_of
from tests.support.walls import databases_allowed

NOW = datetime(2026, 12, 7, 8, tzinfo=UTC)
MOST_ROWS = 500
MOST_STEPS = 20_000
"""Of SQLite's machine; a row that is looked at costs it more than ten."""
LARGE = ("customer", "vehicle", "appointment", "customer_term", "vehicle_term")
SMALL, GREAT = (1_500, 2_000), (50_000, 70_000)
NUMBER = 777
ASKED = {
    "plate": plate_of(NUMBER),
    "three characters of a plate": plate_of(NUMBER)[2:5],
    "two letters that many plates have": "AA",
    "number": phone_of(NUMBER).replace("+33", "0"),
    "last digits": phone_of(NUMBER)[-4:],
    "first digits that many have": "06 1",
    "a name that many have": "perrot",
    "a beginning that many have": "ma",
    "a slip in a name that many have": "perot",
    "both names": name_of(NUMBER),
    "both names with a slip each": "Camile Perot",
    "three words": "yann le quemener",
    "reference": "ABC123",
    "nothing there": "zzzzzzzz",
}
"""What is typed, by what it is."""


def search(garage: MadeGarage, typed: str) -> int:
    """As the desk's page does; how many cars are found."""
    question = read_question(typed, country="FR")
    with scoped_to(garage.id), reading() as session:
        find_by_reference(session, garage.id, typed)
        hits = list_hits(session, garage.id, question)
        cars = list_cars(session, garage.id, hits[:20], question=question)[:20]
        ids = [car.vehicle.id for _, car in cars if car.vehicle]
        list_glances(session, garage.id, ids, now=NOW, instead={})
    return len(cars)


@pytest.fixture(scope="module", params=KINDS)
def small(
    request: pytest.FixtureRequest, database_stock: DatabaseStock
) -> Iterator[tuple[Database, MadeGarage]]:
    yield from crowded(request, database_stock, SMALL)


@pytest.fixture(scope="module", params=KINDS)
def great(
    request: pytest.FixtureRequest, database_stock: DatabaseStock
) -> Iterator[tuple[Database, MadeGarage]]:
    yield from crowded(request, database_stock, GREAT)


def crowded(
    request: pytest.FixtureRequest, stock: DatabaseStock, size: tuple[int, int]
) -> Iterator[tuple[Database, MadeGarage]]:
    """Made once for all that is asked of it."""
    with (
        databases_allowed(),
        stock.own(request.param, name=f"crowd{size[0]}") as database,
        database.app.app_context(),
    ):
        garage = make_garage()
        add_crowd(database.engine, garage, people=size[0], cars=size[1])
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        yield database, garage


@pytest.mark.parametrize("typed", ASKED.values(), ids=ASKED)
def test_a_search_reads_a_few_rows_by_indexes(small: tuple[Database, MadeGarage], typed: str) -> None:
    judge(small, typed, is_great=False)


@pytest.mark.long
@pytest.mark.parametrize("typed", ASKED.values(), ids=ASKED)
def test_a_search_among_50_000_customers_and_70_000_vehicles_reads_500_rows_at_most(
    great: tuple[Database, MadeGarage], typed: str
) -> None:
    judge(great, typed, is_great=True)


def judge(crowd: tuple[Database, MadeGarage], typed: str, *, is_great: bool) -> None:
    database, garage = crowd
    with databases_allowed(), database.app.app_context():
        seen = reading_of(database.engine, lambda: search(garage, typed), large=LARGE, are_large=is_great)
    assert seen.scans == []
    assert seen.rows <= MOST_ROWS, seen
    assert seen.steps <= MOST_STEPS, seen
