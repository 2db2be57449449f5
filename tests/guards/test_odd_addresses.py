"""Whatever stands in an address, generated over all routes: an answer, never a fault of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from flask import Flask

from app.auth.roles import Role
from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.guards.test_routes import OTHER, methods, rules
from tests.support.client import CarefulClient

ODD_TO_DATABASES = ("\0", "\ud800", "9" * 20, str(2**63), "-1")
"""PostgreSQL takes no NUL and SQLite no integer of more than 64 bits."""

ODD_TO_US = (
    "0",
    "🚗",
    "a" * 3_000,
    "%",
    "..%2f..",
    "2026-02-30",
    "'\"",
)
"""What else is tried on sites. To both databases it is a text like any other."""

ODD = pytest.mark.parametrize(
    ("database_kind", "odd"),
    [
        *(("postgresql", odd) for odd in ODD_TO_DATABASES + ODD_TO_US),
        *(("sqlite", odd) for odd in ODD_TO_DATABASES),
        *(pytest.param("sqlite", odd, marks=pytest.mark.long) for odd in ODD_TO_US),
    ],
    ids=ascii,
)

ASKED = (
    "date",
    "on",
    "day",
    "by",
    "as",
    "lang",
    "next",
    "month",
    "from",
    "q",
    "key",
    "plate",
    "phone",
    "with",
)
"""Names that pages read from the question; of others nothing is read."""


@pytest.fixture
def desk(app: Flask, client: CarefulClient) -> CarefulClient:
    with app.app_context():
        garage = make_garage()
        book(garage, datetime(2026, 12, 7, 7, 0, tzinfo=UTC))
        make_member(garage, "owner@martin.example", Role.OWNER)
    return signed_in(client, "owner@martin.example")


def written(odd: str) -> str:
    return quote(odd, safe="", errors="surrogatepass")


@ODD
def test_an_odd_part_of_an_address_is_answered(app: Flask, desk: CarefulClient, odd: str) -> None:
    right = OTHER | {"garage": "martin", "workshop": "lyon", "token": "A" * 22, "manage_token": "A" * 22}
    token = csrf_token(desk.get("/desk/lyon/day").text)
    faults = []
    for rule in rules(app):
        for place in sorted(rule.arguments):
            path = rule.rule
            for argument in rule.arguments:
                value = written(odd) if argument == place else str(right.get(argument, 1))
                for form in (f"<{argument}>", f"<int:{argument}>", f"<path:{argument}>"):
                    path = path.replace(form, value)
            for method in methods(rule):
                form_sent = (
                    None
                    if method == "GET"
                    else {"csrf_token": token, "version": odd.encode(errors="replace")}
                )
                answer = desk.open(path, method=method, data=form_sent)
                if answer.status_code >= 500:
                    faults.append(f"{method} {path[:120]}: {answer.status_code}")
    assert faults == []


@ODD
def test_an_odd_question_is_answered(app: Flask, desk: CarefulClient, odd: str) -> None:
    right = {"garage": "martin", "workshop": "lyon", "token": "A" * 22, "manage_token": "A" * 22}
    question = "&".join(f"{name}={written(odd)}" for name in ASKED)
    faults = []
    for rule in rules(app):
        if "GET" not in methods(rule):
            continue
        path = rule.rule
        for argument in rule.arguments:
            for form in (f"<{argument}>", f"<int:{argument}>", f"<path:{argument}>"):
                path = path.replace(form, str((OTHER | right).get(argument, 1)))
        answer = desk.get(f"{path}?{question}")
        if answer.status_code >= 500:
            faults.append(f"{path}: {answer.status_code}")
    assert faults == []
