"""A request at the desk: accept, decline with a reason, and what it says when time was quicker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.auth.roles import Role
from booking.appointments.jobs import expire_requests
from booking.appointments.queries import AppointmentView
from tests.factories.appointments import book, manage_token
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.steps import view_of
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

MADE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
EXPIRES = MADE + timedelta(hours=24)


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MADE)
    with app.app_context():
        made = make_garage(garage={"locale": "en"}, rules={"approval": True})
        for role in (Role.RECEPTIONIST, Role.TECHNICIAN):
            make_member(made, f"{role}@martin.example", role)
    return made


@pytest.fixture
def number(app: Flask, garage: MadeGarage, clock: MovableClock) -> int:
    with app.app_context(), clock.at(MADE):
        return book(garage, MONDAY)


@pytest.fixture
def desk(client: CarefulClient, number: int) -> CarefulClient:
    return signed_in(client, "receptionist@martin.example")


def page(client: CarefulClient, number: int) -> str:
    return client.get(f"/desk/lyon/appointments/{number}").text


def post(client: CarefulClient, number: int, what: str, **form: str) -> str:
    """Post a form of the page as it was first shown; the page that follows."""
    token = csrf_token(page(client, number))
    address = f"/desk/lyon/appointments/{number}/{what}"
    answer = client.post(address, data={"csrf_token": token, "version": "1"} | form)
    assert answer.status_code in {303, 422}, answer.status_code
    return client.get(answer.headers["Location"]).text if answer.status_code == 303 else answer.text


def stored(app: Flask, garage: MadeGarage, number: int) -> AppointmentView:
    with app.app_context():
        return view_of(garage, number)


def test_a_request_is_to_be_answered_until_its_time(desk: CarefulClient, number: int) -> None:
    text = page(desk, number)
    assert "without an answer it expires: Wed 2 Dec at 9:00" in text
    assert ">Accept" in text
    assert "Decline this request" in text
    assert "Cancel this appointment" not in text


def test_accepting_confirms(desk: CarefulClient, app: Flask, garage: MadeGarage, number: int) -> None:
    text = post(desk, number, "status", target="confirmed")
    assert "GA-482-QT is confirmed." in text
    assert stored(app, garage, number).status == "confirmed"


def test_declining_keeps_the_reason_for_desk_and_customer(
    desk: CarefulClient, client: CarefulClient, app: Flask, garage: MadeGarage, number: int
) -> None:
    text = post(desk, number, "decline", reason="Our lift is being repaired")
    assert "Reason: Our lift is being repaired" in text
    assert stored(app, garage, number).status == "declined"
    with app.app_context():
        token = manage_token(garage, number)
    assert "The garage says: “Our lift is being repaired”" in client.get(f"/a/{token}?lang=en").text


def test_an_endless_reason_comes_back(
    desk: CarefulClient, app: Flask, garage: MadeGarage, number: int
) -> None:
    text = post(desk, number, "decline", reason="x" * 201)
    assert "under 200 characters" in text
    assert "x" * 201 in text
    assert stored(app, garage, number).status == "requested"


@pytest.mark.parametrize(("what", "form"), [("status", {"target": "confirmed"}), ("decline", {})])
def test_a_decision_that_comes_too_late_is_said_so(
    client: CarefulClient,
    app: Flask,
    garage: MadeGarage,
    number: int,
    clock: MovableClock,
    what: str,
    form: dict[str, str],
) -> None:
    clock.move_to(EXPIRES)
    desk = signed_in(client, "receptionist@martin.example")
    assert ">Accept" not in page(desk, number)
    assert "the request expired" in post(desk, number, what, **form)
    with app.app_context():
        expire_requests()
    text = post(desk, number, what, **form)
    assert "the request expired" in text
    assert "Not decided in time" in text


def test_a_technician_decides_nothing(client: CarefulClient, number: int) -> None:
    signed_in(client, "technician@martin.example")
    token = csrf_token(page(client, number))
    answer = client.post(
        f"/desk/lyon/appointments/{number}/decline", data={"csrf_token": token, "version": "1"}
    )
    assert answer.status_code == 403


def test_a_request_of_another_garage_is_not_there(
    desk: CarefulClient, app: Flask, number: int, clock: MovableClock
) -> None:
    with app.app_context():
        other = make_garage(slug="other", rules={"approval": True})
        foreign = book(other, MONDAY)
    token = csrf_token(page(desk, number))
    answer = desk.post(
        f"/desk/lyon/appointments/{foreign}/decline", data={"csrf_token": token, "version": "1"}
    )
    assert answer.status_code == 404
