"""A screen in the workshop: what it shows by its link, what it never shows, and when it closes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.unit_of_work import reading, unit_of_work
from app.security.models import Link
from app.tenancy.scope import across_garages, scoped_to
from booking.appointments.life_cycle import Status
from calendars.screen.models import Screen
from calendars.screen.operations import revoke_screen, rotate_screen
from tests.factories.appointments import CAMILLE, PEUGEOT, book, plan_later
from tests.factories.busy import fill_calendar
from tests.factories.closings import away, store
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.screens import MadeScreen, make_screen
from tests.factories.steps import step
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

EIGHT = datetime(2026, 12, 8, 7, 0, tzinfo=UTC)
"""Tuesday, eight o'clock in Lyon."""
NOW = EIGHT + timedelta(minutes=10)


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(EIGHT - timedelta(days=3))
    with app.app_context():
        return make_garage(garage={"locale": "en"}, bays=2, technicians=2)


@pytest.fixture
def screen(app: Flask, garage: MadeGarage) -> MadeScreen:
    with app.app_context():
        return make_screen(garage)


def visit(garage: MadeGarage, arrives_at: datetime, plate: str, **changes: Any) -> int:
    return book(garage, arrives_at, vehicle=replace(PEUGEOT, plate=plate), notes="Ask for Camille", **changes)


def bays_of(page: str) -> dict[str, str]:
    """By the bay's name, its words in plain text."""
    parts = re.findall(r'<section class="bay"[^>]*>(.*?)</section>', page, re.S)
    plain = [" ".join(unescape(re.sub(r"<[^>]+>", " ", part)).split()) for part in parts]
    return {words[:5]: words[5:].strip() for words in plain}


def test_each_bay_shows_the_work_on_hand_and_what_is_next(
    client: CarefulClient, app: Flask, garage: MadeGarage, screen: MadeScreen, clock: MovableClock
) -> None:
    with app.app_context():
        first = visit(garage, EIGHT, "AA111AA")
        visit(garage, EIGHT, "BB222BB")
        visit(garage, EIGHT + timedelta(hours=1), "CC333CC")
        clock.move_to(NOW)
        step(garage, first, Status.IN_PROGRESS)
    shown = bays_of(client.get(screen.path).text)
    assert shown["Bay 1"] == (
        "AA-111-AA In progress Oil and filter change Arrival 8:00 Work 8:00–8:45 Ready 8:45 Tech 1 , "
        "waits here Next CC-333-CC 9:00 Confirmed, Oil and filter change"
    )
    assert shown["Bay 2"] == "Free now Next BB-222-BB 8:00 Confirmed, late Oil and filter change"


def test_what_is_ready_stands_there_until_it_is_collected(
    client: CarefulClient, app: Flask, garage: MadeGarage, screen: MadeScreen, clock: MovableClock
) -> None:
    with app.app_context():
        number = visit(garage, EIGHT, "AA111AA")
        clock.move_to(NOW)
        step(garage, number, Status.IN_PROGRESS, Status.READY)
    assert bays_of(client.get(screen.path).text)["Bay 1"] == "AA-111-AA Ready Nothing more today"
    with app.app_context():
        step(garage, number, Status.COLLECTED)
    assert bays_of(client.get(screen.path).text)["Bay 1"] == "Nothing more today"


def test_a_car_that_is_here_without_a_place_is_named(
    client: CarefulClient, app: Flask, garage: MadeGarage, screen: MadeScreen, clock: MovableClock
) -> None:
    with app.app_context():
        number = plan_later(garage, EIGHT, is_wish=False)
        clock.move_to(NOW)
        step(garage, number, Status.ARRIVED)
    page = client.get(screen.path).text
    assert "Here, without a place" in page
    assert "GA-482-QT" in page


def test_nobody_can_be_named_or_reached_by_it(
    client: CarefulClient, app: Flask, garage: MadeGarage, screen: MadeScreen, clock: MovableClock
) -> None:
    with app.app_context():
        visit(garage, EIGHT, "AA111AA")
        store(garage, away(garage, "Bay 2", EIGHT, EIGHT + timedelta(hours=2), label="Waits for Mr Roche"))
    clock.move_to(NOW)
    page = unescape(client.get(screen.path).text)
    assert "AA-111-AA" in page
    assert "Out of use until 10:00" in page
    assert CAMILLE.phone is not None
    for secret in (CAMILLE.name, "Camille", CAMILLE.phone, CAMILLE.phone[-6:], CAMILLE.email or "", "Roche"):
        assert secret not in page


def test_it_is_for_nobody_else_and_touches_no_session(client: CarefulClient, screen: MadeScreen) -> None:
    for path in (screen.path, f"{screen.path}/version"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in answer.headers


def test_the_version_rises_with_every_change(
    client: CarefulClient, app: Flask, garage: MadeGarage, screen: MadeScreen
) -> None:
    def version() -> int:
        return int(json.loads(client.get(f"{screen.path}/version").text)["version"])

    before = version()
    assert f'data-version="{before}"' in client.get(screen.path).text
    with app.app_context():
        visit(garage, EIGHT, "AA111AA")
    assert version() > before


def test_the_database_keeps_the_hash_of_its_token_alone(app: Flask, screen: MadeScreen) -> None:
    token = screen.path.rpartition("/")[2]
    with app.app_context(), across_garages("the test looks at every link"), reading() as session:
        rows = [str(vars(row)) for row in (*session.scalars(select(Link)), *session.scalars(select(Screen)))]
    assert rows
    assert not any(token in row for row in rows)


@pytest.mark.parametrize("operation", [rotate_screen, revoke_screen])
def test_replaced_or_ended_it_shows_nothing_at_once(
    client: CarefulClient, app: Flask, garage: MadeGarage, screen: MadeScreen, operation: Any
) -> None:
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        operation(session, garage_id=garage.id, screen_id=screen.id, version=1)
    assert [client.get(f"{screen.path}{part}").status_code for part in ("", "/version")] == [404, 404]


@pytest.mark.parametrize("token", ["x", "x" * 22, "../desk", "%00"])
def test_what_is_no_link_opens_nothing(client: CarefulClient, screen: MadeScreen, token: str) -> None:
    assert client.get(f"/screen/{token}").status_code == 404


def test_a_link_of_another_purpose_opens_nothing(
    client: CarefulClient, app: Flask, garage: MadeGarage, screen: MadeScreen
) -> None:
    token = screen.path.rpartition("/")[2]
    assert client.get(f"/feeds/{token}.ics").status_code == 404
    assert client.get(f"/a/{token}").status_code == 404


def test_it_speaks_its_own_language_in_its_own_colours(
    client: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        french = make_screen(garage, locale="fr", theme="dark")
    page = client.get(french.path, headers={"Accept-Language": "en"}).text
    assert '<html lang="fr" data-theme="dark">' in page
    assert "Samedi 5 décembre" in page


def test_it_notes_when_it_was_seen_at_most_every_quarter_of_an_hour(
    client: CarefulClient, app: Flask, garage: MadeGarage, screen: MadeScreen, clock: MovableClock
) -> None:
    def seen() -> datetime | None:
        with app.app_context(), scoped_to(garage.id), reading() as session:
            found = session.scalars(select(Screen.seen_at).where(Screen.garage_id == garage.id)).one()
            return found.replace(second=0, microsecond=0) if found else None

    assert seen() is None
    moments = []
    for minutes in (0, 10, 20):
        clock.move_to(NOW + timedelta(minutes=minutes))
        client.get(screen.path)
        moments.append(seen())
    assert moments == [NOW, NOW, NOW + timedelta(minutes=20)]


def test_six_bays_and_more_stand_in_two_rows(client: CarefulClient, app: Flask, clock: MovableClock) -> None:
    with app.app_context():
        large = make_screen(make_garage(slug="large", bays=9, technicians=9))
    assert 'class="bays n5 many"' in client.get(large.path).text


def test_it_costs_the_same_statements_with_a_full_day(
    client: CarefulClient,
    app: Flask,
    garage: MadeGarage,
    screen: MadeScreen,
    database: Database,
    clock: MovableClock,
) -> None:
    def cost() -> int:
        client.get(screen.path)
        with count_statements(database.engine) as seen:
            client.get(screen.path)
        return seen.count

    with app.app_context():
        fill_calendar(garage, 2, first_at=EIGHT)
    clock.move_to(NOW)
    few = cost()
    with app.app_context():
        fill_calendar(garage, 20, first_at=EIGHT + timedelta(hours=1), first_number=2)
    assert cost() == few
    assert few <= 10
