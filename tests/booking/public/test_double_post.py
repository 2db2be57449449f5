"""A form that takes a place, pressed many times at once, on real web workers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from flask import Flask

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.history import list_history
from tests.factories.appointments import book, manage_token
from tests.support.databases import Database
from tests.support.servers import Servers
from tests.support.steps import CONTACT, Steps

PRESSES = 8


def press_at_once(url: str, path: str, fields: dict[str, str]) -> set[str]:
    """Where the presses lead."""
    with ThreadPoolExecutor(PRESSES) as people:
        return set(people.map(lambda _: press(url, path, fields), range(PRESSES)))


def press(url: str, path: str, fields: dict[str, str]) -> str:
    """Send the form once, following nothing; where it leads."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, urlencode(fields), form)
        return connection.getresponse().headers["Location"]
    finally:
        connection.close()


def test_the_last_form_pressed_many_times_at_once_books_once(
    visitor: Steps, database: Database, servers: Servers
) -> None:
    visitor.up_to_contact()
    web = servers.web(database, workers=2)
    (led_to,) = press_at_once(web.url, f"{visitor.draft}/contact", CONTACT)
    assert "booked=1" in led_to


def test_a_move_pressed_many_times_at_once_moves_once(
    visitor: Steps, app: Flask, database: Database, servers: Servers
) -> None:
    garage = visitor.garage
    with app.app_context():
        appointment_id = book(garage, datetime(2026, 11, 24, 8, tzinfo=UTC))
        token = manage_token(garage, appointment_id)
    web = servers.web(database, workers=2)
    fields = {"arrives_at": "2026-11-26T09:00:00+01:00", "was_at": "2026-11-24T09:00:00+01:00"}
    (led_to,) = press_at_once(web.url, f"/a/{token}/move", fields)
    assert "moved=1" in led_to
    with app.app_context(), scoped_to(garage.id), reading() as session:
        history = list_history(session, garage.id, appointment_id)
    assert [line.kind for line in history].count("moved") == 1
