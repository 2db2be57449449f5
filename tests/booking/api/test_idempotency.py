"""The same call sent again: one appointment, the first answer, and no link in the clear."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.jobs import forget_stored_answers
from booking.appointments.models import Appointment, StoredAnswer
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.workshops import add_workshop
from tests.support.api import APPOINTMENTS, KEY, booking, post_booking
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.servers import Servers

NINE = "2026-12-02T09:00:00+01:00"
PARIS = APPOINTMENTS.replace("lyon", "paris")
CALLS = 50


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 7, tzinfo=UTC))
    with app.app_context():
        return make_garage(bays=3, technicians=3)


def count(app: Flask, garage: MadeGarage, model: type[Appointment] | type[StoredAnswer]) -> int:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        rows = select(func.count()).select_from(model).where(model.garage_id == garage.id)
        return session.scalar(rows) or 0


def test_the_same_call_gets_the_first_answer(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    first, second = post_booking(client, booking()), post_booking(client, booking())
    assert (first.status_code, second.status_code) == (201, 201)
    assert (second.data, second.headers["Location"]) == (first.data, first.headers["Location"])
    assert count(app, garage, Appointment) == 1


def test_spacing_and_order_of_members_make_no_other_body(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    first = post_booking(client, booking())
    turned = dict(reversed(booking().items()))
    assert post_booking(client, turned).data == first.data
    assert count(app, garage, Appointment) == 1


def test_the_first_answer_stands_even_when_the_appointment_is_cancelled(
    client: CarefulClient, garage: MadeGarage
) -> None:
    first = post_booking(client, booking())
    assert client.delete(first.headers["Location"]).status_code == 200
    assert post_booking(client, booking()).data == first.data


def test_another_body_is_refused(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    post_booking(client, booking())
    response = post_booking(client, booking(arrives_at=NINE))
    assert response.json is not None
    assert (response.status_code, response.json["code"]) == (422, "idempotency_key_reused")
    assert count(app, garage, Appointment) == 1


def test_another_key_books_again(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    post_booking(client, booking())
    assert post_booking(client, booking(), key="another-key-of-mine").status_code == 201
    assert count(app, garage, Appointment) == 2


def test_the_same_key_at_another_garage_is_another_call(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        make_garage(slug="dupont")
    first = post_booking(client, booking())
    other = post_booking(client, booking(), path=APPOINTMENTS.replace("martin", "dupont"))
    assert other.status_code == 201
    assert other.data != first.data


def test_a_refused_slot_is_not_remembered(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    with app.app_context():
        for _ in range(3):
            book(garage, datetime(2026, 12, 2, 7, tzinfo=UTC))
    assert post_booking(client, booking()).status_code == 409
    assert post_booking(client, booking(arrives_at=NINE)).status_code == 201


def test_a_wrong_body_is_not_remembered(client: CarefulClient, garage: MadeGarage) -> None:
    assert post_booking(client, booking(mode="fly")).status_code == 422
    assert post_booking(client, booking()).status_code == 201


def test_an_answer_is_kept_for_24_hours(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    first = post_booking(client, booking(arrives_at="2026-12-04T08:00:00+01:00"))
    clock.advance(hours=23, minutes=59)
    with app.app_context():
        forget_stored_answers()
    assert post_booking(client, booking(arrives_at="2026-12-04T08:00:00+01:00")).data == first.data


def test_after_24_hours_the_key_is_free_again(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    post_booking(client, booking(arrives_at="2026-12-04T08:00:00+01:00"))
    clock.advance(hours=24)
    again = post_booking(client, booking(arrives_at="2026-12-04T09:00:00+01:00"))
    assert again.status_code == 201
    assert (count(app, garage, Appointment), count(app, garage, StoredAnswer)) == (2, 1)


def test_no_token_is_stored(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    answer = post_booking(client, booking()).json
    assert answer is not None
    with app.app_context(), scoped_to(garage.id), reading() as session:
        row = session.scalars(select(StoredAnswer).where(StoredAnswer.garage_id == garage.id)).one()
    assert answer["manage_token"] not in str(row.answer)
    assert row.answer["manage_token"] == "{link}"


def test_the_same_key_at_another_workshop_is_refused(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        add_workshop(garage, "paris")
    post_booking(client, booking())
    response = post_booking(client, booking(), path=PARIS)
    assert response.json is not None
    assert (response.status_code, response.json["code"]) == (422, "idempotency_key_reused")


def at_once(app: Flask, calls: list[tuple[str, dict[str, Any]]]) -> Counter[tuple[int, bytes]]:
    """Post each body to its address at the same moment; the answers, counted."""
    together = Barrier(len(calls))

    def post(call: tuple[str, dict[str, Any]]) -> tuple[int, bytes]:
        path, body = call
        client = FlaskClient(app, app.response_class, use_cookies=False)
        together.wait()
        response = post_booking(client, body, path=path)
        return response.status_code, response.data

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(post, calls))


def by_status(answers: Counter[tuple[int, bytes]]) -> dict[int, int]:
    found: Counter[int] = Counter()
    for (status, _), times in answers.items():
        found[status] += times
    return dict(found)


def test_fifty_equal_calls_at_once_book_once(app: Flask, garage: MadeGarage) -> None:
    answers = at_once(app, [(APPOINTMENTS, booking())] * CALLS)
    assert list(answers.values()) == [CALLS], answers
    assert by_status(answers) == {201: CALLS}
    assert count(app, garage, Appointment) == 1


def test_of_different_calls_with_one_key_at_once_one_books(app: Flask, garage: MadeGarage) -> None:
    calls = [(APPOINTMENTS, booking(notes=f"number {number}")) for number in range(CALLS)]
    assert by_status(at_once(app, calls)) == {201: 1, 422: CALLS - 1}
    assert count(app, garage, Appointment) == 1


def test_of_calls_at_two_workshops_with_one_key_at_once_one_workshop_books(
    app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        add_workshop(garage, "paris")
    answers = at_once(app, [(APPOINTMENTS, booking()), (PARIS, booking())] * 10)
    assert by_status(answers) == {201: 10, 422: 10}
    assert count(app, garage, Appointment) == 1


def test_equal_calls_to_two_processes_book_once(app: Flask, database: Database, servers: Servers) -> None:
    with app.app_context():
        garage = make_garage(bays=3, technicians=3)
    web = servers.web(database, workers=2)
    question = f"{web.url}/api/v1/garages/martin/workshops/lyon/availability?service=oil&mode=wait"
    soon = datetime.now(UTC).date()
    with urlopen(f"{question}&from={soon}&to={soon + timedelta(days=7)}") as answer:
        days = json.load(answer)["days"]
    arrives_at = next(slot["arrives_at"] for day in days for slot in day["slots"])

    def post(_: int) -> tuple[int, bytes]:
        request = Request(
            web.url + APPOINTMENTS,
            data=json.dumps(booking(arrives_at=arrives_at)).encode(),
            headers={"Content-Type": "application/json", "Idempotency-Key": KEY},
        )
        with urlopen(request) as answer:
            return answer.status, answer.read()

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(post, range(CALLS)))
    assert list(answers.values()) == [CALLS], answers
    assert count(app, garage, Appointment) == 1
