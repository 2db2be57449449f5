"""Why a time is refused through the API: the first rule that binds, by its code."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from flask import Flask

from booking.availability.engine.model import Reason
from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.support.api import booking, post_booking
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

TAKEN_AT = datetime(2026, 12, 2, 9, tzinfo=UTC)
TAKEN = "2026-12-02T10:00:00+01:00"


def reason_of(response: Any) -> str:
    assert (response.status_code, response.json["code"]) == (409, "slot_taken"), response.text
    return str(response.json["reason"])


@pytest.fixture(autouse=True)
def _day_before(clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 12, 1, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    ("arrives_at", "reason"),
    [
        ("2026-12-02T07:00:00+01:00", "closed"),
        ("2026-12-02T07:00:01+01:00", "closed"),
        ("2026-12-06T08:00:00+01:00", "closed"),
        ("2026-12-02T08:07:00+01:00", "no_slot_time"),
        ("2026-12-02T08:00:01+01:00", "no_slot_time"),
        ("2026-12-02T11:30:00+01:00", "not_in_time"),
        ("2026-11-30T08:00:00+01:00", "notice"),
        ("2027-06-02T08:00:00+02:00", "horizon"),
    ],
)
def test_the_clock_s_reasons_are_named(
    app: Flask, client: CarefulClient, arrives_at: str, reason: Reason
) -> None:
    with app.app_context():
        make_garage()
    assert reason_of(post_booking(client, booking(arrives_at=arrives_at))) == reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "both_busy"),
        ({"bays": 2}, "no_technician"),
        ({"technicians": 2}, "no_bay"),
        ({"bays": 2, "technicians": 2, "rules": {"arrivals_per_slot": 1}}, "reception"),
        ({"services": [{"max_per_day": 1}]}, "cap"),
        ({"rules": {"online_share": 10}}, "online_share"),
    ],
)
def test_what_is_taken_is_named(
    app: Flask, client: CarefulClient, changes: dict[str, Any], reason: Reason
) -> None:
    with app.app_context():
        book(make_garage(**changes), TAKEN_AT)
    assert reason_of(post_booking(client, booking(arrives_at=TAKEN))) == reason


def test_a_missing_courtesy_car_and_a_late_drop_off_are_named(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage(rules={"drop_off_until": 600})
    body = booking(mode="drop_off", courtesy_car=True)
    assert reason_of(post_booking(client, body)) == "courtesy_car"
    assert (
        reason_of(post_booking(client, body | {"arrives_at": "2026-12-02T10:30:00+01:00"})) == "drop_off_time"
    )


def test_the_reason_is_told_in_words_too(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        book(make_garage(), TAKEN_AT)
    closed = post_booking(client, booking(arrives_at="2026-12-06T08:00:00+01:00")).get_json()
    taken = post_booking(client, booking(arrives_at=TAKEN)).get_json()
    why = "n’est pas possible\u202f: l’atelier est fermé à ce moment-là."
    assert closed["detail"] == f"Cet horaire {why} Choisissez-en un autre."
    assert taken["detail"] == "Ce créneau vient d’être pris. Choisissez-en un autre."


def test_a_refused_move_names_the_reason_too(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        book(make_garage(), TAKEN_AT)
    address = post_booking(client, booking()).headers["Location"]
    assert reason_of(client.patch(address, json={"arrives_at": TAKEN})) == "both_busy"
    late = {"arrives_at": "2026-12-02T17:30:00+01:00"}
    assert reason_of(client.patch(address, json=late)) == "not_in_time"


def test_the_document_lists_every_reason(client: CarefulClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    told = str(document["components"]["schemas"]["NotOfferedProblem"]["properties"]["reason"])
    assert [code for code in get_args(Reason) if f"'{code}'" not in told] == []


def test_naming_the_reason_costs_no_statement_of_its_own(
    app: Flask, client: CarefulClient, database: Database
) -> None:
    with app.app_context():
        book(make_garage(), TAKEN_AT)
    with count_statements(database.engine) as closed:
        reason_of(post_booking(client, booking(arrives_at="2026-12-02T07:00:00+01:00")))
    with count_statements(database.engine) as taken:
        reason_of(post_booking(client, booking(arrives_at=TAKEN)))
    assert taken.count == closed.count, taken
    assert "occupancy" in str(taken)
