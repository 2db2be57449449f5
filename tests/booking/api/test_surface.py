"""What holds for every address of the API: no cookie, one 404, sane methods, one limit."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories.garages import make_garage
from tests.support.api import APPOINTMENTS, WORKSHOP, booking, post_booking
from tests.support.client import CarefulClient
from tests.support.databases import Database

TOKEN = "A" * 22
QUESTION = "service=oil&mode=wait&from=2026-12-02&to=2026-12-02"
ADDRESSES = [
    WORKSHOP,
    f"{WORKSHOP}/services",
    f"{WORKSHOP}/availability?{QUESTION}",
    f"/api/v1/appointments/{TOKEN}",
    "/api/v1/openapi.json",
]


@pytest.fixture
def _garage(app: Flask) -> None:
    with app.app_context():
        make_garage()


@pytest.mark.usefixtures("_garage")
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_call_sets_a_cookie_or_touches_a_session(client: CarefulClient, address: str) -> None:
    for method in ("GET", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD"):
        response = client.open(address, method=method, headers={"Cookie": "garagenda=stolen"})
        assert response.status_code < 500
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.vary  # Flask says so as soon as the session is read


@pytest.mark.usefixtures("_garage")
def test_booking_sets_no_cookie(client: CarefulClient) -> None:
    response = post_booking(client, booking())
    assert response.status_code == 201
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.vary


@pytest.mark.usefixtures("_garage")
def test_everything_unknown_answers_alike(client: CarefulClient) -> None:
    unknown = [
        WORKSHOP.replace("martin", "nobody"),
        WORKSHOP.replace("lyon", "nowhere"),
        WORKSHOP.replace("martin", "MARTIN"),
        WORKSHOP.replace("lyon", "%00"),
        WORKSHOP.replace("martin", "%ED%A0%80"),
        WORKSHOP.replace("lyon", "x" * 3000),
        f"{WORKSHOP.replace('lyon', 'nowhere')}/services",
        f"{WORKSHOP.replace('lyon', 'nowhere')}/availability?{QUESTION}",
        f"{WORKSHOP.replace('lyon', 'nowhere')}/availability?mode=fly",
        f"/api/v1/appointments/{TOKEN}",
        "/api/v1/appointments/short",
        "/api/v1/appointments/%00",
        "/api/v1/appointments/" + "é" * 22,
        "/api/v1/nothing",
        "/api/v2/openapi.json",
    ]
    bodies = {client.get(address).data for address in unknown}
    bodies.add(client.delete(f"/api/v1/appointments/{TOKEN}").data)
    bodies.add(post_booking(client, booking(), path=APPOINTMENTS.replace("lyon", "nowhere")).data)
    bodies.add(post_booking(client, {"wrong": 1}, path=APPOINTMENTS.replace("lyon", "nowhere")).data)
    assert len(bodies) == 1, bodies
    assert all(client.get(address).status_code == 404 for address in unknown)


@pytest.mark.usefixtures("_garage")
@pytest.mark.parametrize("address", ADDRESSES)
def test_head_answers_as_get_without_a_body(client: CarefulClient, address: str) -> None:
    got, head = client.get(address), client.head(address)
    assert (head.status_code, head.data) == (got.status_code, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


@pytest.mark.parametrize(
    ("address", "methods"),
    [
        (WORKSHOP, {"GET", "HEAD", "OPTIONS"}),
        (APPOINTMENTS, {"POST", "OPTIONS"}),
        (f"/api/v1/appointments/{TOKEN}", {"GET", "HEAD", "PATCH", "DELETE", "OPTIONS"}),
    ],
)
def test_other_methods_are_told_which_are_allowed(
    client: CarefulClient, address: str, methods: set[str]
) -> None:
    refused = client.put(address)
    assert (refused.status_code, refused.mimetype) == (405, "application/problem+json")
    assert set(refused.headers["Allow"].split(", ")) == methods
    assert set(client.options(address).headers["Allow"].split(", ")) == methods


def test_the_limit_of_the_api_holds_for_all_its_calls(database: Database) -> None:
    app = database.another_app(rate_limits="api=3/minute")
    client = app.test_client()
    answers = [client.get(address) for address in ADDRESSES[:4]]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
    assert answers[3].mimetype == "application/problem+json"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60


@pytest.mark.usefixtures("_garage")
def test_answers_are_kept_by_no_cache(client: CarefulClient) -> None:
    assert client.get(WORKSHOP).headers["Cache-Control"] == "no-store"
