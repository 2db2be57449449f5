"""A car at the counter: the next three places from now on, booked and checked in by one press."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.auth.roles import Role
from booking.appointments.models import Appointment
from booking.appointments.queries import AppointmentView
from notifications.outbox.models import Message
from tests.factories.busy import fill_calendar
from tests.factories.closings import away, store
from tests.factories.customers import rows_of
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.steps import view_of
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

NOW = datetime(2026, 12, 7, 8, 12, tzinfo=UTC)
"""Monday, twelve past nine in Lyon: off every grid."""
TICK = datetime(2026, 12, 7, 8, 15, tzinfo=UTC)
FORM = {
    "do": "book",
    "key": "a-key-of-sixteen-characters",
    "plate": "ab 123 cd",
    "phone": "06 39 98 00 11",
    "service": "oil",
    "mode": "drop_off",
    "arrives_at": "here 2026-12-07T09:15:00+01:00",
    "name": "Inès Roche",
    "locale": "fr",
    "sms_consent": "1",
}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """Rules of arrivals that a car at the counter breaks: notice, reception, drop-off until nine."""
    clock.move_to(NOW)
    with app.app_context():
        rules = {"notice_minutes": 1440, "arrivals_per_slot": 1, "drop_off_until": 9 * 60, "online_share": 10}
        made = make_garage(garage={"locale": "en"}, rules=rules, bays=1, technicians=1, courtesy_cars=1)
        for role in (Role.RECEPTIONIST, Role.TECHNICIAN):
            make_member(made, f"{role}@martin.example", role)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "receptionist@martin.example")


def send(desk: CarefulClient, part: str = "", **changes: Any) -> TestResponse:
    token = csrf_token(desk.get("/desk/lyon/walk-in").text)
    data = {name: value for name, value in (FORM | changes).items() if value}
    return desk.post(f"/desk/lyon/walk-in{part}", data=data | {"csrf_token": token})


def places(desk: CarefulClient, **changes: Any) -> str:
    return unescape(send(desk, "/places", **changes).text)


def values_in(page: str) -> list[str]:
    return re.findall(r'name="arrives_at" value="([^"]+)"', page)


def stored(app: Flask, garage: MadeGarage) -> list[AppointmentView]:
    with app.app_context():
        return [view_of(garage, row.id) for row in rows_of(garage, Appointment)]


def test_a_car_that_stays_has_the_next_three_starts_of_the_work(desk: CarefulClient) -> None:
    page = places(desk)
    assert values_in(page) == [f"here 2026-12-07T{time}:00+01:00" for time in ("09:15", "09:30", "10:00")]
    assert "<b>Now</b>" in page
    assert "Bay 1, Tech 1" in page
    assert "checked" in page.split("09:15")[1][:40]


def test_who_waits_has_the_present_and_then_the_arrivals_that_are_offered(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    assert values_in(places(desk, mode="wait")) == [
        "here 2026-12-07T09:15:00+01:00",
        "2026-12-07T09:30:00+01:00",
        "2026-12-07T10:00:00+01:00",
    ]
    with app.app_context():
        fill_calendar(garage, 1, first_at=NOW - timedelta(minutes=12))
    assert values_in(places(desk, mode="wait"))[0] == "2026-12-07T09:30:00+01:00"


def test_after_todays_places_come_tomorrows(desk: CarefulClient, clock: MovableClock) -> None:
    """Work that has begun goes on in the morning, where it can."""
    clock.move_to(NOW.replace(hour=16, minute=31))
    assert values_in(places(desk)) == [
        "here 2026-12-07T17:35:00+01:00",
        "here 2026-12-08T08:00:00+01:00",
        "here 2026-12-08T08:30:00+01:00",
    ]
    assert "ready: Tue 8 Dec at 8:30" in places(desk)


def test_one_press_books_and_checks_in(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    answer = send(desk)
    assert answer.status_code == 303, answer.text
    (view,) = stored(app, garage)
    visit = view.appointment
    assert (visit.status, visit.source, visit.mode) == ("arrived", "desk", "drop_off")
    assert (visit.arrives_at, visit.work_starts_at) == (TICK, TICK)
    assert {place.kind for place in view.places} == {"bay", "technician"}
    page = unescape(desk.get(answer.headers["Location"]).text)
    assert "AB-123-CD is here and checked in. Work: now." in page
    assert "Here since 9:12" in page
    assert "Booked at the desk" in page


def test_nobody_who_stands_at_the_counter_gets_a_text_that_it_is_confirmed(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    send(desk, email="ines@roche.example")
    assert rows_of_messages(app, garage) == []
    send(
        desk,
        plate="BB222BB",
        key="another-key-of-sixteen",
        mode="wait",
        arrives_at="2026-12-07T11:00:00+01:00",
    )
    assert set(rows_of_messages(app, garage)) == {"confirmed"}


def rows_of_messages(app: Flask, garage: MadeGarage) -> list[str]:
    with app.app_context():
        return [row.kind for row in rows_of(garage, Message)]


def test_a_car_that_waits_for_its_turn_is_checked_in_at_once(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    send(desk, arrives_at="here 2026-12-07T14:00:00+01:00")
    (view,) = stored(app, garage)
    assert (view.status, view.appointment.arrives_at) == ("arrived", TICK)
    assert view.appointment.work_starts_at == TICK.replace(hour=13, minute=0)


def test_a_place_that_began_while_one_typed_begins_now(
    desk: CarefulClient, app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    clock.move_to(NOW + timedelta(minutes=9))
    send(desk)
    (view,) = stored(app, garage)
    assert view.appointment.work_starts_at == TICK + timedelta(minutes=10)


def test_who_comes_back_later_is_booked_and_not_checked_in(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    answer = send(desk, mode="wait", arrives_at="2026-12-07T10:00:00+01:00")
    (view,) = stored(app, garage)
    assert (view.status, view.appointment.arrives_at) == ("confirmed", TICK.replace(hour=9, minute=0))
    assert "AB-123-CD is booked in: today at 10:00." in desk.get(answer.headers["Location"]).text


def test_a_car_can_be_taken_in_without_a_place(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    answer = send(desk, do="later", arrives_at="")
    (view,) = stored(app, garage)
    assert (view.status, view.places, view.appointment.is_wish) == ("arrived", (), False)
    assert "AB-123-CD is here. Its place is to be planned." in desk.get(answer.headers["Location"]).text
    assert "The car is here and has no place." in desk.get("/desk/to-plan").text


def test_a_courtesy_car_goes_out_with_it(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    assert "Bay 1, Tech 1, Car 1" in places(desk, mode="courtesy_car")
    send(desk, mode="courtesy_car")
    (view,) = stored(app, garage)
    lent = view.place("courtesy_car")
    assert lent is not None
    assert (lent.starts_at, view.appointment.is_car_out) == (TICK, True)


def test_a_place_that_somebody_else_took_shows_the_next_ones_and_keeps_what_was_typed(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        fill_calendar(garage, 1, first_at=NOW + timedelta(minutes=18))
    answer = send(desk, notes="Squeaks")
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "That place has just gone." in page
    assert values_in(page)[0] == "here 2026-12-07T10:00:00+01:00"
    assert "Squeaks" in page


def test_what_forbids_the_present_is_named_and_passed_by_one_press(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        store(garage, away(garage, "Tech 1", NOW, NOW + timedelta(hours=3)))
    page = places(desk)
    assert "Now breaks these rules:" in page
    assert "Place anyway: Bay 1, Tech 1" in page
    passed = re.findall(r'name="passed" value="([^"]*)"', page)[0]
    assert passed == "leave"
    assert send(desk, do="anyway", arrives_at="").status_code == 409, "not read yet"
    assert send(desk, do="anyway", arrives_at="", passed=passed).status_code == 303
    (view,) = stored(app, garage)
    assert (view.status, view.appointment.work_starts_at) == ("arrived", TICK)
    assert "No visit is to be re-planned" in desk.get("/desk/conflicts").text


def test_where_another_car_is_in_the_way_it_says_so(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        fill_calendar(garage, 1, first_at=NOW - timedelta(minutes=12))
    page = places(desk)
    assert "Not now: Every bay and every technician able to do the work is taken then." in page
    assert "Place anyway" not in page


def test_before_the_doors_open_a_car_is_taken_in_for_the_first_place(
    desk: CarefulClient, app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    clock.move_to(NOW.replace(hour=6, minute=50))
    assert values_in(places(desk))[0] == "here 2026-12-07T08:00:00+01:00"
    assert send(desk, arrives_at="here 2026-12-07T08:00:00+01:00").status_code == 303
    (view,) = stored(app, garage)
    assert view.status == "arrived"


def test_pressed_twice_it_takes_one_car_in(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    assert send(desk).headers["Location"] == send(desk).headers["Location"]
    assert len(stored(app, garage)) == 1


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"arrives_at": ""}, "arrives_at", "Choose one of the places, or take the car in without one."),
        ({"arrives_at": "here soon"}, "arrives_at", "Choose one of the times shown."),
        ({"service": ""}, "service", "Choose what is to be done"),
        ({"phone": ""}, "phone", "A phone number or an e-mail address is needed."),
        ({"plate": ""}, "plate", "Type the plate, or the make and model."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    desk: CarefulClient, app: Flask, garage: MadeGarage, changes: dict[str, Any], field: str, said: str
) -> None:
    answer = send(desk, **changes)
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert f'href="#{field}"' in answer.text
    assert stored(app, garage) == []


def test_the_check_in_can_be_taken_back_and_the_visit_stays(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    page = desk.get(send(desk).headers["Location"]).text
    undo = re.findall(r'action="(/desk/lyon/appointments/\d+/undo[^"]*)"', page)[0]
    desk.post(undo, data={"csrf_token": csrf_token(page), "version": "1"})
    (view,) = stored(app, garage)
    assert view.status == "confirmed"


def test_the_key_leads_there_from_every_page_of_the_desk(desk: CarefulClient, garage: MadeGarage) -> None:
    assert 'data-key="w" href="/desk/walk-in"' in desk.get("/desk/customers").text
    assert 'data-key="w" href="/desk/lyon/walk-in"' in desk.get("/desk/lyon/closures").text
    assert desk.get("/desk/walk-in").headers["Location"] == "/desk/lyon/walk-in"
    assert 'data-key="w"' not in desk.get("/desk/lyon/book").text, "it would lose what is typed there"


def test_a_technician_may_not_take_cars_in(client: CarefulClient, garage: MadeGarage) -> None:
    signed_in(client, "technician@martin.example")
    page = client.get("/desk/lyon/day").text
    assert 'data-key="w"' not in page
    assert client.get("/desk/lyon/walk-in").status_code == 403
    for part in ("", "/places"):
        data = {"csrf_token": csrf_token(page)}
        assert client.post(f"/desk/lyon/walk-in{part}", data=data).status_code == 403


def test_the_places_cost_the_same_with_ten_and_a_thousand_appointments(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    def cost() -> int:
        send(desk, "/places")
        with count_statements(database.engine) as seen:
            desk.post("/desk/lyon/walk-in/places", data=FORM | {"csrf_token": csrf_token(token_page)})
        return seen.count

    token_page = desk.get("/desk/lyon/walk-in").text
    start = datetime(2026, 12, 14, 7, 0, tzinfo=UTC)
    with app.app_context():
        fill_calendar(garage, 10, first_at=start)
    few = cost()
    with app.app_context():
        fill_calendar(garage, 990, first_at=start + timedelta(days=1), first_number=10)
    assert cost() == few
