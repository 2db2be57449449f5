"""The desk's pages of screens: making, showing, replacing and ending them; who may, and what is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask

from app.auth.roles import Role
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.screens import make_screen
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

LIST = "/desk/lyon/screens"
CHOICES = {"label": "Above bay 3", "locale": "fr", "theme": "dark"}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(garage={"locale": "en"})
        for role in Role:
            make_member(made, f"{role}@martin.example", role)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "receptionist@martin.example")


def make(desk: CarefulClient, **choices: str) -> str:
    """Send the form; returns the address of the new screen's page."""
    answer = desk.post(LIST, data={"csrf_token": csrf_token(desk.get(LIST).text)} | CHOICES | choices)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def address_on(page: str) -> str:
    found = re.search(r'id="address" value="http://127\.0\.0\.1:8000(/screen/[^"]+)"', page)
    assert found is not None
    return found.group(1)


def change(desk: CarefulClient, page: str, what: str, *, version: str = "1") -> str:
    form = {"csrf_token": csrf_token(desk.get(page).text), "version": version}
    answer = desk.post(f"{page}/{what}", data=form)
    assert answer.status_code == 303
    return desk.get(answer.headers["Location"]).text


def test_a_screen_is_made_and_its_address_shows_the_day(desk: CarefulClient) -> None:
    assert "No screen hangs in the workshop yet." in desk.get(LIST).text
    page = desk.get(make(desk)).text
    assert "Above bay 3" in page
    assert "QR code of the address" in page
    assert "Not opened yet" in page
    assert "Mardi 1 décembre" in desk.get(address_on(page)).text
    assert "Last seen today at 9:00" in desk.get(LIST).text


def test_a_new_address_closes_the_old_one(desk: CarefulClient) -> None:
    page = make(desk)
    old = address_on(desk.get(page).text)
    text = change(desk, page, "rotate")
    assert "has a new address" in text
    assert [desk.get(path).status_code for path in (old, address_on(text))] == [404, 200]


def test_an_ended_screen_is_gone_from_the_list_and_closed(desk: CarefulClient) -> None:
    page = make(desk)
    path = address_on(desk.get(page).text)
    text = change(desk, page, "revoke")
    assert "The screen is ended" in text
    assert "No screen hangs in the workshop yet." in text
    assert [desk.get(address).status_code for address in (path, page)] == [404, 404]


@pytest.mark.parametrize("what", ["rotate", "revoke"])
def test_the_second_of_two_changes_is_told_and_changes_nothing(desk: CarefulClient, what: str) -> None:
    page = make(desk)
    change(desk, page, "rotate")
    path = address_on(desk.get(page).text)
    assert "Someone else has just changed this" in change(desk, page, what)
    assert address_on(desk.get(page).text) == path
    assert desk.get(path).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("theme", "pink", "Please choose one of the options."),
        ("locale", "de", "Please choose one of the options."),
        ("label", "x" * 61, "Please keep this under 60 characters."),
        ("label", "a\x00b", "Some characters here cannot be read. Please type it again."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(
    desk: CarefulClient, field: str, value: str, said: str
) -> None:
    form = {"csrf_token": csrf_token(desk.get(LIST).text)} | CHOICES | {field: value}
    answer = desk.post(LIST, data=form)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert said in page
    assert f'href="#{field}"' in page
    if field != "label":
        assert 'value="Above bay 3"' in page


def test_a_screen_of_another_garage_does_not_exist(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        strange = make_screen(make_garage(slug="other")).id
    assert desk.get(f"{LIST}/{strange}").status_code == 404
    form = {"csrf_token": csrf_token(desk.get(LIST).text), "version": "1"}
    assert [
        desk.post(f"{LIST}/{strange}/{what}", data=form).status_code for what in ("rotate", "revoke")
    ] == [
        404,
        404,
    ]


def test_the_settings_lead_to_it(client: CarefulClient, garage: MadeGarage) -> None:
    signed_in(client, "manager@martin.example")
    assert f'href="{LIST}"' in client.get("/desk/lyon/settings").text


def test_a_technician_makes_no_screens(client: CarefulClient, garage: MadeGarage) -> None:
    signed_in(client, "technician@martin.example")
    data = {"csrf_token": csrf_token(client.get("/desk/lyon/day").text)} | CHOICES
    assert client.get(LIST).status_code == 403
    assert client.post(LIST, data=data).status_code == 403
