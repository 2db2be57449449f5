"""The visit for calendars on the web: the right instants, every sign kept, nothing about the customer."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from booking.appointments.life_cycle import Status
from tests.factories.appointments import book, manage_token
from tests.factories.garages import make_garage
from tests.factories.steps import step
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import Steps

NOW = datetime(2026, 10, 20, 7, tzinfo=UTC)
SERVICE = "Brakes & tyres + oil 50% #1; “é” \\ =?"
ALL_DAY = {day: [[0, 1440]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.fixture
def pages(app: Flask, clock: MovableClock) -> dict[datetime, str]:
    """A page for each visit of half an hour, before, in and after the repeated hour of a clock change."""
    clock.move_to(NOW)
    moments = [datetime(2026, 10, 24, 23, 30, tzinfo=UTC) + timedelta(hours=hours) for hours in range(3)]
    with app.app_context():
        services = [{"name": {"en": SERVICE}, "minutes": 30}]
        garage = make_garage(hours=ALL_DAY, services=services, garage={"locale": "en"})
        return {at: f"/a/{manage_token(garage, book(garage, at, notes='Ring twice'))}" for at in moments}


def links_on(client: CarefulClient, page: str) -> dict[str, str]:
    """The addresses for calendars on the web, by host."""
    found = re.findall(r'<a href="(https://[^"]+)" rel="noreferrer">', client.get(page).text)
    return {urlsplit(href).hostname or "": unescape(href) for href in found}


def parts_of(href: str) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(urlsplit(href).query, strict_parsing=True).items()}


def test_google_is_given_the_visit(client: CarefulClient, pages: dict[datetime, str]) -> None:
    for at, page in pages.items():
        href = links_on(client, f"{page}?lang=en")["calendar.google.com"]
        parts = parts_of(href)
        ends = at + timedelta(minutes=30)
        assert href.startswith("https://calendar.google.com/calendar/render?")
        assert parts["action"] == "TEMPLATE"
        assert parts["dates"] == f"{at:%Y%m%dT%H%M%SZ}/{ends:%Y%m%dT%H%M%SZ}"
        assert parts["text"] == f"Workshop martin: {SERVICE}"
        assert parts["location"] == "Workshop martin, 12 rue de la Part-Dieu, 69003 Lyon"
        assert re.fullmatch(
            rf"{re.escape(SERVICE)}\nPhone of the workshop: \+33472000000\nReference: [0-9A-Z]{{6}}",
            parts["details"],
        )


def test_outlook_is_given_the_same(client: CarefulClient, pages: dict[datetime, str]) -> None:
    for at, page in pages.items():
        links = links_on(client, f"{page}?lang=en&booked=1")
        google, outlook = (parts_of(links[host]) for host in ("calendar.google.com", "outlook.live.com"))
        moments = [datetime.fromisoformat(outlook[name]) for name in ("startdt", "enddt")]
        assert moments == [at, at + timedelta(minutes=30)]
        assert (outlook["path"], outlook["rru"]) == ("/calendar/action/compose", "addevent")
        same = {"subject": "text", "body": "details", "location": "location"}
        assert {name: outlook[name] for name in same} == {name: google[same[name]] for name in same}


def test_an_address_holds_nothing_about_the_customer(
    client: CarefulClient, pages: dict[datetime, str]
) -> None:
    private = ("Camille", "Perrot", "39981427", "perrot.example", "Ring", "GA482QT", "GA-482-QT", "Peugeot")
    for page in pages.values():
        for href in links_on(client, page).values():
            assert not [word for word in (*private, page.rpartition("/")[2]) if word in href]
            assert "+" not in href, "Outlook would show it"


def test_it_speaks_the_language_of_the_page(client: CarefulClient, pages: dict[datetime, str]) -> None:
    page = next(iter(pages.values()))
    assert "Référence" in parts_of(links_on(client, f"{page}?lang=fr")["outlook.live.com"])["body"]


def test_a_moved_or_ended_visit_is_not_entered_a_second_time(
    app: Flask, client: CarefulClient, visitor: Steps
) -> None:
    with app.app_context():
        number = book(visitor.garage, datetime(2026, 11, 24, 8, tzinfo=UTC))
        page = f"/a/{manage_token(visitor.garage, number)}"
    assert len(links_on(client, page)) == 2
    assert links_on(client, f"{page}?moved=1") == {}
    with app.app_context():
        step(visitor.garage, number, Status.ARRIVED)
    assert links_on(client, page) == {}
