"""A booking by phone without a place: what is stored, told and held, and how it is placed from the list."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.conflict_counts import count_conflicts, count_to_plan
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.queries import AppointmentView
from booking.appointments.requests import VisitQuestion
from booking.appointments.slots import list_offered
from booking.resources.models import Occupancy
from notifications.outbox.models import Message, State
from tests.factories.appointments import book, manage_token
from tests.factories.customers import rows_of
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.steps import step, view_of
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

NOW = datetime(2026, 12, 7, 6, 0, tzinfo=UTC)
"""Monday, seven o'clock in Lyon: an hour before the workshop opens."""
TUESDAY = datetime(2026, 12, 8, 7, 0, tzinfo=UTC)
FORM = {
    "do": "later",
    "key": "a-key-of-sixteen-characters",
    "plate": "ab 123 cd",
    "phone": "06 39 98 00 11",
    "service": "oil",
    "mode": "drop_off",
    "name": "Inès Roche",
    "locale": "fr",
    "sms_consent": "1",
    "on": "2026-12-08",
    "at": "08:00",
}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """One car may arrive at a time."""
    clock.move_to(NOW)
    with app.app_context():
        made = make_garage(garage={"locale": "en"}, rules={"arrivals_per_slot": 1})
        add_reminder(made, hours_before=24)
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def send(desk: CarefulClient, **changes: Any) -> TestResponse:
    token = csrf_token(desk.get("/desk/lyon/book").text)
    data = {name: value for name, value in (FORM | changes).items() if value}
    return desk.post("/desk/lyon/book", data=data | {"csrf_token": token})


def stored(app: Flask, garage: MadeGarage) -> AppointmentView:
    with app.app_context():
        (row,) = rows_of(garage, Appointment)
        return view_of(garage, row.id)


def planned(app: Flask, garage: MadeGarage) -> list[tuple[str, datetime]]:
    with app.app_context():
        rows = [row for row in rows_of(garage, Message) if row.state == State.PLANNED]
    return [(row.kind, row.arrives_at) for row in rows]


def is_offered(app: Flask, garage: MadeGarage, arrives_at: datetime) -> bool:
    """Whether customers are offered that arrival."""
    with app.app_context(), scoped_to(garage.id), reading() as session:
        question, on = VisitQuestion(("oil",), "wait"), arrives_at.date()
        slots = list_offered(session, garage.workshop, question, first_on=on, last_on=on)
    return arrives_at in [slot.arrives_at for slot in slots]


def press(desk: CarefulClient, number: int, *, which: int = 0) -> TestResponse:
    """One of the proposed places, as its form sends it."""
    page = desk.get(f"/desk/to-plan?visit={number}").text
    form = page.split(f'action="/desk/to-plan/{number}/place"')[which + 1].split("</form>")[0]
    return desk.post(
        f"/desk/to-plan/{number}/place", data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    )


def test_a_wish_is_stored_and_takes_nothing(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    answer = send(desk)
    assert answer.status_code == 303, answer.text
    view = stored(app, garage)
    visit = view.appointment
    assert (visit.status, visit.arrives_at, visit.is_wish) == ("confirmed", TUESDAY, True)
    assert (visit.work_starts_at, visit.work_ends_at, view.places) == (None, None, ())
    assert [line.code for line in view.lines] == ["oil"]
    assert planned(app, garage) == [], "no time is told that nobody has promised"
    assert is_offered(app, garage, TUESDAY), "and no place at the reception is taken"
    page = desk.get(answer.headers["Location"]).text
    assert "AB-123-CD is noted, to be planned." in page
    assert "To be planned; wished for Tue 8 Dec at 8:00, nothing promised" in page
    assert "Noted at the desk, to be planned" in page
    assert "No-show" not in page


def test_a_wish_of_a_day_alone_is_enough(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    assert send(desk, at="").status_code == 303
    assert stored(app, garage).appointment.arrives_at == datetime(2026, 12, 7, 23, 0, tzinfo=UTC)
    page = desk.get("/desk/to-plan").text
    assert "any time" in page
    assert "Wished, nothing promised" in page
    number = stored(app, garage).id
    for part in ("", "/move"):
        page = desk.get(f"/desk/lyon/appointments/{number}{part}").text
        assert "wished on Tue 8 Dec, nothing promised" in page
        assert not re.search(r"[> ]0:00", page)


def test_a_wish_on_a_closed_day_is_no_conflict(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    assert send(desk, on="2026-12-12").status_code == 303
    assert "No visit is to be re-planned" in desk.get("/desk/conflicts").text
    number = stored(app, garage).id
    assert "2026-12-14T08:00:00+01:00" in desk.get(f"/desk/to-plan?visit={number}").text


def test_a_promised_arrival_is_told_and_counts_at_the_reception(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    assert send(desk, promised="1").status_code == 303
    assert not stored(app, garage).appointment.is_wish
    assert planned(app, garage) == [("confirmed", TUESDAY), ("reminder", TUESDAY)]
    assert not is_offered(app, garage, TUESDAY)


def test_what_has_no_place_promises_no_end(
    desk: CarefulClient, client: CarefulClient, app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    send(desk, promised="1")
    number = stored(app, garage).id
    with app.app_context():
        token = manage_token(garage, number)
    pages = ["/desk/lyon/sheet?date=2026-12-08", f"/desk/lyon/appointments/{number}", f"/a/{token}?lang=en"]
    for address in pages:
        page = client.get(address).text
        assert "8:00" in page
        assert "8:45" not in page
    with app.app_context():
        step(garage, number, Status.ARRIVED)
    assert "Here since 7:00, without a place" in desk.get(pages[1]).text


def test_a_promise_past_soft_rules_names_them_and_is_written_down(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    refused = send(desk, promised="1", on="2026-12-12", at="10:05")
    assert refused.status_code == 409
    assert "The workshop is closed then." in refused.text
    assert 'name="passed_later" value="closed"' in refused.text
    assert send(desk, promised="1", on="2026-12-12", at="10:05", passed_later="closed").status_code == 303
    with app.app_context(), scoped_to(garage.id), reading() as session:
        assert count_conflicts(session, garage.id) == 0, "the desk knew it"
    page = desk.get(f"/desk/lyon/appointments/{stored(app, garage).id}").text
    assert "Placed anyway: The workshop is closed then." in unescape(page)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"promised": "1", "at": ""}, "at"),
        ({"promised": "1", "at": "08:03"}, "at"),
        ({"on": "2026-12-01"}, "on"),
        ({"service": ""}, "service"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_missing_is_named(
    desk: CarefulClient, app: Flask, garage: MadeGarage, changes: dict[str, str], field: str
) -> None:
    answer = send(desk, **changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    with app.app_context():
        assert rows_of(garage, Appointment) == []


def test_placing_a_wish_takes_the_place_and_tells_the_time(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    send(desk)
    number = stored(app, garage).id
    page = desk.get(f"/desk/to-plan?visit={number}").text
    offered = re.findall(r'name="arrives_at" value="([^"]+)"', page)
    assert offered == [f"2026-12-08T{at}:00+01:00" for at in ("08:00", "08:30", "09:00")]
    answer = press(desk, number, which=1)
    assert answer.headers["Location"] == f"/desk/to-plan?placed={number}"
    view = stored(app, garage)
    visit = view.appointment
    assert (visit.is_wish, visit.arrives_at) == (False, TUESDAY + timedelta(minutes=30))
    assert {place.kind for place in view.places} == {"bay", "technician"}
    told = [("confirmed", visit.arrives_at), ("reminder", visit.arrives_at)]
    assert planned(app, garage) == told, "the first word, not a change"
    page = desk.get(answer.headers["Location"]).text
    assert "AB-123-CD is placed: Bay 1, Tue 8 Dec at 8:30." in page
    assert "Every visit has its place" in page


def test_placing_taken_back_is_a_wish_again_of_which_nothing_is_told(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    send(desk)
    number = stored(app, garage).id
    press(desk, number)
    page = desk.get(f"/desk/to-plan?placed={number}").text
    form = {"csrf_token": csrf_token(page), "version": str(stored(app, garage).appointment.version)}
    assert desk.post(f"/desk/lyon/appointments/{number}/undo", data=form).status_code == 303
    view = stored(app, garage)
    assert (view.appointment.is_wish, view.appointment.arrives_at, view.places) == (True, TUESDAY, ())
    assert planned(app, garage) == []
    press(desk, number, which=1)
    assert planned(app, garage)[0] == ("confirmed", TUESDAY + timedelta(minutes=30))


def test_placing_at_the_promised_arrival_is_no_news(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    send(desk, promised="1")
    before = planned(app, garage)
    press(desk, stored(app, garage).id)
    assert stored(app, garage).appointment.arrives_at == TUESDAY
    assert planned(app, garage) == before


def test_a_place_that_has_gone_is_told_and_others_are_proposed(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    send(desk)
    number = stored(app, garage).id
    page = desk.get(f"/desk/to-plan?visit={number}").text
    with app.app_context():
        book(garage, TUESDAY, source="desk")
    form = page.split(f'action="/desk/to-plan/{number}/place"')[1].split("</form>")[0]
    answer = desk.post(
        f"/desk/to-plan/{number}/place", data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    )
    page = desk.get(answer.headers["Location"]).text
    assert "That place has just gone." in page
    assert "2026-12-08T08:00:00+01:00" not in page
    assert "2026-12-08T09:00:00+01:00" in page


def test_a_car_that_came_after_all_stands_on_the_list(
    client: CarefulClient, app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    with app.app_context():
        number = book(garage, TUESDAY)
        clock.move_to(TUESDAY + timedelta(hours=1))
        step(garage, number, Status.NO_SHOW, Status.ARRIVED)
    desk = signed_in(client, "desk@martin.example")
    page = desk.get(f"/desk/to-plan?visit={number}").text
    assert "The car is here and has no place." in page
    press(desk, number)
    assert stored(app, garage).appointment.arrives_at == TUESDAY + timedelta(minutes=65), "at once"
    assert {place.kind for place in stored(app, garage).places} == {"bay", "technician"}


def test_a_wish_whose_car_comes_is_one_no_more(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    send(desk)
    with app.app_context():
        step(garage, stored(app, garage).id, Status.ARRIVED)
    assert not stored(app, garage).appointment.is_wish


def test_a_cancelled_wish_is_told_to_nobody_and_off_the_list(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    send(desk)
    number = stored(app, garage).id
    page = desk.get(f"/desk/lyon/appointments/{number}").text
    assert "Nothing is sent: no time was told yet." in page
    form = {"csrf_token": csrf_token(page), "version": "1", "reason": ""}
    assert desk.post(f"/desk/lyon/appointments/{number}/cancel", data=form).status_code == 303
    assert planned(app, garage) == []
    assert "Every visit has its place" in desk.get("/desk/to-plan").text


def test_the_customers_page_names_no_time_that_is_only_wished(
    desk: CarefulClient, client: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    send(desk)
    with app.app_context():
        token = manage_token(garage, stored(app, garage).id)
    page = client.get(f"/a/{token}?lang=en").text
    assert "your visit is noted" in page
    assert "8:00" not in page
    assert "Add to my calendar" not in page
    assert client.get(f"/a/{token}.ics").status_code == 404


def test_the_day_shows_a_wish_in_its_tray_alone(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    send(desk)
    number = stored(app, garage).id
    page = desk.get("/desk/lyon/day?on=2026-12-08&as=list").text
    assert page.count(f"/desk/lyon/appointments/{number}") == 1
    assert "Unplanned jobs" in page
    assert "AB-123-CD" not in desk.get("/desk/lyon/sheet?date=2026-12-08").text


def test_the_rail_counts_them_without_a_statement_of_its_own(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    send(desk)
    with app.app_context(), scoped_to(garage.id), reading() as session:
        count_conflicts(session, garage.id)
        with count_statements(database.engine) as seen:
            assert count_to_plan(session, garage.id) == 1
        assert seen.count == 0
        held = session.scalars(select(Occupancy).where(Occupancy.garage_id == garage.id)).all()
    assert held == []
    assert re.search(r'href="/desk/to-plan".*?class="count"', desk.get("/desk/to-plan").text, re.DOTALL)


def test_a_form_sent_twice_notes_one_visit_and_another_button_is_another_question(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    assert send(desk).status_code == send(desk).status_code == 303
    stored(app, garage)
    again = send(desk, do="book", arrives_at="2026-12-08T09:00:00+01:00")
    assert again.status_code == 422
    assert "This form has booked already" in again.text
