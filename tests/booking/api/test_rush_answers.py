"""What those hear who come too late: the same as the first of them, for less, and never what stood before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.tenancy.kept import forget_kept
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.holds import hold
from tests.factories.steps import cancel
from tests.support.api import booking, post_booking
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
WANTED = datetime(2026, 12, 2, 7, tzinfo=UTC)
_numbers = count(1)


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> Iterator[MadeGarage]:
    """One bay, one technician; the clock stands, so that no minute ends meanwhile."""
    with clock.at(NOW):
        with app.app_context():
            forget_kept()
            made = make_garage()
        yield made


def post(client: CarefulClient, *, key: str = "", **changes: Any) -> Any:
    own = key or f"a-key-of-its-own-{next(_numbers)}"
    return post_booking(client, booking(arrives_at=WANTED.isoformat(), **changes), key=own)


def test_the_second_who_loses_asks_less_and_hears_the_same(
    client: CarefulClient, database: Database, garage: MadeGarage
) -> None:
    assert post(client).status_code == 201
    spent, told = [], []
    for _ in range(3):
        with count_statements(database.engine) as seen:
            answer = post(client)
        assert answer.status_code == 409
        spent.append(seen.count)
        told.append(answer.json)
    assert told[0] == told[1] == told[2]
    assert told[0]["reason"] is not None
    assert len(told[0]["alternatives"]) == 3
    assert spent[0] > 5
    assert spent[1:] == [2, 2]  # what stands, and whether this very call is answered already


def test_the_winner_who_calls_again_hears_that_they_have_won(
    client: CarefulClient, garage: MadeGarage
) -> None:
    first = post(client, key="the-key-of-the-winner")
    assert post(client).status_code == 409
    again = post(client, key="the-key-of-the-winner")
    assert (again.status_code, again.json) == (201, first.json)
    other_body = post(client, key="the-key-of-the-winner", notes="another body")
    assert other_body.status_code == 422


def test_a_place_given_back_is_offered_at_once(
    app: Flask, client: CarefulClient, database: Database, garage: MadeGarage
) -> None:
    post(client)
    assert [post(client).status_code for _ in range(2)] == [409, 409]
    with database.engine.connect() as connection:
        number = connection.scalar(text("SELECT id FROM appointment"))
    with app.app_context():
        cancel(garage, int(number or 0))
    assert post(client).status_code == 201


def test_an_arrival_that_is_held_is_free_when_the_hold_is_over(
    app: Flask, client: CarefulClient, clock: MovableClock, garage: MadeGarage
) -> None:
    with app.app_context():
        hold(garage, WANTED)
    assert [post(client).status_code for _ in range(2)] == [409, 409]
    with clock.at(NOW + timedelta(minutes=10)):
        assert post(client).status_code == 201


def test_another_visit_at_the_same_time_is_another_question(
    client: CarefulClient, garage: MadeGarage
) -> None:
    post(client)
    lost = [post(client), post(client)]
    dropped = post(client, mode="drop_off")
    assert [answer.status_code for answer in lost] == [409, 409]
    assert dropped.status_code == 201


def test_a_notice_that_has_begun_is_told_although_it_was_another_reason_before(
    client: CarefulClient, database: Database, clock: MovableClock, garage: MadeGarage
) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE workshop_rules SET notice_minutes = 120"))
    post(client)
    before = [post(client).json["reason"] for _ in range(2)]
    with clock.at(WANTED - timedelta(minutes=119)):
        after = [post(client).json["reason"] for _ in range(2)]
    assert (before, after) == (["both_busy"] * 2, ["notice"] * 2)
