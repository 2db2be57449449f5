"""The last form pressed many times at once, on real web workers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from tests.support.databases import Database
from tests.support.servers import Servers
from tests.support.steps import CONTACT, Steps

PRESSES = 8


def press(url: str, path: str) -> str:
    """Send the form once, following nothing; where it leads."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, urlencode(CONTACT), form)
        return connection.getresponse().headers["Location"]
    finally:
        connection.close()


def test_the_last_form_pressed_many_times_at_once_books_once(
    visitor: Steps, database: Database, servers: Servers
) -> None:
    visitor.up_to_contact()
    web = servers.web(database, workers=2)
    with ThreadPoolExecutor(PRESSES) as people:
        led_to = list(people.map(lambda _: press(web.url, f"{visitor.draft}/contact"), range(PRESSES)))
    assert len(set(led_to)) == 1
    assert "booked=1" in led_to[0]
