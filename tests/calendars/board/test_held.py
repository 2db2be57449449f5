"""A time that somebody online has chosen stands on the board, unnamed, until its ten minutes are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.auth.roles import Role
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.holds import hold
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements
from tests.support.steps import text_of

NOW = datetime(2026, 12, 7, 7, 22, tzinfo=UTC)
TEN = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
DAY = "/desk/lyon/day?on=2026-12-07"
SAID = "Being booked online, until 8:32"


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(NOW)
    with app.app_context():
        made = make_garage(bays=2, technicians=2, courtesy_cars=1, garage={"locale": "en"})
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def column(page: str, name: str) -> str:
    return page.partition(f'aria-label="{name}')[2].partition('role="group"')[0].partition("agenda")[0]


@pytest.mark.parametrize(("by", "kind"), [("bay", "Bay"), ("technician", "Tech")])
def test_it_stands_where_the_visit_would(
    desk: CarefulClient, app: Flask, garage: MadeGarage, by: str, kind: str
) -> None:
    with app.app_context():
        hold(garage, TEN)
    page = desk.get(f"{DAY}&by={by}").text
    assert 'class="ghost a24 d9"' in column(page, f"{kind} 1")
    assert SAID in column(page, f"{kind} 1")
    assert SAID not in column(page, f"{kind} 2")


def test_the_list_names_its_time_its_bay_and_its_end(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        hold(garage, TEN, mode="drop_off")
    words = text_of(desk.get(f"{DAY}&as=list"))
    assert "Being booked online 1 10:00 Bay 1 kept until 8:32" in words


def test_on_the_next_load_after_its_end_it_is_gone(
    desk: CarefulClient, app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    with app.app_context():
        hold(garage, TEN)
    assert SAID in desk.get(DAY).text
    clock.advance(minutes=10)
    assert "Being booked online" not in desk.get(DAY).text


def test_only_this_workshop_and_this_day_show_it(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        hold(make_garage(slug="other"), TEN)
        hold(garage, TEN + timedelta(days=1))
    assert "Being booked online" not in desk.get(DAY).text


def test_what_is_held_takes_no_part_in_the_day_s_load(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    before = text_of(desk.get(f"{DAY}&as=list")).partition("Being")[0].partition("Nobody")[0]
    with app.app_context():
        hold(garage, TEN)
    assert text_of(desk.get(f"{DAY}&as=list")).partition("Nobody")[0] == before


def test_it_costs_one_statement_however_much_is_held(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    with app.app_context():
        book(garage, TEN)
        hold(garage, TEN, address="one")
    desk.get(DAY)
    with count_statements(database.engine) as one:
        desk.get(DAY)
    with app.app_context():
        for number, address in enumerate(("two", "three")):
            assert hold(garage, TEN + timedelta(hours=5 + number), address=address) is not None
    with count_statements(database.engine) as three:
        assert desk.get(DAY).text.count(SAID) == 3
    assert three.count == one.count, three
