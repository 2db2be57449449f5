"""Several rows of one person: all are offered, who came last or is to come stands first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import reading
from app.tenancy.queries import get_garage
from app.tenancy.scope import scoped_to
from booking.desk.phone.callers import find_matches
from booking.desk.phone.forms import Typed
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY - timedelta(days=3))
    return make_garage(bays=2, technicians=2)


def match(garage: MadeGarage, **words: str) -> list[tuple[str, str]]:
    with scoped_to(garage.id), reading() as session:
        found = find_matches(session, get_garage(session, garage.id), Typed(words))
    return [(each.facts["phone"], each.facts["email"]) for each in found]


@pytest.mark.parametrize("days", [1, -1])
def test_of_two_rows_of_one_person_the_one_of_the_latest_visit_stands_first(
    garage: MadeGarage, days: int
) -> None:
    assert CAMILLE.phone is not None
    assert CAMILLE.email is not None
    book(garage, MONDAY + timedelta(days=1))
    book(
        garage,
        MONDAY + timedelta(days=1 + days, hours=1),
        customer=replace(CAMILLE, email="new@perrot.example"),
    )
    rows = [(CAMILLE.phone, "new@perrot.example"), (CAMILLE.phone, CAMILLE.email)]
    wanted = rows if days > 0 else rows[::-1]
    for words in (
        {"phone": CAMILLE.phone},
        {"plate": "GA482QT"},
        {"phone": CAMILLE.phone, "plate": "GA482QT"},
    ):
        assert match(garage, **words) == wanted


def test_by_plate_and_number_the_other_rows_of_the_plate_are_offered_after(garage: MadeGarage) -> None:
    assert CAMILLE.phone is not None
    assert CAMILLE.email is not None
    book(garage, MONDAY + timedelta(days=2))
    book(garage, MONDAY, customer=replace(CAMILLE, phone=None))
    assert match(garage, phone=CAMILLE.phone, plate="GA482QT") == [
        (CAMILLE.phone, CAMILLE.email),
        ("", CAMILLE.email),
    ]
