"""Who may call what at the desk: every route of staff, tried as each role.

A new route for technicians fails here until it is named; all others are the desk's, and refused to them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.auth.roles import Role
from app.security.policy import Policy, policy_of
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

TECHNICIAN_MAY = {
    "auth.choose",
    "auth.do_switch_keys",
    "auth.garages",
    "auth.keys",
    "booking_desk.appointment_detail",
    "booking_search.first",
    "booking_search.results",
    "calendars_board.day",
    "calendars_board.load",
    "calendars_board.month",
    "calendars_board.sheet",
    "calendars_board.this_week",
    "calendars_board.today",
    "calendars_board.version",
    "calendars_board.week",
}
"""What DESIGN §3 lets them see: the board in its looks, a visit, their own account."""

ORDER = [Role.TECHNICIAN, Role.RECEPTIONIST, Role.MANAGER, Role.OWNER]
MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """With a member of each role."""
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(services=[{"price_from_cents": 8900}], garage={"locale": "en"})
        for role in ORDER:
            make_member(made, f"{role}@martin.example", role)
    return made


def staff_rules(app: Flask) -> list[tuple[Rule, Policy]]:
    found = [(rule, policy_of(app.view_functions[rule.endpoint])) for rule in app.url_map.iter_rules()]
    return [(rule, policy) for rule, policy in found if policy and policy.kind == "staff"]


def address(app: Flask, rule: Rule) -> str:
    """The rule with the first number, or the garage's own workshop, in each place."""
    values = {name: "lyon" if name == "workshop" else 1 for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=method_of(rule))


def method_of(rule: Rule) -> str:
    return "POST" if "POST" in (rule.methods or set()) else "GET"


def test_what_technicians_may_call_is_named(app: Flask) -> None:
    assert {
        rule.endpoint for rule, policy in staff_rules(app) if policy.role == "technician"
    } == TECHNICIAN_MAY


@pytest.mark.parametrize("role", ORDER)
def test_each_role_is_let_in_where_it_may_and_refused_everywhere_else(
    app: Flask, client: CarefulClient, garage: MadeGarage, role: Role
) -> None:
    signed_in(client, f"{role}@martin.example")
    token = csrf_token(client.get("/desk/lyon/day").text)
    wrong = {}
    for rule, policy in staff_rules(app):
        method, may = method_of(rule), ORDER.index(role) >= ORDER.index(Role(policy.role))
        if may and method == "POST":
            continue  # what it does is proved where it is done
        answer = client.open(address(app, rule), method=method, data={"csrf_token": token})
        if (answer.status_code != 403) != may or answer.status_code >= 500:
            wrong[rule.endpoint] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("path", ["/desk/lyon/day?on=2026-12-07", "/desk/lyon/appointments/{number}"])
def test_a_technician_sees_no_contact_of_another_day_and_no_money(
    app: Flask, client: CarefulClient, garage: MadeGarage, path: str
) -> None:
    with app.app_context():
        path = path.format(number=book(garage, MONDAY + timedelta(hours=2)))
    desk = signed_in(client, "receptionist@martin.example").get(path).text
    client.post("/sign-out", data={"csrf_token": csrf_token(desk)})
    page = signed_in(client, "technician@martin.example").get(path).text
    assert "GA-482-QT" in page
    kept = [CAMILLE.email, CAMILLE.phone, "€89"]
    assert [each for each in kept if each and each in page] == []
    if "appointments" in path:
        assert [each for each in kept if each and each not in desk] == []
