"""Single keys can be switched off, by everybody for themselves, on every device (WCAG 2.2, 2.1.4)."""

from __future__ import annotations

import pytest
from flask import Flask

from app.auth.roles import Role
from tests.factories.garages import make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient

OFF = 'data-keys="off"'


@pytest.fixture
def desk(app: Flask, client: CarefulClient) -> CarefulClient:
    with app.app_context():
        garage = make_garage(garage={"locale": "en"})
        for name in ("tech", "other"):
            make_member(garage, f"{name}@martin.example", Role.TECHNICIAN)
    return signed_in(client, "tech@martin.example")


def switch(desk: CarefulClient, keys: str) -> None:
    token = csrf_token(desk.get("/desk/keys").text)
    assert desk.post("/desk/keys", data={"csrf_token": token, "keys": keys}).status_code == 303


def test_they_are_on_until_somebody_switches_them_off(desk: CarefulClient) -> None:
    assert OFF not in desk.get("/desk/lyon/day").text
    switch(desk, "off")
    assert OFF in desk.get("/desk/lyon/day").text
    switch(desk, "on")
    assert OFF not in desk.get("/desk/lyon/day").text


def test_another_person_keeps_theirs(desk: CarefulClient, app: Flask) -> None:
    switch(desk, "off")
    other = signed_in(CarefulClient(app), "other@martin.example")
    assert OFF not in other.get("/desk/lyon/day").text


def test_without_a_token_nothing_is_switched(desk: CarefulClient) -> None:
    assert desk.post("/desk/keys", data={"keys": "off"}).status_code == 400
    assert OFF not in desk.get("/desk/lyon/day").text
