"""Moving at the desk: the form as it opens, what is refused and offered instead, one press to take it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.queries import AppointmentView, get_appointment_view
from booking.customers.operations import VehicleDetails
from booking.resources.queries import list_resources
from tests.factories.appointments import book
from tests.factories.busy import fill_calendar
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.holds import hold
from tests.factories.moves import move_desk
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.steps import step
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
TEN = MONDAY + timedelta(hours=2)
OTHER = VehicleDetails(plate="EK23MSJ", country="GB")


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(bays=2, technicians=2, garage={"locale": "en"})
        for role in (Role.RECEPTIONIST, Role.TECHNICIAN):
            make_member(made, f"{role}@martin.example", role)
    return made


@pytest.fixture
def number(app: Flask, garage: MadeGarage) -> int:
    with app.app_context():
        return book(garage, MONDAY)


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "receptionist@martin.example")


def send(desk: CarefulClient, number: int, **form: str) -> TestResponse:
    """The form as it opens, with these changes."""
    page = desk.get(f"/desk/lyon/appointments/{number}/move").text
    return desk.post(f"/desk/lyon/appointments/{number}/move", data=fields_of(page) | form)


def fields_of(form: str) -> dict[str, str]:
    """What a form would send, as it stands."""
    inputs = re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form)
    inputs += re.findall(r'<select[^>]*name="(\w+)"[^>]*>.*?value="([^"]*)" selected', form, re.DOTALL)
    return {name: unescape(value) for name, value in inputs}


def offers_in(page: str) -> list[tuple[str, dict[str, str]]]:
    """The one-press places: what each says, and what it sends."""
    forms = re.findall(r"<form(?:(?!</form>).)*button class=\"place\".*?</form>", page, re.DOTALL)
    return [
        (" | ".join(re.findall(r"<b>(.*?)</b><span>(.*?)</span>", form)[0]), fields_of(form))
        for form in forms
    ]


def view_of(app: Flask, garage: MadeGarage, number: int) -> AppointmentView:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return get_appointment_view(session, garage.id, number)


def names(view: AppointmentView) -> list[str]:
    return [place.name for place in map(view.place, ("bay", "technician")) if place]


def id_of(app: Flask, garage: MadeGarage, name: str) -> str:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        rows = list_resources(session, garage.id, garage.workshop.id)
    return next(str(row.id) for row in rows if row.name == name)


def test_the_form_opens_with_the_place_that_stands(desk: CarefulClient, number: int) -> None:
    page = desk.get(f"/desk/lyon/appointments/{number}/move").text
    typed = fields_of(page)
    assert (typed["on"], typed["at"], typed["version"]) == ("2026-12-07", "08:00", "1")
    assert "Mon 7 Dec at 8:00, Bay 1, Tech 1" in page
    assert "waits here" in page


def test_time_bay_and_technician_are_taken(
    desk: CarefulClient, app: Flask, garage: MadeGarage, number: int
) -> None:
    bay, technician = id_of(app, garage, "Bay 2"), id_of(app, garage, "Tech 2")
    answer = send(desk, number, on="2026-12-07", at="10:30", bay=bay, technician=technician)
    assert answer.headers["Location"] == f"/desk/lyon/appointments/{number}"
    moved = view_of(app, garage, number)
    assert (moved.appointment.arrives_at, names(moved)) == (TEN + timedelta(minutes=30), ["Bay 2", "Tech 2"])
    assert moved.appointment.mode == "wait"


def test_left_open_whoever_is_free_takes_it(
    desk: CarefulClient, app: Flask, garage: MadeGarage, number: int
) -> None:
    with app.app_context():
        other = book(garage, TEN)
    assert send(desk, number, at="10:00", bay="", technician="").status_code == 303
    moved = view_of(app, garage, number)
    assert moved.appointment.arrives_at == TEN
    assert not set(names(moved)) & set(names(view_of(app, garage, other)))


def test_a_taken_place_names_the_car_and_offers_what_is_near(
    desk: CarefulClient, app: Flask, garage: MadeGarage, number: int
) -> None:
    with app.app_context():
        other = book(garage, TEN, vehicle=OTHER)
    bay, technician = names(view_of(app, garage, other))
    answer = send(
        desk, number, at="10:00", bay=id_of(app, garage, bay), technician=id_of(app, garage, technician)
    )
    assert answer.status_code == 409
    assert f"This overlaps EK23 MSJ in {bay}." in answer.text
    offers = offers_in(answer.text)
    assert [said.partition(" |")[0] for said, _ in offers] == [
        "Mon 7 Dec at 9:00",
        "Mon 7 Dec at 10:00",
        "Mon 7 Dec at 11:00",
    ]
    assert fields_of(answer.text.partition('id="where"')[2])["at"] == "10:00"
    assert view_of(app, garage, number).appointment.version == 1


def test_one_press_takes_an_offered_place(
    desk: CarefulClient, app: Flask, garage: MadeGarage, number: int
) -> None:
    with app.app_context():
        other = book(garage, TEN, vehicle=OTHER)
    bay = names(view_of(app, garage, other))[0]
    refused = send(desk, number, at="10:00", bay=id_of(app, garage, bay), technician="")
    said, form = next(each for each in offers_in(refused.text) if "10:00" in each[0])
    assert desk.post(f"/desk/lyon/appointments/{number}/move", data=form).status_code == 303
    moved = view_of(app, garage, number)
    assert moved.appointment.arrives_at == TEN
    assert said.endswith(", ".join(names(moved)))
    assert names(moved)[0] != bay


def test_a_closed_hour_is_refused_with_the_nearest_open_ones(desk: CarefulClient, number: int) -> None:
    answer = send(desk, number, at="19:00")
    assert answer.status_code == 409
    assert "The workshop is closed then." in answer.text
    assert [said.partition(" |")[0] for said, _ in offers_in(answer.text)] == [
        "Mon 7 Dec at 17:00",
        "Tue 8 Dec at 8:00",
    ]


def test_where_nothing_is_free_for_days_it_says_so(
    client: CarefulClient, app: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        full = make_garage(garage={"locale": "en"})
        make_member(full, "desk@martin.example", Role.RECEPTIONIST)
        number = book(full, MONDAY + timedelta(days=42))
        fill_calendar(full, 48 * 38, first_at=MONDAY - timedelta(days=4))
    answer = send(signed_in(client, "desk@martin.example"), number, on="2026-12-07", at="10:00")
    assert answer.status_code == 409
    assert "Nothing within the rules is free in the four weeks after it." in answer.text
    assert offers_in(answer.text) == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"on": ""}, "Choose a day."),
        ({"on": "tomorrow"}, "A date looks like"),
        ({"on": "2026-11-30"}, "This day is past."),
        ({"at": ""}, "Choose a time."),
        ({"at": "8h"}, "A time looks like"),
        ({"at": "08:03"}, "Times go in steps of five minutes."),
        ({"bay": "one"}, "Please choose one of the options."),
        ({"bay": "999999"}, "Please choose one of the options."),
        ({"technician": "9" * 60}, "Please choose one of the options."),
        ({"version": "x"}, "Please reload the page"),
        ({"arrives_at": "soon"}, "Choose one of the times shown."),
    ],
)
def test_odd_input_is_refused_in_words(
    desk: CarefulClient, app: Flask, garage: MadeGarage, number: int, form: dict[str, str], said: str
) -> None:
    answer = send(desk, number, **form)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert view_of(app, garage, number).appointment.version == 1


def test_a_bay_of_another_garage_is_no_option(
    desk: CarefulClient, app: Flask, garage: MadeGarage, number: int
) -> None:
    with app.app_context():
        foreign = make_garage(slug="other")
    answer = send(desk, number, bay=id_of(app, foreign, "Bay 1"))
    assert (answer.status_code, "Please choose one of the options." in answer.text) == (422, True)


def test_the_second_of_two_desks_is_told(
    desk: CarefulClient, app: Flask, garage: MadeGarage, number: int
) -> None:
    page = desk.get(f"/desk/lyon/appointments/{number}/move").text
    with app.app_context():
        move_desk(garage, number, TEN)
    address = f"/desk/lyon/appointments/{number}/move"
    answer = desk.post(address, data=fields_of(page) | {"at": "14:00"}, follow_redirects=True)
    assert "Someone else has just changed this" in answer.text
    assert view_of(app, garage, number).appointment.arrives_at == TEN


def test_the_place_that_stands_is_no_move(desk: CarefulClient, number: int) -> None:
    answer = send(desk, number)
    page = desk.get(answer.headers["Location"]).text
    assert "Nothing to move: that is where it is already." in page
    assert "data-undo" not in page


def test_of_a_car_that_is_here_the_work_is_moved_until_it_has_begun(
    app: Flask, garage: MadeGarage, desk: CarefulClient, number: int
) -> None:
    visit = f"/desk/lyon/appointments/{number}"
    with app.app_context():
        step(garage, number, Status.ARRIVED)
    page = desk.get(f"{visit}/move").text
    assert "Start of the work" in page
    assert "nobody is told" in page
    desk.post(f"{visit}/move", data=fields_of(page) | {"at": "14:00"})
    moved = view_of(app, garage, number).appointment
    assert (moved.arrives_at, moved.work_starts_at) == (MONDAY, MONDAY + timedelta(hours=6))
    with app.app_context():
        step(garage, number, Status.IN_PROGRESS)
    assert f"{visit}/move" not in desk.get(visit).text
    assert "past that step" in desk.get(f"{visit}/move", follow_redirects=True).text


def test_a_technician_may_not_move(client: CarefulClient, garage: MadeGarage, number: int) -> None:
    signed_in(client, "technician@martin.example")
    visit = f"/desk/lyon/appointments/{number}"
    page = client.get(visit).text
    assert f"{visit}/move" not in page
    assert client.get(f"{visit}/move").status_code == 403
    assert client.post(f"{visit}/move", data={"csrf_token": csrf_token(page)}).status_code == 403


def test_the_way_back_leads_to_the_day_looked_at_and_after_a_move_to_the_new_one(
    desk: CarefulClient, number: int
) -> None:
    visit = f"/desk/lyon/appointments/{number}"
    page = desk.get(f"{visit}/move?on=2026-12-08&by=technician").text
    assert f"{visit}?by=technician&amp;on=2026-12-08" in page
    data = fields_of(page) | {"at": "11:00"}
    answer = desk.post(f"{visit}/move?on=2026-12-08&by=technician", data=data)
    assert answer.headers["Location"] == f"{visit}?by=technician"


def test_soft_rules_are_named_and_passed_by_a_second_press(
    desk: CarefulClient, app: Flask, garage: MadeGarage, number: int
) -> None:
    refused = send(desk, number, at="19:00").text
    assert "The workshop is closed then." in refused
    button = re.search(r"<form(?:(?!</form>).)*Place anyway.*?</form>", refused, re.DOTALL)
    assert button
    form = fields_of(button[0])
    assert form["anyway"] == "closed"
    answer = desk.post(f"/desk/lyon/appointments/{number}/move", data=form)
    assert answer.status_code == 303
    assert view_of(app, garage, number).appointment.arrives_at == MONDAY + timedelta(hours=11)
    page = desk.get(f"/desk/lyon/appointments/{number}").text
    assert "Placed anyway: The workshop is closed then." in page


def test_a_place_that_is_being_booked_online_is_said_with_the_time_until_which_it_is_kept(
    desk: CarefulClient, app: Flask, garage: MadeGarage, number: int, clock: MovableClock
) -> None:
    with clock.at(datetime(2026, 12, 1, 8, 0, 30, tzinfo=UTC)):
        with app.app_context():
            assert hold(garage, TEN)
        answer = send(desk, number, at="10:00", bay=id_of(app, garage, "Bay 1"))
    assert answer.status_code == 409
    assert "Somebody is just booking that place online; it is kept for them until 9:11." in unescape(
        answer.text
    )
    assert "Place anyway" not in answer.text
    assert [said.partition(" |")[0] for said, _ in offers_in(answer.text)] == [
        "Mon 7 Dec at 9:00",
        "Mon 7 Dec at 10:00",
        "Mon 7 Dec at 11:00",
    ]


def test_a_place_with_another_car_is_not_to_be_had_anyway(
    desk: CarefulClient, app: Flask, garage: MadeGarage, number: int
) -> None:
    with app.app_context():
        other = book(garage, TEN, vehicle=OTHER)
    bay = id_of(app, garage, names(view_of(app, garage, other))[0])
    answer = send(desk, number, at="10:00", bay=bay, anyway="closed leave skill equipment")
    assert (answer.status_code, "Place anyway" in answer.text) == (409, False)


@pytest.mark.parametrize("visits", [1, 20])
def test_a_refusal_needs_as_many_statements_on_a_full_day_as_on_an_empty_one(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database, number: int, visits: int
) -> None:
    with app.app_context():
        fill_calendar(garage, visits, first_at=MONDAY + timedelta(days=1))
    form = fields_of(desk.get(f"/desk/lyon/appointments/{number}/move").text) | {"at": "19:00"}
    with count_statements(database.engine) as seen:
        assert desk.post(f"/desk/lyon/appointments/{number}/move", data=form).status_code == 409
    assert seen.count <= 37, seen


def test_a_car_that_came_after_all_is_placed_from_now_on(
    client: CarefulClient, app: Flask, garage: MadeGarage, number: int, clock: MovableClock
) -> None:
    clock.move_to(MONDAY + timedelta(minutes=101))
    with app.app_context():
        step(garage, number, Status.NO_SHOW, Status.ARRIVED)
    desk = signed_in(client, "receptionist@martin.example")
    visit = desk.get(f"/desk/lyon/appointments/{number}").text
    assert "not placed yet" in visit
    form = desk.get(f"/desk/lyon/appointments/{number}/move").text
    assert "Place GA-482-QT" in form
    assert (fields_of(form)["on"], fields_of(form)["at"]) == ("2026-12-07", "09:45")
    answer = send(desk, number)
    assert answer.status_code == 303, answer.text
    assert "Bay 1" in desk.get(answer.headers["Location"]).text
    assert "bay" in {place.kind for place in view_of(app, garage, number).places}
