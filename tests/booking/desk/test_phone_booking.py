"""Booking by telephone: who is recognised, what is proposed, what is booked, and by whom."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment
from booking.appointments.requests import VisitQuestion
from booking.appointments.slots import list_offered
from booking.customers.models import Customer, Vehicle
from notifications.outbox.models import Message
from tests.factories.appointments import CAMILLE, PEUGEOT, book
from tests.factories.busy import fill_calendar
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

NOW = datetime(2026, 12, 7, 6, 0, tzinfo=UTC)
"""Monday, seven o'clock in Lyon: an hour before the workshop opens."""
EIGHT = NOW + timedelta(hours=1)
KEY = "a-key-of-sixteen-characters"
SERVICES = [
    {},
    {"code": "recall", "name": {"en": "Recall"}, "online": False, "minutes": 30},
    {"code": "clutch", "name": {"en": "Clutch"}, "minutes": 120},
]
FORM = {
    "do": "book",
    "key": KEY,
    "plate": "ab 123 cd",
    "phone": "06 39 98 00 11",
    "service": "oil",
    "mode": "wait",
    "arrives_at": "2026-12-07T08:00:00+01:00",
    "name": "Inès Roche",
    "locale": "fr",
}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(NOW)
    with app.app_context():
        made = make_garage(
            garage={"locale": "en"},
            services=SERVICES,
            rules={"notice_minutes": 2880, "online_share": 20, "approval": True},
        )
        for role in (Role.RECEPTIONIST, Role.TECHNICIAN):
            make_member(made, f"{role}@martin.example", role)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "receptionist@martin.example")


@pytest.fixture
def camille(app: Flask, garage: MadeGarage, clock: MovableClock) -> int:
    """Camille was here a week ago with her Peugeot."""
    clock.move_to(NOW - timedelta(days=14))
    with app.app_context():
        number = book(garage, EIGHT - timedelta(days=7))
    clock.move_to(NOW)
    return number


def send(desk: CarefulClient, part: str = "", **changes: Any) -> Any:
    """Post the form, or ask for one of its parts."""
    token = csrf_token(desk.get("/desk/lyon/book").text)
    data = {name: value for name, value in (FORM | changes).items() if value is not None}
    return desk.post(f"/desk/lyon/book{part}", data=data | {"csrf_token": token})


def rows(app: Flask, garage: MadeGarage, model: type[Any]) -> list[Any]:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return list(session.scalars(select(model).where(model.garage_id == garage.id).order_by(model.id)))


def value_of(page: str, field: str) -> str:
    found = re.search(rf'<input[^>]*name="{field}"[^>]*value="([^"]*)"', page)
    assert found is not None, field
    return unescape(found.group(1))


def test_a_call_becomes_an_appointment(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    answer = send(desk, notes="Squeaks", service=["oil", "recall"])
    assert answer.status_code == 303, answer.text
    [visit] = rows(app, garage, Appointment)
    assert answer.headers["Location"] == f"/desk/lyon/appointments/{visit.id}"
    assert (visit.source, visit.status, visit.arrives_at) == ("desk", "confirmed", EIGHT)
    assert (visit.work_minutes, visit.notes, visit.locale) == (75, "Squeaks", "fr")
    [vehicle] = rows(app, garage, Vehicle)
    assert (vehicle.plate, vehicle.plate_country) == ("AB123CD", "FR")
    page = desk.get(answer.headers["Location"]).text
    assert "AB-123-CD is booked in: today at 8:00." in page
    assert "Booked at the desk, by Camille Perrot" in page


def test_the_next_places_are_free_of_notice_and_online_share(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    """Two hours of work are more than the day's online share, and tomorrow is within the notice."""
    today, question = NOW.date(), VisitQuestion(("clutch",), "wait")
    with app.app_context(), scoped_to(garage.id), reading() as session:
        week = list_offered(
            session, garage.workshop, question, first_on=today, last_on=today + timedelta(days=6)
        )
    assert week == []
    part = send(desk, "/places", arrives_at=None, service="clutch").text
    assert re.findall(r'value="([^"]+)"', part) == [
        f"2026-12-07T{time}:00+01:00" for time in ("08:00", "08:30", "09:00")
    ]
    assert "Today at 8:00" in part
    assert "ready: 10:00" in part


def test_what_is_not_offered_online_is_offered_at_the_desk(desk: CarefulClient, garage: MadeGarage) -> None:
    assert "Recall" in desk.get("/desk/lyon/book").text
    assert "Today at 8:00" in send(desk, "/places", service="recall").text


def test_a_wished_time_has_the_nearest_places(desk: CarefulClient, garage: MadeGarage) -> None:
    part = send(desk, "/places", on="2026-12-09", at="15:10").text
    assert re.findall(r'value="2026-12-09T(\d\d:\d\d)', part) == ["14:30", "15:00", "15:30"]


def test_a_wished_day_begins_with_its_first_place(desk: CarefulClient, garage: MadeGarage) -> None:
    part = send(desk, "/places", on="2026-12-12").text
    assert re.findall(r'value="([\d-]+)T', part) == ["2026-12-14"] * 3, "a Saturday is closed"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"service": None}, "Choose the work first"),
        ({"service": "gearbox"}, "Choose what is to be done"),
        ({"on": "2026-12-06"}, "This day is past."),
        ({"on": "soon"}, "A date looks like"),
        ({"on": "9999-12-31"}, "too far ahead"),
        ({"at": "25:00"}, "A time looks like"),
        ({"mode": "teleport"}, "Please choose one of the options."),
        ({"mode": "courtesy_car"}, "No place in the next two months"),
    ],
)
def test_where_there_are_no_places_it_says_why(
    desk: CarefulClient, garage: MadeGarage, changes: dict[str, Any], said: str
) -> None:
    assert said in send(desk, "/places", **changes).text


@pytest.mark.parametrize("spelling", ["ga-482-qt", "GA 482 QT", "ga482qt"])
@pytest.mark.usefixtures("camille")
def test_a_plate_is_recognised_in_any_spelling(desk: CarefulClient, spelling: str) -> None:
    part = send(desk, "/caller", plate=spelling, phone="").text
    assert "Camille Perrot" in part
    assert "Peugeot 208" in part


@pytest.mark.parametrize(
    "spelling", ["06 39 98 14 27", "+33 6 39 98 14 27", "0033639981427", "06.39.98.14.27"]
)
@pytest.mark.usefixtures("camille")
def test_a_number_is_recognised_in_any_spelling(desk: CarefulClient, spelling: str) -> None:
    assert "Camille Perrot" in send(desk, "/caller", plate="", phone=spelling).text


@pytest.mark.usefixtures("camille")
@pytest.mark.parametrize("plate", ["GA482Q", "GA482QTX", "482"])
def test_part_of_a_plate_names_nobody(desk: CarefulClient, plate: str) -> None:
    assert "Camille" not in send(desk, "/caller", plate=plate, phone="").text


def test_nobody_of_another_garage_is_recognised(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        other = make_garage(slug="other")
        book(other, EIGHT + timedelta(days=1))
    assert "Camille" not in send(desk, "/caller", plate="GA482QT", phone=CAMILLE.phone).text


@pytest.mark.usefixtures("camille")
def test_everybody_of_a_number_is_listed_to_choose(
    desk: CarefulClient, app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    with app.app_context():
        book(garage, EIGHT + timedelta(days=3), vehicle=replace(PEUGEOT, plate="BB222BB", model="3008"))
        book(garage, EIGHT + timedelta(days=4), customer=replace(CAMILLE, name="Yann Perrot"))
    part = send(desk, "/caller", plate="", phone=CAMILLE.phone).text
    assert part.count("data-fill") == 3
    assert send(desk, "/caller", plate="BB222BB", phone=CAMILLE.phone).text.count("data-fill") == 1


@pytest.mark.usefixtures("camille")
def test_without_scripts_looking_up_fills_the_form(desk: CarefulClient) -> None:
    page = send(desk, do="look", plate="GA482QT", phone="", name="", email="").text
    assert value_of(page, "name") == "Camille Perrot"
    assert value_of(page, "email") == "camille@perrot.example"
    assert value_of(page, "make_model") == "Peugeot 208"
    assert re.search(r'id="sms_consent"[^>]* checked', page)


@pytest.mark.usefixtures("camille")
def test_looking_up_keeps_what_was_typed_and_picking_replaces_it(desk: CarefulClient) -> None:
    typed = {"plate": "GA482QT", "phone": "", "name": "Yann Perrot", "notes": "At noon"}
    assert value_of(send(desk, do="look", **typed).text, "name") == "Yann Perrot"
    pick = value_of_pick(send(desk, "/caller", **typed).text)
    page = send(desk, do=None, pick=pick, **typed).text
    assert value_of(page, "name") == "Camille Perrot"
    assert "At noon" in page


def value_of_pick(part: str) -> str:
    found = re.search(r'name="pick" value="([^"]+)"', part)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize("pick", ["", "x", "1", "1-", "-1", "²-1", "9" * 40 + "-1", "999999-1"])
def test_an_odd_pick_changes_nothing(desk: CarefulClient, garage: MadeGarage, pick: str) -> None:
    answer = send(desk, do=None, pick=pick)
    assert answer.status_code == 200
    assert value_of(answer.text, "name") == "Inès Roche"


@pytest.mark.usefixtures("camille")
def test_whom_the_desk_recognised_keeps_one_record_under_a_new_number(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    [before] = rows(app, garage, Customer)
    send(desk, plate="GA482QT", name="camille perrot", known=f"{before.id}-1", phone="06 39 98 77 66")
    [customer] = rows(app, garage, Customer)
    assert customer.phone == "+33639987766"
    assert len(rows(app, garage, Vehicle)) == 1


@pytest.mark.usefixtures("camille")
def test_the_new_owner_of_a_known_car_gets_a_record_of_their_own(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    [before] = rows(app, garage, Customer)
    send(desk, plate="GA482QT", known=f"{before.id}-1")
    old, new = rows(app, garage, Customer)
    assert (old.name, old.phone) == (CAMILLE.name, CAMILLE.phone)
    assert (new.name, new.sms_consent_at) == ("Inès Roche", None)


@pytest.mark.usefixtures("camille")
@pytest.mark.parametrize(
    ("is_recognised", "ticked", "consents"),
    [(True, "1", True), (True, None, False), (False, "1", True), (False, None, True)],
    ids=["kept", "taken back", "given again", "not asked"],
)
def test_a_consent_is_taken_back_only_where_the_desk_saw_it(
    desk: CarefulClient,
    app: Flask,
    garage: MadeGarage,
    is_recognised: bool,
    ticked: str | None,
    consents: bool,
) -> None:
    [before] = rows(app, garage, Customer)
    known = f"{before.id}-1" if is_recognised else ""
    send(desk, name=CAMILLE.name, phone=CAMILLE.phone, known=known, sms_consent=ticked)
    [after] = rows(app, garage, Customer)
    assert after.sms_consent_at == (before.sms_consent_at if consents else None)


@pytest.mark.parametrize(("ticked", "channels"), [("1", ["email", "sms"]), (None, ["email"])])
def test_the_confirmation_leaves_half_a_minute_later_as_far_as_agreed(
    desk: CarefulClient, app: Flask, garage: MadeGarage, ticked: str | None, channels: list[str]
) -> None:
    answer = send(desk, email="ines@roche.example", sms_consent=ticked)
    [visit], messages = rows(app, garage, Appointment), rows(app, garage, Message)
    assert sorted(message.channel for message in messages) == channels
    waits = [message.due_at - visit.created_at for message in messages if message.kind == "confirmed"]
    assert [round(wait.total_seconds()) for wait in waits] == [30] * len(channels)
    page = desk.get(answer.headers["Location"]).text
    assert ("Texts: agreed" if ticked else "Texts: not agreed") in page


def test_pressed_twice_it_books_once(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    first, second = send(desk), send(desk)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(rows(app, garage, Appointment)) == 1


def test_a_form_that_has_booked_books_something_else_only_when_asked_again(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    send(desk)
    answer = send(desk, plate="CC333CC", arrives_at="2026-12-07T10:00:00+01:00")
    assert answer.status_code == 422
    assert "This form has booked already" in answer.text
    assert len(rows(app, garage, Appointment)) == 1
    again = value_of(answer.text, "key")
    assert again != KEY
    send(desk, plate="CC333CC", arrives_at="2026-12-07T10:00:00+01:00", key=again)
    assert len(rows(app, garage, Appointment)) == 2


def test_a_lost_place_keeps_all_that_was_typed(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        fill_calendar(garage, 2, first_at=EIGHT)
    answer = send(desk, notes="Squeaks", email="ines@roche.example")
    assert answer.status_code == 409
    said = "Today at 8:00 has just gone. Every bay and every technician able to do the work is taken then."
    assert f"{said} These places are the nearest." in answer.text
    assert re.findall(r'name="arrives_at" value="2026-12-07T(\d\d:\d\d)[^"]*">', answer.text) == [
        "09:00",
        "09:30",
        "10:00",
    ], "none of them chosen for the customer"
    assert "Squeaks" in answer.text
    for field, value in (("name", "Inès Roche"), ("email", "ines@roche.example"), ("plate", "ab 123 cd")):
        assert value_of(answer.text, field) == value
    assert "checked" in answer.text.split('value="oil"')[1][:12]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"plate": ""}, "plate", "Type the plate, or the make and model."),
        ({"plate": "É!"}, "plate", "letters A to Z"),
        ({"phone": ""}, "phone", "A phone number or an e-mail address is needed."),
        ({"phone": "06 39"}, "phone", "digit"),
        ({"email": "ines@"}, "email", "name@example.com"),
        ({"name": ""}, "name", "Please tell us your name."),
        ({"service": None}, "service", "Choose what is to be done"),
        ({"mode": ""}, "mode", "Please choose one of the options."),
        ({"arrives_at": ""}, "arrives_at", "Choose one of the places"),
        ({"arrives_at": "tomorrow"}, "arrives_at", "Choose one of the times shown."),
        ({"country": "ZZ"}, "country", "Please choose one of the options."),
        ({"notes": "x" * 1001}, "notes", "1000"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    desk: CarefulClient, app: Flask, garage: MadeGarage, changes: dict[str, Any], field: str, said: str
) -> None:
    answer = send(desk, **changes)
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert rows(app, garage, Appointment) == []


def test_a_technician_may_not_book_by_phone(client: CarefulClient, garage: MadeGarage) -> None:
    signed_in(client, "technician@martin.example")
    token = csrf_token(client.get("/desk/lyon/day").text)
    assert client.get("/desk/lyon/book").status_code == 403
    for part in ("", "/caller", "/places"):
        assert client.post(f"/desk/lyon/book{part}", data={"csrf_token": token}).status_code == 403


def test_the_form_costs_the_same_with_ten_and_a_thousand_appointments(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    def cost(hour: str) -> list[int]:
        """Statements of the page, of its two parts, and of a booking at that hour."""
        found = []
        token = csrf_token(desk.get("/desk/lyon/book").text)
        free = f"2026-12-04T{hour}:00:00+01:00"
        asked = FORM | {"phone": "+33639985555", "plate": "", "make_model": "Fiat", "key": f"{KEY}{hour}"}
        for part in ("/caller", "/places", ""):
            with count_statements(database.engine) as seen:
                desk.post(f"/desk/lyon/book{part}", data=asked | {"arrives_at": free, "csrf_token": token})
            found.append(seen.count)
        return found

    start = datetime(2026, 12, 14, 7, 0, tzinfo=UTC)
    with app.app_context():
        fill_calendar(garage, 10, first_at=start)
    cold = cost("08")
    few = cost("09")
    with app.app_context():
        fill_calendar(garage, 990, first_at=start + timedelta(days=1), first_number=10)
    assert cost("10") == few
    assert few[0] <= 10
    assert cold[0] <= 6
    assert cold[1] <= 12
