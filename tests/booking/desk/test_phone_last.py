"""Booking by telephone: the last visits of whoever calls, repeated by one press; the nearest place first."""

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

from app.auth.roles import Role
from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.catalog.models import ServiceType
from booking.customers.models import Customer
from tests.factories.appointments import CAMILLE, PEUGEOT, book
from tests.factories.customers import rows_of
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.steps import cancel, step
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

NOW = datetime(2026, 12, 7, 6, 0, tzinfo=UTC)
"""Monday, seven o'clock in Lyon: an hour before the workshop opens."""
LAST_WEEK = NOW - timedelta(days=7, hours=-1)
CLUTCH = {"code": "clutch", "name": {"en": "Clutch"}, "minutes": 120, "modes": ["drop_off"]}
FORM = {"plate": "GA482QT", "phone": "", "mode": "wait"}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """Camille came a week ago for her clutch, and left her Peugeot."""
    clock.move_to(LAST_WEEK - timedelta(days=1))
    with app.app_context():
        made = make_garage(garage={"locale": "en"}, services=[{}, CLUTCH])
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
        number = book(made, LAST_WEEK, services=("clutch",), mode="drop_off")
        clock.move_to(LAST_WEEK)
        step(made, number, Status.IN_PROGRESS, Status.READY, Status.COLLECTED)
    clock.move_to(NOW)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def archive(garage: MadeGarage, code: str) -> None:
    """The garage does this work no more."""
    with scoped_to(garage.id), unit_of_work() as session:
        row = session.scalars(
            select(ServiceType).where(ServiceType.garage_id == garage.id, ServiceType.code == code)
        ).one()
        row.archived_at = NOW


def ask(desk: CarefulClient, part: str = "/caller", **changes: Any) -> str:
    token = csrf_token(desk.get("/desk/lyon/book").text)
    data = {name: value for name, value in (FORM | changes).items() if value is not None}
    return unescape(desk.post(f"/desk/lyon/book{part}", data=data | {"csrf_token": token}).text)


def repeats_in(page: str) -> list[dict[str, Any]]:
    return [json.loads(found) for found in re.findall(r'data-repeat="({.*?})"', page)]


def chosen_in(page: str) -> list[str]:
    return re.findall(r'name="arrives_at" value="2026-12-\d\dT(\d\d:\d\d)[^"]*" checked', page)


def test_the_last_visit_is_shown_and_says_what_repeating_it_fills(desk: CarefulClient) -> None:
    part = ask(desk)
    assert "30 Nov 2026" in part
    assert repeats_in(part) == [{"codes": ["clutch"], "mode": "drop_off"}]


def test_a_visit_to_come_is_named_with_the_way_to_it_and_not_repeated(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        number = book(garage, NOW + timedelta(days=1, hours=1))
    part = ask(desk)
    assert f'<a href="/desk/lyon/appointments/{number}">' in part
    assert "Tue 8 Dec at 8:00" in part
    assert len(repeats_in(part)) == 1


def test_of_several_who_may_be_calling_nobodys_visits_are_shown_until_one_is_chosen(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        book(garage, NOW + timedelta(days=2, hours=1), vehicle=replace(PEUGEOT, plate="BB222BB"))
    by_phone: dict[str, Any] = {"plate": "", "phone": CAMILLE.phone}
    part = ask(desk, **by_phone)
    assert repeats_in(part) == []
    keys = re.findall(r'name="pick" value="([^"]+)"', part)
    assert [len(repeats_in(ask(desk, **by_phone, known=key))) for key in keys] == [0, 1]


def test_what_nobody_offers_any_more_is_not_repeated(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        archive(garage, "clutch")
    part = ask(desk)
    assert "Clutch" in part
    assert repeats_in(part) == []


def test_a_visit_that_came_to_nothing_is_not_shown(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        number = book(garage, NOW + timedelta(days=1, hours=1))
        cancel(garage, number)
    assert "8 Dec" not in ask(desk)


def test_nobody_reads_the_visits_of_another_garage(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        other = make_garage(slug="other")
        book(other, NOW + timedelta(days=1, hours=1), vehicle=replace(PEUGEOT, plate="ZZ999ZZ"))
        stranger = rows_of(other, Customer)[0].id
    assert "8 Dec" not in ask(desk, plate="ZZ999ZZ", known=f"{stranger}.1-1.1")


def test_without_scripts_repeating_fills_the_form_and_asks_for_places(desk: CarefulClient) -> None:
    number = re.findall(r'name="repeat" value="(\d+)"', ask(desk))[0]
    page = ask(desk, "", repeat=number)
    assert re.search(r'value="clutch" checked', page)
    assert re.search(r'value="drop_off" checked', page)
    assert 'value="Camille Perrot"' in page
    assert chosen_in(page) == ["08:00"]


@pytest.mark.parametrize("number", ["0", "x", "999999", "²"])
def test_an_odd_visit_repeats_nothing(desk: CarefulClient, number: str) -> None:
    assert not re.search(r'value="clutch" checked', ask(desk, "", repeat=number))


@pytest.mark.parametrize(
    ("at", "chosen"), [("10:00", "10:00"), ("10:10", "10:00"), ("10:20", "10:30"), ("10:15", "10:00")]
)
def test_the_place_nearest_to_the_wished_time_is_chosen_first(
    desk: CarefulClient, at: str, chosen: str
) -> None:
    assert chosen_in(ask(desk, "/places", service="oil", on="2026-12-08", at=at)) == [chosen]


def test_a_choice_stands_until_another_time_is_wished(desk: CarefulClient) -> None:
    wish = {"service": "oil", "on": "2026-12-08", "at": "10:00"}
    chosen = {"arrives_at": "2026-12-08T09:30:00+01:00"}
    assert chosen_in(ask(desk, "/places", **wish, **chosen, asked="2026-12-08 10:00")) == ["09:30"]
    assert chosen_in(ask(desk, "/places", **wish, **chosen, asked="2026-12-08 08:00")) == ["10:00"]
    assert chosen_in(ask(desk, "/places", **wish, **chosen, asked="")) == ["10:00"]
