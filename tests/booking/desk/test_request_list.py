"""The list of requests: every day's, the nearest end first, decided on from there, counted in the rail."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.customers.operations import VehicleDetails
from booking.resources.queries import get_rules
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.steps import view_of
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements
from tests.support.steps import text_of

MADE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
LIST = "/desk/requests"


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MADE)
    with app.app_context():
        made = make_garage(bays=2, technicians=2, garage={"locale": "en"}, rules={"approval": True})
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def ask(app: Flask, garage: MadeGarage, arrives_at: datetime, plate: str = "GA482QT") -> int:
    with app.app_context():
        return book(garage, arrives_at, vehicle=VehicleDetails(plate=plate, country="FR"))


def counted(page: str) -> str | None:
    """The figure beside the entry of the rail; None without the entry."""
    entry = re.search(r'href="/desk/requests".*?</a>', page, re.DOTALL)
    if entry is None:
        return None
    figure = re.search(r"</span>(\d+)</span>", entry.group())
    return figure.group(1) if figure else "0"


def decide(desk: CarefulClient, number: int, what: str, **form: str) -> str:
    token = csrf_token(desk.get(LIST).text)
    answer = desk.post(f"{LIST}/{number}/{what}", data={"csrf_token": token, "version": "1"} | form)
    assert answer.status_code == 303, answer.status_code
    return text_of(desk.get(answer.headers["Location"]))


def test_every_day_s_requests_stand_in_order_of_their_end(
    desk: CarefulClient, app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    with clock.at(MADE):
        ask(app, garage, MONDAY, "AA111AA")
        ask(app, garage, MADE + timedelta(hours=5), "BB222BB")  # three hours are left
        ask(app, garage, MONDAY + timedelta(days=14), "CC333CC")
    page = desk.get(LIST)
    words = text_of(page)
    assert re.findall(r"[A-C]{2}-\d{3}-[A-C]{2}", words) == ["BB-222-BB", "AA-111-AA", "CC-333-CC"]
    assert "until Wed 2 Dec at 9:00" in words
    assert "Today at 14:00 waits here" in words
    assert counted(page.text) == "3"


def test_the_time_left_is_told(
    desk: CarefulClient, app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    with clock.at(MADE):
        ask(app, garage, MONDAY)
    with clock.at(MADE + timedelta(hours=20, minutes=30)):
        assert "3 h 30 left until 9:00" in text_of(signed_in(desk, "desk@martin.example").get(LIST))


def test_accepting_takes_it_off_and_offers_undo(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    number = ask(app, garage, MONDAY)
    words = decide(desk, number, "accept")
    assert "GA-482-QT is confirmed. Undo" in words
    assert "No request waits for an answer" in words
    with app.app_context():
        assert view_of(garage, number).status == "confirmed"


def test_declining_keeps_the_reason(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    number = ask(app, garage, MONDAY)
    assert "GA-482-QT is declined. Undo" in decide(desk, number, "decline", reason="Full")
    with app.app_context():
        visit = view_of(garage, number).appointment
    assert (visit.status, visit.cancel_reason) == ("declined", "Full")


def test_a_colleague_s_decision_and_one_too_late_are_said(
    desk: CarefulClient, app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    with clock.at(MADE):
        number = ask(app, garage, MONDAY)
    assert "Someone else has just changed this" in decide(desk, number, "accept", version="7")
    clock.move_to(MADE + timedelta(hours=24))
    signed_in(desk, "desk@martin.example")
    token = csrf_token(desk.get("/desk/lyon/book").text)
    answer = desk.post(f"{LIST}/{number}/accept", data={"csrf_token": token, "version": "1"})
    assert "It is too late to decide" in text_of(desk.get(answer.headers["Location"]))


def test_an_endless_reason_comes_back_with_its_row_open(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    number = ask(app, garage, MONDAY)
    token = csrf_token(desk.get(LIST).text)
    form = {"csrf_token": token, "version": "1", "reason": "x" * 201}
    answer = desk.post(f"{LIST}/{number}/decline", data=form)
    assert answer.status_code == 422
    assert '<details class="refuse" open>' in answer.text
    assert "x" * 201 in answer.text


def test_another_garage_s_requests_are_not_there(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        foreign = book(make_garage(slug="other", rules={"approval": True}), MONDAY)
    page = desk.get(f"{LIST}?decided={foreign}")
    assert "No request waits" in page.text
    form = {"csrf_token": csrf_token(page.text), "version": "1"}
    assert desk.post(f"{LIST}/{foreign}/accept", data=form).status_code == 404


@pytest.mark.parametrize("odd", ["", "x", "9" * 40, "٣", "-1", "99999"])
def test_an_odd_number_in_the_address_says_nothing(desk: CarefulClient, odd: str) -> None:
    assert desk.get(LIST, query_string={"decided": odd}).status_code == 200


def test_a_garage_that_approves_nothing_has_no_such_entry(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    assert counted(desk.get(LIST).text) == "0"
    number = ask(app, garage, MONDAY)
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        get_rules(session, garage.id, garage.workshop.id).approval = False
    assert counted(desk.get(LIST).text) == "1"
    decide(desk, number, "accept")
    assert counted(desk.get(LIST).text) is None


def test_the_statements_do_not_grow_with_the_list(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    ask(app, garage, MONDAY)
    desk.get(LIST)
    with count_statements(database.engine) as one:
        desk.get(LIST)
    for number in range(3):
        ask(app, garage, MONDAY + timedelta(days=1, hours=number), f"AA{number:03d}AA")
    desk.get(LIST)  # the count of conflicts is kept until something changes
    with count_statements(database.engine) as four:
        assert desk.get(LIST).text.count("Decline the request") == 4
    assert four.count == one.count, four
