"""The desk's pages of feeds: making, showing, replacing and ending them; who may, and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from app.auth.roles import Role
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.models import Garage
from app.tenancy.scope import scoped_to
from app.web.qr import qr_code
from calendars.feeds.models import Feed
from tests.factories.feeds import make_feed, resource_id_of
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.workshops import add_workshop
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database

LIST = "/desk/lyon/feeds"
CHOICES = {"of": "workshop", "privacy": "busy", "locale": "en", "label": "Nadia’s phone"}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(garage={"locale": "en"}, courtesy_cars=1)
        for role in Role:
            make_member(made, f"{role}@martin.example", role)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "receptionist@martin.example")


def make(desk: CarefulClient, **choices: str) -> str:
    """Send the form; returns the address of the new feed's page."""
    answer = desk.post(LIST, data={"csrf_token": csrf_token(desk.get(LIST).text)} | CHOICES | choices)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def address_on(page: str) -> str:
    """The path of the address that the page shows."""
    found = re.search(r'id="address" value="http://127\.0\.0\.1:8000(/feeds/[^"]+)"', page)
    assert found is not None
    return found.group(1)


def change(desk: CarefulClient, page: str, what: str, *, version: str = "1") -> str:
    """Press a button of the feed's page, and return the page that follows."""
    form = {"csrf_token": csrf_token(desk.get(page).text), "version": version}
    answer = desk.post(f"{page}/{what}", data=form)
    assert answer.status_code == 303
    return desk.get(answer.headers["Location"]).text


def stored(app: Flask, garage: MadeGarage) -> Feed:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return session.scalars(select(Feed).where(Feed.garage_id == garage.id)).one()


def test_a_feed_is_made_as_chosen_and_its_address_reads_it(
    app: Flask, desk: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        technician = resource_id_of(garage, "Tech 1")
    page = make(desk, of=str(technician))
    row = stored(app, garage)
    assert (row.resource_id, row.privacy, row.locale, row.label) == (
        technician,
        "busy",
        "en",
        "Nadia’s phone",
    )
    shown = desk.get(page).text
    assert "Technician · Busy times only · Nadia’s phone" in unescape(shown)
    path = address_on(shown)
    assert f'href="webcal://127.0.0.1:8000{path}"' in shown
    assert "NAME:Tech 1 · Workshop martin" in desk.get(path).text


def test_the_list_says_what_each_is_and_when_it_was_read(desk: CarefulClient, clock: MovableClock) -> None:
    assert "No calendar is shared yet." in desk.get(LIST).text
    page = make(desk, privacy="full")
    assert "Not read yet" in desk.get(LIST).text
    desk.get(address_on(desk.get(page).text))
    text = desk.get(LIST).text
    assert "Everything · Nadia’s phone" in unescape(text)
    assert "Last read today at 9:00" in text
    assert f'href="{page}"' in text


def test_every_kind_of_resource_is_offered(desk: CarefulClient) -> None:
    text = desk.get(LIST).text
    for words in ("Whole workshop", "Technician · Tech 1", "Bay · Bay 1", "Courtesy car · Car 1"):
        assert f">{words}</option>" in text


def test_a_new_address_closes_the_old_one(desk: CarefulClient) -> None:
    page = make(desk)
    old = address_on(desk.get(page).text)
    text = change(desk, page, "rotate")
    new = address_on(text)
    assert "has a new address" in text
    assert [desk.get(path).status_code for path in (old, new)] == [404, 200]


def test_an_ended_feed_is_gone_from_the_list_and_closed(desk: CarefulClient) -> None:
    page = make(desk)
    path = address_on(desk.get(page).text)
    text = change(desk, page, "revoke")
    assert "The calendar is ended" in text
    assert "No calendar is shared yet." in text
    assert [desk.get(address).status_code for address in (path, page)] == [404, 404]


@pytest.mark.parametrize("what", ["rotate", "revoke"])
def test_the_second_of_two_changes_is_told_and_changes_nothing(desk: CarefulClient, what: str) -> None:
    page = make(desk)
    change(desk, page, "rotate")
    path = address_on(desk.get(page).text)
    assert "Someone else has just changed this" in change(desk, page, what)
    assert address_on(desk.get(page).text) == path
    assert "need another look" in change(desk, page, what, version="x")
    assert desk.get(path).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("of", "9999", "Please choose one of the options."),
        ("of", "", "Please choose one of the options."),
        ("privacy", "none", "Please choose one of the options."),
        ("locale", "de", "Please choose one of the options."),
        ("label", "x" * 61, "Please keep this under 60 characters."),
        ("label", "a\x00b", "Some characters here cannot be read. Please type it again."),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(
    desk: CarefulClient, field: str, value: str, said: str
) -> None:
    form = CHOICES | {"csrf_token": csrf_token(desk.get(LIST).text), field: value}
    answer = desk.post(LIST, data=form)
    text = answer.text
    assert answer.status_code == 422
    assert f'<a href="#{field}">{said}</a>' in text
    assert ('value="busy" checked' in text) == (field != "privacy")
    assert "<title>Error: Shared calendars" in text


def test_another_workshops_resource_is_no_choice_here(
    app: Flask, desk: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        other = add_workshop(garage, "ouest")
        here = make_feed(garage)
    assert desk.get(f"/desk/{other.slug}/feeds").text.count('class="ch"') == 0
    assert desk.get(f"/desk/{other.slug}/feeds/{here.id}").status_code == 404
    foreign = re.findall(r'<option value="(\d+)"', desk.get(f"/desk/{other.slug}/feeds").text)
    token = csrf_token(desk.get(LIST).text)
    for number in foreign:
        answer = desk.post(LIST, data=CHOICES | {"csrf_token": token, "of": number})
        assert answer.status_code == 422
    assert len(foreign) == 2


def test_technicians_neither_see_nor_make_feeds(client: CarefulClient, garage: MadeGarage) -> None:
    signed_in(client, "technician@martin.example")
    assert LIST not in client.get("/desk/lyon/day").text
    assert [client.get(path).status_code for path in ("/desk/feeds", LIST)] == [403, 403]
    token = csrf_token(client.get("/desk/lyon/day").text)
    assert client.post(LIST, data=CHOICES | {"csrf_token": token}).status_code == 403


def test_the_rail_leads_to_the_first_workshops_feeds(desk: CarefulClient) -> None:
    assert 'href="/desk/feeds"' in desk.get("/desk/lyon/day").text
    assert desk.get("/desk/feeds").headers["Location"] == LIST


def test_a_garage_without_a_workshop_is_told_so(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        with unit_of_work() as session:
            row = Garage(slug="empty", name="Empty", country="FR", locale="en", currency="EUR", accent="#111")
            session.add(row)
            session.flush()
            empty = replace(garage, id=row.id)
        make_member(empty, "owner@empty.example", Role.OWNER)
    signed_in(client, "owner@empty.example")
    assert "no workshop yet" in client.get("/desk/feeds", follow_redirects=True).text


def test_an_address_whose_key_is_gone_can_be_replaced(
    app: Flask, desk: CarefulClient, garage: MadeGarage, database: Database
) -> None:
    page = make(desk)
    later = database.another_app(link_keys="k2:another-key-only-for-tests-0000000").test_client()
    assert isinstance(later, CarefulClient)
    signed_in(later, "owner@martin.example")
    assert "The key that this address was made with is gone" in later.get(page).text
    assert later.get(address_on(change(later, page, "rotate"))).status_code == 200


def test_a_code_draws_every_dark_square_once() -> None:
    code = qr_code("webcal://workshop.example/feeds/AAAAAAAAAAAAAAAAAAAAAA.ics")
    runs = [tuple(map(int, run)) for run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path)]
    squares = {(column + step, row) for column, row, width in runs for step in range(width)}
    assert len(squares) == sum(width for _, _, width in runs)
    finder = {(column, row) for column in range(7) for row in range(7) if {column, row} & {0, 6}}
    assert finder <= squares
    assert max(row for _, row in squares) == code.size - 1
