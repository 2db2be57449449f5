"""The day that goes on by itself: when it is renewed, what asking costs, and that no session lives by it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.auth.loader import BY_ITSELF
from app.auth.roles import Role
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
VERSION = "/desk/lyon/version"
DAY = "/desk/lyon/day?on=2026-12-07"
ITSELF = {BY_ITSELF: "1"}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(garage={"locale": "en"})
        make_member(made, "tech@martin.example", Role.TECHNICIAN)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "tech@martin.example")


def version_of(desk: CarefulClient) -> int:
    answer = desk.get(VERSION, headers=ITSELF)
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.get_json()["version"])


@pytest.mark.parametrize("look", ["", "&as=list"])
def test_a_page_has_the_version_until_something_changes(
    desk: CarefulClient, app: Flask, garage: MadeGarage, look: str
) -> None:
    shown = re.findall(r'data-version="(\d+)"', desk.get(DAY + look).text)
    assert set(shown) == {str(version_of(desk))}
    with app.app_context():
        book(garage, MONDAY)
    assert str(version_of(desk)) not in shown


def test_asking_costs_who_is_signed_in_and_one_small_read(desk: CarefulClient, database: Database) -> None:
    version_of(desk)
    with count_statements(database.engine) as asked:
        version_of(desk)
    assert asked.count == 2, asked


def test_another_garages_calendar_has_no_version_here(
    desk: CarefulClient, app: Flask, client: CarefulClient
) -> None:
    with app.app_context():
        make_garage(slug="other", workshop_slug="nantes")
    assert desk.get("/desk/nantes/version").status_code == 404


def test_whoever_is_not_signed_in_is_sent_away(client: CarefulClient, garage: MadeGarage) -> None:
    assert client.get(VERSION, headers=ITSELF).status_code == 302


def test_a_page_that_looks_by_itself_keeps_no_session_alive(desk: CarefulClient, clock: MovableClock) -> None:
    """Twelve hours without anybody's hand end a session, however often a forgotten tablet asks."""
    for _ in range(11):
        clock.advance(hours=1)
        assert desk.get(VERSION, headers=ITSELF).status_code == 200
    clock.advance(hours=1, minutes=1)
    assert desk.get(VERSION, headers=ITSELF).status_code == 302


def test_whoever_works_on_it_stays_signed_in(desk: CarefulClient, clock: MovableClock) -> None:
    for _ in range(13):
        clock.advance(hours=1)
        assert desk.get(VERSION).status_code == 200
