"""Every route: a declared policy, no cookie for the public, a closed door for staff pages."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.security.policy import policy_of
from tests.guards.tree import ROOT
from tests.support.client import CarefulClient
from tests.support.databases import Database

ANSWERS = {"garage": "martin", "workshop": "lyon", "token": "A" * 22, "manage_token": "A" * 22}
NUMBERS = {
    "appointment_id": 1,
    "feed_id": 1,
    "screen_id": 1,
    "series_id": 1,
    "absence_id": 1,
    "exception_id": 1,
    "customer_id": 1,
    "vehicle_id": 1,
    "import_id": 1,
    "resource_id": 1,
    "service_type_id": 1,
}
OTHER = {"kind": "bays", "address": "css/none.css", "mark": "0" * 10}


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def kind(app: Flask, rule: Rule) -> str:
    policy = policy_of(app.view_functions[rule.endpoint])
    return policy.kind if policy else "none"


def address(rule: Rule) -> str:
    """The rule with every argument filled; an argument without a value here is an error."""
    values = ANSWERS | NUMBERS | OTHER
    unknown = rule.arguments - values.keys()
    assert not unknown, f"{rule.rule}: give {sorted(unknown)} a value in this guard"
    path = rule.rule
    for argument in rule.arguments:
        for form in (f"<{argument}>", f"<int:{argument}>", f"<path:{argument}>"):
            path = path.replace(form, str(values[argument]))
    return path


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def test_every_route_declares_who_may_call_it(app: Flask) -> None:
    silent = [f"{rule.rule} ({rule.endpoint})" for rule in rules(app) if kind(app, rule) == "none"]
    assert silent == []


def test_public_answers_set_no_cookie_and_read_none(app: Flask, client: CarefulClient) -> None:
    guilty = []
    for rule in rules(app):
        if kind(app, rule) in {"staff", "entrance"}:
            continue
        for method in methods(rule):
            answer = client.open(address(rule), method=method)
            if "Set-Cookie" in answer.headers or "Cookie" in answer.headers.get("Vary", ""):
                guilty.append(f"{method} {rule.rule}")
    assert guilty == []


def test_a_stranger_is_sent_to_the_sign_in_page(app: Flask, client: CarefulClient) -> None:
    wrong = []
    for rule in rules(app):
        if kind(app, rule) == "staff" and "GET" in methods(rule):
            answer = client.get(address(rule))
            if answer.status_code != 302 or not answer.headers["Location"].startswith("/sign-in?next="):
                wrong.append(f"{rule.rule}: {answer.status_code}")
    assert wrong == []


def test_a_strangers_post_to_a_staff_page_does_nothing(app: Flask, client: CarefulClient) -> None:
    codes = {
        client.open(address(rule), method=method).status_code
        for rule in rules(app)
        if kind(app, rule) == "staff"
        for method in methods(rule)
        if method != "GET"
    }
    assert codes <= {400, 403}


def test_every_answer_carries_the_strict_headers(app: Flask, client: CarefulClient) -> None:
    for rule in rules(app):
        if "GET" not in methods(rule):
            continue
        answer = client.get(address(rule))
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, rule.rule
        assert "frame-ancestors 'none'" in policy, rule.rule
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_an_undeclared_route_answers_404(database: Database) -> None:
    app = database.another_app()
    app.add_url_rule("/undeclared", "undeclared", lambda: "secret")
    answer = app.test_client().get("/undeclared")
    assert answer.status_code == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "path", ["/nothing", "/g/none", "/a/" + "x" * 22, "/desk/none/none", "/static/none.css"]
)
def test_what_does_not_exist_is_a_friendly_404(client: CarefulClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<html" in answer.text


def test_the_development_pages_are_closed_in_production(database: Database) -> None:
    app = database.another_app(env="production", clock_offset_file="")
    client = app.test_client()
    open_pages = [
        rule.rule
        for rule in rules(app)
        if rule.rule.startswith("/dev/") and client.get(address(rule)).status_code != 404
    ]
    assert open_pages == []


def test_readme_names_the_commands(app: Flask) -> None:
    text = (ROOT / "README.md").read_text()
    ours = {"garage", "user", "feed", "demo", "serve", "scheduler"}
    assert ours <= set(app.cli.commands)
    assert [name for name in ours if f"`{name}" not in text] == []
