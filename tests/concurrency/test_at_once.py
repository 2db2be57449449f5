"""Equal calls and two desks at the same moment, against real servers: one of them counts, both are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.auth.roles import Role
from tests.concurrency.at_once import Answer, Request, send_at_once
from tests.concurrency.checker import find_halves, read
from tests.concurrency.desks import Desk
from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.factories.staff import make_member
from tests.support.api import APPOINTMENTS, booking
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.servers import Servers, WebServer

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
WEDNESDAY = datetime(2026, 12, 2, 7, tzinfo=UTC)
DESKS = ("one@martin.example", "two@martin.example")
TARGETS = ("arrived", "in_progress")
"""The second step is allowed after the first: only the version tells that the page was old."""

CONFLICT = "Someone else has just changed this."
Recorder = Callable[[str, object], None]


def call(key: str) -> Request:
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    return Request(APPOINTMENTS, json.dumps(booking()), headers)


@pytest.fixture
def web(database: Database, servers: Servers, clock: MovableClock) -> WebServer:
    clock.move_to(NOW)
    with database.app.app_context():
        make_garage()
    return servers.web(database, workers=2, threads=4)


def test_fifty_equal_calls_make_one_booking_and_get_one_answer(database: Database, web: WebServer) -> None:
    answers = send_at_once(web.url, [call("the-one-key-of-all-fifty")] * 50)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len({answer.location for answer in answers}) == 1
    assert len(read(database, "SELECT id FROM appointment")) == 1
    assert not find_halves(database)


def test_fifty_calls_of_fifty_keys_get_more_than_one_answer(database: Database, web: WebServer) -> None:
    answers = send_at_once(web.url, [call(f"one-of-fifty-keys-{number}") for number in range(50)])
    assert sorted(answer.status for answer in answers) == [201] + [409] * 49
    assert len(read(database, "SELECT id FROM appointment")) == 1


def edit_by_two(database: Database, web: WebServer, *, rounds: int) -> Iterator[tuple[int, int]]:
    """In each round both desks take another visit a step; how many steps were made, how many refused."""
    with database.app.app_context():
        garage = make_garage(bays=10, technicians=10, garage={"locale": "en"})
        for email in DESKS:
            make_member(garage, email, Role.RECEPTIONIST)
        days = [WEDNESDAY + timedelta(days=day) for day in (0, 1, 2, 5, 6, 7, 8, 9, 12, 13)]
        numbers = [book(garage, days[number // 10]) for number in range(rounds)]
    desks = [Desk(web.url, email) for email in DESKS]
    for number in numbers:
        path = f"/desk/lyon/appointments/{number}"
        forms = [desk.step(path, target) for desk, target in zip(desks, TARGETS, strict=True)]
        answers: list[Answer] = send_at_once(web.url, forms)
        assert [answer.status for answer in answers] == [303, 303]
        refused = sum(
            CONFLICT in desk.follow(answer, path) for desk, answer in zip(desks, answers, strict=True)
        )
        statement = f"SELECT id FROM appointment_event WHERE kind = 'status' AND appointment_id = {number}"
        yield len(read(database, statement)), refused


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.long)])
def test_of_two_desks_one_changes_the_visit_and_the_other_gets_a_clear_conflict(
    database: Database, servers: Servers, clock: MovableClock, rounds: int
) -> None:
    clock.move_to(NOW)
    web = servers.web(database, workers=2, threads=4)
    assert list(edit_by_two(database, web, rounds=rounds)) == [(1, 1)] * rounds


def test_without_versions_the_second_desk_overwrites_the_first(
    database: Database, servers: Servers, clock: MovableClock
) -> None:
    clock.move_to(NOW)
    web = servers.web(
        database, workers=2, threads=4, application="tests.concurrency.unversioned:create_app()"
    )
    assert (2, 0) in edit_by_two(database, web, rounds=10)
