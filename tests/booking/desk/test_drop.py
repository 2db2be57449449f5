"""Letting a visit go on the board: what is stored, what is refused, and what can be done instead."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.auth.roles import Role
from booking.appointments.life_cycle import Status
from booking.appointments.queries import AppointmentView
from booking.customers.operations import VehicleDetails
from tests.factories.appointments import book, plan_later
from tests.factories.closings import resource_id
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.holds import hold
from tests.factories.moves import move_work
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.steps import step, view_of
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
OTHER = VehicleDetails(plate="EK23MSJ", country="GB")
OIL: dict[str, Any] = {"modes": ["wait", "drop_off"]}
PART = {"X-Garagenda-Part": "1"}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(EIGHT - 6 * DAY)
    with app.app_context():
        made = make_garage(bays=2, technicians=2, services=[OIL], garage={"locale": "en"})
        for role in (Role.RECEPTIONIST, Role.TECHNICIAN):
            make_member(made, f"{role}@martin.example", role)
    return made


@pytest.fixture
def number(app: Flask, garage: MadeGarage) -> int:
    with app.app_context():
        return book(garage, EIGHT, mode="drop_off")


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "receptionist@martin.example")


def let_go(desk: CarefulClient, number: int, *, to: str = "drop", **form: Any) -> TestResponse:
    """What the board's script sends, from the version that stands."""
    page = desk.get(f"/desk/lyon/appointments/{number}").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    sent = {"csrf_token": csrf_token(page), "version": version[1]} | form
    return desk.post(f"/desk/lyon/appointments/{number}/{to}", data=sent, headers=PART)


def stands(app: Flask, garage: MadeGarage, number: int) -> AppointmentView:
    with app.app_context():
        return view_of(garage, number)


def start_of(app: Flask, garage: MadeGarage, number: int) -> datetime | None:
    return stands(app, garage, number).appointment.work_starts_at


def test_it_is_moved_and_can_be_taken_back_in_the_open_page(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int
) -> None:
    with app.app_context():
        bay = resource_id(garage, "Bay 2")
    answer = let_go(desk, number, works_at=(EIGHT + 2 * HOUR).isoformat(), bay=bay)
    assert answer.status_code == 200
    assert "GA-482-QT: work in Bay 2, Mon 7 Dec at 10:00; ready: Mon 7 Dec at 10:45." in answer.text
    moved = stands(app, garage, number)
    place = moved.place("bay")
    assert place is not None
    assert (place.name, place.starts_at, moved.appointment.arrives_at) == ("Bay 2", EIGHT + 2 * HOUR, EIGHT)
    action = re.search(r'action="([^"]+)"', answer.text)
    assert action is not None
    form = {"csrf_token": csrf_token(answer.text), "version": "2"}
    undone = desk.post(unescape(action[1]), data=form, headers=PART)
    assert "Undone" in undone.text
    assert start_of(app, garage, number) == EIGHT


def test_a_length_that_was_pulled_is_kept(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int
) -> None:
    answer = let_go(desk, number, works_at=EIGHT.isoformat(), work_minutes=90)
    assert "1\u00a0h\u00a030 of work" in answer.text
    assert stands(app, garage, number).appointment.work_ends_at == EIGHT + 90 * MINUTE


def test_where_a_car_is_it_stays_and_is_told_why_and_what_is_free(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int
) -> None:
    with app.app_context():
        bay = resource_id(garage, "Bay 1")
        other = book(garage, EIGHT + 2 * HOUR, vehicle=OTHER)
        move_work(garage, other, EIGHT + 2 * HOUR, bay_id=bay)
    answer = let_go(desk, number, works_at=(EIGHT + 2 * HOUR).isoformat(), bay=bay)
    assert answer.status_code == 409
    assert "This overlaps EK23 MSJ in Bay 1." in unescape(answer.text)
    assert "Place anyway" not in answer.text
    assert start_of(app, garage, number) == EIGHT
    offers = re.findall(r"<form.*?</form>", answer.text, re.DOTALL)[:-1]
    assert 1 <= len(offers) <= 3
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', offers[0]))
    taken = desk.post(f"/desk/lyon/appointments/{number}/drop", data=sent, headers=PART)
    assert taken.status_code == 200
    assert start_of(app, garage, number) == datetime.fromisoformat(unescape(sent["works_at"]))


def test_past_a_soft_rule_it_is_placed_anyway(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int
) -> None:
    noon = EIGHT + 4 * HOUR + 15 * MINUTE
    answer = let_go(desk, number, works_at=noon.isoformat())
    assert (answer.status_code, "The workshop is closed then." in answer.text) == (409, True)
    anyway = next(
        form for form in re.findall(r"<form.*?</form>", answer.text, re.DOTALL) if "Place anyway" in form
    )
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', anyway))
    assert sent["anyway"] == "closed"
    sent = {name: unescape(value) for name, value in sent.items()}
    desk.post(f"/desk/lyon/appointments/{number}/drop", data=sent, headers=PART)
    assert start_of(app, garage, number) == noon


def test_what_somebody_books_online_right_now_is_kept_for_them(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int
) -> None:
    with app.app_context():
        for _ in range(2):
            hold(garage, EIGHT + 2 * HOUR)
    answer = let_go(desk, number, works_at=(EIGHT + 2 * HOUR).isoformat())
    assert answer.status_code == 409
    assert "Somebody is just booking that place online" in answer.text


def test_on_another_day_it_keeps_its_time_of_day(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int
) -> None:
    let_go(desk, number, works_at=(EIGHT + 2 * HOUR).isoformat())
    answer = let_go(desk, number, on="2026-12-09")
    assert answer.status_code == 200
    moved = stands(app, garage, number).appointment
    assert (moved.arrives_at, moved.work_starts_at) == (EIGHT + 2 * DAY, EIGHT + 2 * DAY + 2 * HOUR)


def test_today_it_does_not_go_back_in_time(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int, clock: MovableClock
) -> None:
    clock.move_to(EIGHT - 6 * DAY + 41 * MINUTE)
    answer = let_go(desk, number, on="2026-12-01")
    assert "not one of the workshop" in answer.text  # off the grid, the desk is asked
    asked = re.findall(r'name="works_at" value="([^"]+)"', answer.text)
    soonest = EIGHT - 6 * DAY + 45 * MINUTE
    assert soonest.isoformat() in [unescape(each) for each in asked]


def test_a_wish_of_a_day_is_placed_when_the_day_opens(
    app: Flask, garage: MadeGarage, desk: CarefulClient
) -> None:
    with app.app_context():
        number = plan_later(garage, EIGHT - 8 * HOUR)
    answer = let_go(desk, number, on="2026-12-08")
    assert answer.status_code == 200, answer.text
    assert start_of(app, garage, number) == EIGHT + DAY


def test_into_the_tray_and_out_again(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int
) -> None:
    answer = let_go(desk, number, to="unplan")
    assert "GA-482-QT has no place any more" in answer.text
    assert stands(app, garage, number).places == ()
    assert let_go(desk, number, works_at=(EIGHT + HOUR).isoformat()).status_code == 200
    assert start_of(app, garage, number) == EIGHT + HOUR


def test_the_page_of_the_visit_can_give_its_place_back_without_a_script(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int
) -> None:
    page = desk.get(f"/desk/lyon/appointments/{number}").text
    assert "Plan again later" in page
    form = {"csrf_token": csrf_token(page), "version": "1"}
    answer = desk.post(f"/desk/lyon/appointments/{number}/unplan", data=form, follow_redirects=True)
    assert "GA-482-QT has no place any more" in answer.text
    assert "Plan again later" not in answer.text


@pytest.mark.parametrize(
    "form",
    [
        {"works_at": "tomorrow"},
        {"works_at": "2026-12-07T10:00"},
        {"on": "2026-13-01"},
        {},
        {"works_at": "2026-12-07T10:00:00Z", "bay": "999"},
        {"works_at": "2026-12-07T10:00:00Z", "technician": "x"},
        {"works_at": "2026-12-07T10:00:00Z", "work_minutes": "7"},
        {"works_at": "2026-12-07T10:00:00Z", "work_minutes": "-60"},
        {"works_at": "2026-12-07T10:00:00Z", "work_minutes": "9999999"},
        {"works_at": "2026-12-07T10:00:00Z", "version": "old"},
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_moves(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int, form: dict[str, str]
) -> None:
    answer = let_go(desk, number, **form)
    assert answer.status_code == 422
    assert 'data-toast="stays"' in answer.text
    assert start_of(app, garage, number) == EIGHT


@pytest.mark.parametrize("works_at", ["2026-12-07T10:02:00Z", "2026-11-30T10:00:00Z"])
def test_off_the_five_minutes_or_in_the_past_there_is_no_place(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int, works_at: str
) -> None:
    assert let_go(desk, number, works_at=works_at).status_code == 409
    assert start_of(app, garage, number) == EIGHT


@pytest.mark.parametrize("to", ["drop", "unplan"])
def test_from_an_old_page_nothing_moves(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int, to: str
) -> None:
    works_at = (EIGHT + HOUR).isoformat()
    let_go(desk, number, works_at=works_at)
    answer = let_go(desk, number, to=to, works_at=(EIGHT + 3 * HOUR).isoformat(), version="1")
    assert (answer.status_code, "Someone else has just changed this" in answer.text) == (409, True)
    assert start_of(app, garage, number) == EIGHT + HOUR


def test_work_that_has_begun_is_not_moved(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int
) -> None:
    with app.app_context():
        step(garage, number, Status.ARRIVED, Status.IN_PROGRESS)
    answer = let_go(desk, number, works_at=(EIGHT + HOUR).isoformat())
    assert (answer.status_code, "past that step" in answer.text) == (409, True)


@pytest.mark.parametrize("to", ["drop", "unplan"])
def test_a_technician_moves_nothing(
    app: Flask, client: CarefulClient, garage: MadeGarage, number: int, to: str
) -> None:
    signed_in(client, "technician@martin.example")
    token = csrf_token(client.get("/desk/lyon/day").text)
    form = {"csrf_token": token, "version": "1", "works_at": (EIGHT + HOUR).isoformat()}
    assert client.post(f"/desk/lyon/appointments/{number}/{to}", data=form).status_code == 403
    assert start_of(app, garage, number) == EIGHT
