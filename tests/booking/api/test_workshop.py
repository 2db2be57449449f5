"""What the API tells of a workshop and its services."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories.garages import make_garage
from tests.support.api import WORKSHOP
from tests.support.client import CarefulClient

SERVICES = [
    {"code": "oil", "modes": ["drop_off", "wait"]},
    {"code": "mot", "name": {"fr": "Contrôle technique"}, "minutes": 60, "modes": ["wait"]},
    {"code": "engine", "online": False},
]


@pytest.fixture(autouse=True)
def _garage(app: Flask) -> None:
    with app.app_context():
        make_garage(services=SERVICES)


def test_a_workshop_is_shown_with_what_can_be_booked(client: CarefulClient) -> None:
    answer = client.get(WORKSHOP).json
    assert answer is not None
    assert answer == {
        "name": "Workshop martin",
        "address": "12 rue de la Part-Dieu, 69003 Lyon",
        "zone": "Europe/Paris",
        "modes": ["wait", "drop_off"],
        "services": client.get(f"{WORKSHOP}/services").json,
    }


def test_services_are_listed_in_the_garages_order(client: CarefulClient) -> None:
    answer = client.get(f"{WORKSHOP}/services?lang=en").json
    assert answer == [
        {
            "code": "oil",
            "name": "Oil and filter change",
            "minutes": 45,
            "price_from_cents": 8900,
            "modes": ["wait", "drop_off"],
        },
        {
            "code": "mot",
            "name": "Contrôle technique",
            "minutes": 60,
            "price_from_cents": 8900,
            "modes": ["wait"],
        },
    ]


@pytest.mark.parametrize(
    ("query", "headers", "name"),
    [
        ("?lang=fr", {"Accept-Language": "en"}, "Vidange et filtre"),
        ("", {"Accept-Language": "en-GB,fr;q=0.2"}, "Oil and filter change"),
        ("?lang=tlh", {}, "Vidange et filtre"),
        ("", {}, "Vidange et filtre"),
    ],
)
def test_a_name_comes_in_the_callers_language_else_the_garages(
    client: CarefulClient, query: str, headers: dict[str, str], name: str
) -> None:
    answer = client.get(f"{WORKSHOP}/services{query}", headers=headers).json
    assert answer is not None
    assert answer[0]["name"] == name
