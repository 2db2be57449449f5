"""The telephone's form knows which way of coming the work allows, and when a courtesy car is to be had."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.auth.roles import Role
from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.resources.models import Occupancy, Resource
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

NOW = datetime(2026, 12, 7, 6, 0, tzinfo=UTC)
"""Monday, seven o'clock in Lyon: an hour before the workshop opens."""
SERVICES: list[dict[str, Any]] = [
    {},
    {"code": "wipers", "name": {"en": "Wipers"}, "modes": ["wait"]},
    {"code": "clutch", "name": {"en": "Clutch"}, "modes": ["drop_off"]},
]


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(NOW)
    with app.app_context():
        made = make_garage(garage={"locale": "en"}, services=SERVICES, courtesy_cars=1)
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def ask(desk: CarefulClient, part: str, **form: str) -> str:
    """The form's answer to what is ticked and wished."""
    token = csrf_token(desk.get("/desk/lyon/book").text)
    return desk.post(f"/desk/lyon/book{part}", data={"csrf_token": token, "mode": "drop_off", **form}).text


def lend_out(garage: MadeGarage, *, days: int) -> None:
    """The courtesy car is away from now on, in rows of at most two weeks."""
    with scoped_to(garage.id), unit_of_work() as session:
        car = session.scalars(
            select(Resource).where(Resource.garage_id == garage.id, Resource.kind == "courtesy_car")
        ).one()
        for first in range(0, days, 14):
            session.add(
                Occupancy(
                    garage_id=garage.id,
                    workshop_id=garage.workshop.id,
                    resource_id=car.id,
                    kind="block",
                    starts_at=NOW + timedelta(days=first),
                    ends_at=NOW + timedelta(days=min(first + 14, days)),
                )
            )


def test_a_courtesy_car_is_offered_where_there_is_one(app: Flask, desk: CarefulClient) -> None:
    with app.app_context():
        other = make_garage(slug="other", garage={"locale": "en"}, services=SERVICES)
        make_member(other, "desk@other.example", Role.RECEPTIONIST)
    poorer = signed_in(app.test_client(), "desk@other.example")  # type: ignore[arg-type]
    pages = [client.get("/desk/lyon/book").text for client in (desk, poorer)]
    assert ['value="courtesy_car"' in page for page in pages] == [True, False]


@pytest.mark.parametrize(
    ("service", "ticked", "mode", "said"),
    [
        ("wipers", "drop_off", "wait", "The customer waits for this work."),
        ("clutch", "wait", "drop_off", "The car stays here for this work."),
    ],
)
def test_work_of_one_way_is_proposed_that_way(
    desk: CarefulClient, service: str, ticked: str, mode: str, said: str
) -> None:
    part = ask(desk, "/places", service=service, mode=ticked)
    assert f'data-mode="{mode}">{said}' in part
    assert "Today at 8:00" in part


@pytest.mark.parametrize("ticked", ["drop_off", "wait", "courtesy_car"])
def test_a_way_that_the_work_allows_stays(desk: CarefulClient, ticked: str) -> None:
    part = ask(desk, "/places", service="oil", mode=ticked)
    assert "data-mode" not in part
    assert "Today at 8:00" in part


def test_without_scripts_the_page_ticks_the_one_way(desk: CarefulClient) -> None:
    page = ask(desk, "", service="wipers", do="places")
    assert re.findall(r'name="mode" value="([a-z_]+)" checked', page) == ["wait"]


def test_the_first_date_of_a_courtesy_car_is_said(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        lend_out(garage, days=30)
    part = ask(desk, "/places", service="oil", mode="courtesy_car", at="10:00")
    assert "First possible with a courtesy car: Wed 6 Jan at 8:00." in part
    assert "Wed 6 Jan at 8:00</b>" in part


def test_a_courtesy_car_of_that_day_needs_no_word(desk: CarefulClient) -> None:
    assert "First possible" not in ask(desk, "/places", service="oil", mode="courtesy_car")
