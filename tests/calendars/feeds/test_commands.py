"""``feed create``, ``list``, ``rotate`` and ``revoke`` at a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from click.testing import Result
from flask import Flask

from tests.factories.appointments import book
from tests.factories.feeds import make_feed
from tests.factories.garages import MadeGarage, make_garage
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(courtesy_cars=1)
        book(made, MONDAY, notes="Ring twice")
    return made


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["feed", *words])


def path_of(result: Result) -> str:
    """The path of the one address that a command printed."""
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    assert line.startswith("http://127.0.0.1:8000/feeds/")
    return urlsplit(line).path


def listed(app: Flask, garage: MadeGarage) -> list[list[str]]:
    return [line.split("\t") for line in run(app, "list", garage.slug).stdout.splitlines()]


def test_create_prints_an_address_that_reads_the_workshops_feed(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    text = client.get(path_of(run(app, "create", "martin", "lyon"))).text
    assert "NAME:Workshop martin\r\n" in text
    assert "SUMMARY:Vidange et filtre" in text
    assert "Ring twice" not in text, "no contact data unless it is asked for"


@pytest.mark.parametrize(
    ("option", "name", "events"),
    [("--technician", "Tech 1", 1), ("--bay", "Bay 1", 1), ("--courtesy-car", "Car 1", 0)],
)
def test_create_makes_a_feed_of_one_resource(
    app: Flask, client: CarefulClient, garage: MadeGarage, option: str, name: str, events: int
) -> None:
    words = ("create", "martin", "lyon", option, name, "--privacy", "full")
    text = client.get(path_of(run(app, *words))).text
    assert f"NAME:{name} · Workshop martin\r\n" in text
    assert text.count("Ring twice") == text.count("BEGIN:VEVENT") == events


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nobody", "lyon"), 1, "error: there is no garage 'nobody'; see: flask --app wsgi garage list"),
        (("martin", "paris"), 1, "error: workshop: there is no workshop 'paris'"),
        (("martin", "lyon", "--bay", "Tech 1"), 1, "error: bay: lyon has none called 'Tech 1'"),
        (
            ("martin", "lyon", "--bay", "Bay 1", "--technician", "Tech 1"),
            2,
            "Error: name one of --technician, --bay and --courtesy-car",
        ),
        (("martin", "lyon", "--privacy", "none"), 2, "Error: Invalid value for '--privacy'"),
    ],
)
def test_create_refuses_what_is_not_there(
    app: Flask, garage: MadeGarage, words: tuple[str, ...], code: int, said: str
) -> None:
    result = run(app, "create", *words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert listed(app, garage) == []


def test_list_says_of_what_how_private_when_read_where_and_for_whom(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    whole = path_of(run(app, "create", "martin", "lyon", "--privacy", "busy", "--label", "The tablet"))
    own = path_of(run(app, "create", "martin", "lyon", "--technician", "Tech 1"))
    client.get(own)
    base = "http://127.0.0.1:8000"
    assert [row[1:] for row in listed(app, garage)] == [
        ["lyon", "busy", "never", base + whole, "The tablet"],
        ["lyon/technician/Tech 1", "no_contact", "2026-12-01T08:00Z", base + own, ""],
    ]


def test_list_says_when_the_key_of_an_address_is_gone(
    app: Flask, garage: MadeGarage, database: Database
) -> None:
    run(app, "create", "martin", "lyon")
    later = database.another_app(link_keys="k2:another-key-only-for-tests-0000000")
    assert listed(later, garage)[0][4] == "(its key is gone: rotate it)"


def test_rotate_prints_the_new_address_and_closes_the_old(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    old = path_of(run(app, "create", "martin", "lyon"))
    new = path_of(run(app, "rotate", "martin", listed(app, garage)[0][0]))
    assert [client.get(path).status_code for path in (old, new)] == [404, 200]


def test_revoke_ends_it_for_good(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    path = path_of(run(app, "create", "martin", "lyon"))
    number = listed(app, garage)[0][0]
    assert run(app, "revoke", "martin", number).stdout == f"feed {number}: revoked\n"
    assert client.get(path).status_code == 404
    assert listed(app, garage) == []
    for word in ("rotate", "revoke"):
        again = run(app, word, "martin", number)
        assert (again.exit_code, again.stderr) == (1, "error: There is nothing at this address.\n")


@pytest.mark.parametrize("word", ["rotate", "revoke"])
def test_another_garages_feed_is_out_of_reach(
    app: Flask, client: CarefulClient, garage: MadeGarage, word: str
) -> None:
    with app.app_context():
        foreign = make_feed(make_garage(slug="other"))
    assert run(app, word, "martin", str(foreign.id)).exit_code == 1
    assert client.get(foreign.path).status_code == 200
