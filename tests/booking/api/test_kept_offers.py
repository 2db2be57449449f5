"""What the API keeps of its answers about availability: what it costs, and what ends it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.tenancy.kept import forget_kept
from booking.api import kept_offers
from booking.appointments.slots import Offered, list_offered_at
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.holds import hold
from tests.support.api import WORKSHOP
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import Statements, count_statements

QUESTION = {"service": "oil", "mode": "wait", "from": "2026-12-01", "to": "2026-12-31"}
NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
"""Eight in Paris, when the workshop opens."""

Make = Callable[..., MadeGarage]


@pytest.fixture
def make(app: Flask, clock: MovableClock) -> Make:
    """Makes the garage; nothing is kept yet."""
    clock.move_to(NOW)

    def make_it(**facts: Any) -> MadeGarage:
        with app.app_context():
            forget_kept()
            return make_garage(**facts)

    return make_it


def ask(client: CarefulClient, *, tag: str = "", zipped: bool = False, **changes: Any) -> TestResponse:
    headers = {"If-None-Match": tag} if tag else {}
    headers |= {"Accept-Encoding": "gzip"} if zipped else {}
    return client.get(f"{WORKSHOP}/availability", query_string=QUESTION | changes, headers=headers)


def arrivals(client: CarefulClient, **changes: Any) -> list[str]:
    answer: Any = ask(client, **changes).json
    return [slot["arrives_at"][5:16] for day in answer["days"] for slot in day["slots"]]


def spent(client: CarefulClient, database: Database, **changes: Any) -> Statements:
    with count_statements(database.engine) as seen:
        assert ask(client, **changes).status_code == 200
    return seen


def test_a_warm_answer_costs_one_statement(client: CarefulClient, database: Database, make: Make) -> None:
    make()
    counts = [spent(client, database).count for _ in range(3)]
    assert counts[0] > 1
    assert counts[1:] == [1, 1]


def test_a_live_hold_costs_a_warm_answer_nothing_more(
    app: Flask, client: CarefulClient, database: Database, make: Make
) -> None:
    garage = make()
    before = arrivals(client)
    with app.app_context():
        hold(garage, NOW + timedelta(hours=2))
    held = arrivals(client)
    assert set(before) - set(held) != set()
    assert spent(client, database).count == 1
    assert spent(client, database).rows == 2  # its bay and its technician


def test_each_question_has_an_answer_of_its_own(client: CarefulClient, make: Make) -> None:
    make(services=[{}, {"code": "mot", "minutes": 90}])
    changes: list[dict[str, Any]] = [
        {},
        {"service": "mot"},
        {"service": ["mot", "oil"]},
        {"mode": "drop_off"},
        {"from": "2026-12-02"},
        {"to": "2026-12-30"},
    ]
    first = [ask(client, **each).text for each in changes]
    assert len(set(first)) == len(changes)
    assert [ask(client, **each).text for each in changes] == first


def test_who_has_it_already_is_told_so(app: Flask, client: CarefulClient, make: Make) -> None:
    garage = make()
    first = ask(client)
    again = ask(client, tag=first.headers["ETag"])
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "no-cache"
    with app.app_context():
        book(garage, NOW + timedelta(hours=2))
    after = ask(client, tag=first.headers["ETag"])
    assert after.status_code == 200
    assert after.headers["ETag"] != first.headers["ETag"]


def test_it_is_given_compressed_under_a_tag_of_its_own(client: CarefulClient, make: Make) -> None:
    make()
    plain, zipped = ask(client), ask(client, zipped=True)
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert plain.headers["Vary"] == zipped.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != zipped.headers["ETag"]
    assert ask(client, zipped=True, tag=zipped.headers["ETag"]).status_code == 304


def test_it_ends_when_the_notice_of_its_first_arrival_begins(
    client: CarefulClient, database: Database, clock: MovableClock, make: Make
) -> None:
    make(rules={"notice_minutes": 60})
    first = NOW + timedelta(hours=1)
    with clock.at(NOW - timedelta(minutes=3)):
        assert arrivals(client)[0] == "12-01T09:00"
    with clock.at(first - timedelta(minutes=60)):
        assert arrivals(client)[0] == "12-01T09:00"
        assert spent(client, database).count == 1
    with clock.at(first - timedelta(minutes=60) + timedelta(seconds=1)):
        assert arrivals(client)[0] == "12-01T09:30"


def test_it_ends_when_an_arrival_is_released(
    app: Flask, client: CarefulClient, database: Database, clock: MovableClock, make: Make
) -> None:
    garage = make(rules={"online_share": 20, "release_hours": 24, "horizon_days": 1}, technicians=1)
    ten_tomorrow = NOW + timedelta(hours=26)
    with app.app_context(), clock.at(NOW):
        for hours in (0, 1):
            book(garage, NOW + timedelta(days=1, hours=hours))
    with clock.at(ten_tomorrow - timedelta(days=1, minutes=1)):
        before = arrivals(client, **{"from": "2026-12-02"})
        assert spent(client, database, **{"from": "2026-12-02"}).count == 1
    with clock.at(ten_tomorrow - timedelta(days=1)):
        after = arrivals(client, **{"from": "2026-12-02"})
    assert set(after) - set(before) == {"12-02T10:00"}


def test_it_ends_with_the_local_date(client: CarefulClient, clock: MovableClock, make: Make) -> None:
    make(rules={"horizon_days": 2, "notice_minutes": 0})
    midnight = datetime(2026, 12, 1, 23, tzinfo=UTC)
    question = {"from": "2026-12-03"}
    with clock.at(midnight - timedelta(minutes=1)):
        assert {each[:5] for each in arrivals(client, **question)} == {"12-03"}
    with clock.at(midnight):
        assert {each[:5] for each in arrivals(client, **question)} == {"12-03", "12-04"}


def test_a_clock_that_was_set_back_gets_what_was_offered_then(
    client: CarefulClient, clock: MovableClock, make: Make
) -> None:
    make()
    with clock.at(NOW + timedelta(hours=2)):
        later = arrivals(client)
    with clock.at(NOW):
        assert arrivals(client)[0] < later[0]


def test_a_booking_between_what_stands_and_the_rows_is_never_given_to_who_asks_later(
    app: Flask, client: CarefulClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the answer already, which is kept at the version before it."""
    garage = make()

    def list_late(*args: Any, **options: Any) -> Offered:
        monkeypatch.setattr(kept_offers, "list_offered_at", list_offered_at)
        other = Thread(target=book_elsewhere, args=(app, garage))
        other.start()
        other.join()
        return list_offered_at(*args, **options)

    free = arrivals(client)
    with app.app_context():
        forget_kept()
    monkeypatch.setattr(kept_offers, "list_offered_at", list_late)
    asked_before, asked_after = arrivals(client), arrivals(client)
    assert "12-01T10:00" in free
    assert "12-01T10:00" not in asked_before
    assert asked_after == asked_before


def book_elsewhere(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, NOW + timedelta(hours=2))


def test_a_refusal_is_not_kept(client: CarefulClient, database: Database, make: Make) -> None:
    make(services=[{"online": False}, {"code": "mot"}])
    assert [ask(client).status_code for _ in range(2)] == [422, 422]
    assert arrivals(client, service="mot") != []
