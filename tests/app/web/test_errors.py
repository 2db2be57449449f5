"""Pages that say what went wrong: whose they are, and the way on from each."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.auth.roles import Role
from tests.factories.garages import make_garage
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.databases import Database

NOWHERE = {
    "sqlite": "sqlite:////nowhere/at/all.sqlite3",
    "postgresql": "postgresql://nobody@/x?host=/nowhere",
}
ASK = "/api/v1/garages/martin/workshops/lyon"


@pytest.fixture
def unreachable(database: Database) -> FlaskClient:
    """A client of an application whose database cannot be reached."""
    return database.another_app(database_url=NOWHERE[database.kind]).test_client()


def test_a_page_says_that_the_database_cannot_be_reached(unreachable: FlaskClient) -> None:
    answer = unreachable.get("/g/martin/lyon?lang=en")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "We cannot be reached for a moment" in answer.text
    assert 'href="/g/martin/lyon?lang=en"' in answer.text


def test_the_api_says_that_the_database_cannot_be_reached(unreachable: FlaskClient) -> None:
    answer = unreachable.get(ASK)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.get_json()["code"] == "unavailable"
    assert answer.headers["Retry-After"] == "5"


def test_a_form_is_not_offered_to_be_repeated_by_a_link(unreachable: FlaskClient) -> None:
    answer = unreachable.post("/g/martin/lyon", data={"service": "oil"})
    assert answer.status_code == 503
    assert 'href="/g/martin/lyon"' not in answer.text


@pytest.mark.parametrize("path", ["/nowhere", "/g/none/none", f"/a/{'x' * 22}"])
def test_a_page_that_is_not_there_leads_to_the_first_one(client: CarefulClient, path: str) -> None:
    assert '<a class="btn btn-primary" href="/">' in client.get(path).text


def test_a_day_of_no_workshop_leads_back_to_the_desk(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_member(make_garage(), "desk@martin.example", Role.RECEPTIONIST)
    signed_in(client, "desk@martin.example")
    answer = client.get("/desk/nowhere/day")
    assert answer.status_code == 404
    assert '<a class="btn btn-primary" href="/desk/">' in answer.text


def test_a_hurried_visitor_is_told_so_by_the_workshop(app: Flask, database: Database) -> None:
    with app.app_context():
        make_garage()
    hurried = database.another_app(rate_limits="public_write=1/minute").test_client()
    hurried.post("/g/martin/lyon", data={"service": "oil"})
    answer = hurried.post("/g/martin/lyon", data={"service": "oil"})
    assert answer.status_code == 429
    assert '<a class="btn btn-primary" href="/g/martin/lyon">' in answer.text
    assert 'href="tel:+33472000000"' in answer.text
