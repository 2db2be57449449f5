"""Conflicts at the desk: the list in words, a preview before anything is stored, taking back, who may."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.auth.roles import Role
from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.customers.operations import VehicleDetails
from booking.resources.models import OpeningException
from tests.factories.appointments import book
from tests.factories.closings import away, conflicts, resource_id, store
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.moves import move_desk, move_work
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.steps import view_of
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

FRIDAY = datetime(2026, 12, 11, 7, 0, tzinfo=UTC)
"""Eight in the morning in Paris."""
HOUR = timedelta(hours=1)
PAGE = "/desk/lyon/closures"
AFTERNOON = {"of": "workshop", "from_on": "2026-12-11", "from_at": "13:30"}
OTHER = VehicleDetails(plate="EK23MSJ", country="GB")


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(bays=2, technicians=2, courtesy_cars=1, garage={"locale": "en"})
        for role in (Role.RECEPTIONIST, Role.TECHNICIAN):
            make_member(made, f"{role}@martin.example", role)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "receptionist@martin.example")


def send(desk: CarefulClient, **form: str) -> TestResponse:
    return desk.post(PAGE, data={"csrf_token": csrf_token(desk.get(PAGE).text)} | form)


def hidden_in(page: str) -> dict[str, str]:
    """What the form of a preview sends on."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in fields}


def confirm(desk: CarefulClient, preview: str, **changes: str) -> TestResponse:
    return desk.post(PAGE, data=hidden_in(preview) | changes)


def standing(app: Flask, garage: MadeGarage) -> dict[int, list[tuple[str, str]]]:
    with app.app_context():
        return conflicts(garage)


def test_closing_an_afternoon_names_each_visit_then_lists_it(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        book(garage, FRIDAY)
        late = book(garage, FRIDAY + 7 * HOUR, vehicle=OTHER)
    preview = send(desk, **AFTERNOON)
    assert preview.status_code == 200
    assert "Workshop closed: Fri 11 Dec from 13:30" in preview.text
    assert "One visit lies in that time" in preview.text
    assert ("EK23 MSJ" in preview.text, "GA-482-QT" in preview.text) == (True, False)
    assert standing(app, garage) == {}
    answer = confirm(desk, preview.text)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/conflicts")
    page = desk.get("/desk/conflicts").text
    assert "The workshop is closed when the car is to come." in page
    assert f'href="/desk/lyon/appointments/{late}/move"' in page
    assert re.search(r'Conflicts\s*<span class="count"><span class="vh">, </span>1</span>', page)


def test_a_visit_booked_after_the_preview_is_shown_before_anything_is_stored(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    preview = send(desk, **AFTERNOON).text
    assert "No visit lies in that time" in preview
    with app.app_context():
        late = book(garage, FRIDAY + 7 * HOUR)
    again = confirm(desk, preview)
    assert again.status_code == 409
    assert "Meanwhile more visits lie in that time." in again.text
    assert "GA-482-QT" in again.text
    assert standing(app, garage) == {}
    assert "Nothing to come." in desk.get(PAGE).text
    assert confirm(desk, again.text).status_code == 303
    assert list(standing(app, garage)) == [late]


def test_leave_of_a_technician_is_listed_and_taken_back(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        visit = book(garage, FRIDAY)
        technician = str(resource_id(garage, "Tech 1"))
    preview = send(desk, of=technician, from_on="2026-12-10", to_on="2026-12-14", label="Holiday").text
    assert "Tech 1 on leave: Thu 10 Dec – Mon 14 Dec" in preview
    confirm(desk, preview)
    assert standing(app, garage) == {visit: [("leave", "Tech 1")]}
    assert "Tech 1 is on leave. (Holiday)" in desk.get("/desk/conflicts").text
    page = desk.get(PAGE).text
    assert "Leave · Thu 10 Dec – Mon 14 Dec · Holiday" in page
    taken_back = _take_back(desk, page)
    assert "Taken back" in desk.get(taken_back.headers["Location"]).text
    assert standing(app, garage) == {}
    too_late = _take_back(desk, page)
    assert "Someone else has just changed this." in desk.get(too_late.headers["Location"]).text


def test_a_closing_is_taken_back_and_the_day_is_open_again(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        book(garage, FRIDAY + 7 * HOUR)
    confirm(desk, send(desk, **AFTERNOON).text)
    page = desk.get(PAGE).text
    assert "Closed 13:30 – 24:00 · Fri 11 Dec" in page
    _take_back(desk, page)
    assert standing(app, garage) == {}


def test_a_bay_is_out_of_use_for_some_hours(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        bay = str(resource_id(garage, "Bay 1"))
    preview = send(desk, of=bay, from_on="2026-12-11", from_at="08:00", to_at="10:30").text
    assert "Bay 1 out of use: Fri 11 Dec, 8:00 – 10:30" in preview
    confirm(desk, preview)
    assert "Out of use · Fri 11 Dec, 8:00 – 10:30" in desk.get(PAGE).text


def test_a_weekend_is_closed_as_one_stretch(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    monday = FRIDAY + timedelta(days=3)
    with app.app_context():
        book(garage, FRIDAY)
        shut = [book(garage, FRIDAY + 7 * HOUR, vehicle=OTHER), book(garage, monday)]
        book(garage, monday + 3 * HOUR)
    stretch = {"from_on": "2026-12-11", "from_at": "14:00", "to_on": "2026-12-14", "to_at": "10:00"}
    preview = send(desk, of="workshop", **stretch).text
    assert "Workshop closed: Fri 11 Dec, 14:00 – Mon 14 Dec, 10:00" in preview
    assert "2 visits lie in that time" in preview
    confirm(desk, preview)
    assert list(standing(app, garage)) == shut
    page = desk.get(PAGE).text
    assert "Closed · Fri 11 Dec, 14:00 – Mon 14 Dec, 10:00" in page
    _take_back(desk, page)
    assert standing(app, garage) == {}


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"to_on": "2026-12-24"}, "Workshop closed: Fri 11 Dec – Thu 24 Dec"),
        ({"to_on": "2026-12-14", "to_at": "00:00"}, "Workshop closed: Fri 11 Dec – Sun 13 Dec"),
        ({"from_at": "14:00", "to_on": "2026-12-12", "to_at": "00:00"}, "Fri 11 Dec from 14:00"),
        ({"from_at": "14:00", "to_on": "2026-12-14"}, "Fri 11 Dec, 14:00 – Mon 14 Dec"),
        ({"to_on": "2026-12-14", "to_at": "10:00"}, "Fri 11 Dec – Mon 14 Dec, 10:00"),
    ],
)
def test_the_ends_of_a_closing_may_be_left_open(desk: CarefulClient, form: dict[str, str], said: str) -> None:
    preview = send(desk, of="workshop", from_on="2026-12-11", **form).text
    assert f"{said}</h2>" in preview


def test_what_the_settings_close_says_where_it_comes_from(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        keys = {"garage_id": garage.id, "workshop_id": garage.workshop.id}
        session.add(
            OpeningException(**keys, first_on=FRIDAY.date(), last_on=FRIDAY.date(), hours=[], label="Fair")
        )
    page = desk.get(PAGE).text
    assert "Closed · Fri 11 Dec · Fair" in page
    assert "from the settings" in page
    assert "Opening hours for certain dates are set by a manager, under Settings." in page
    assert "Take back" not in page


def test_changing_goes_back_to_the_form_with_what_was_typed(desk: CarefulClient) -> None:
    page = confirm(desk, send(desk, **AFTERNOON).text, change="1")
    assert page.status_code == 200
    assert 'value="13:30"' in page.text
    assert "Nothing to come." in page.text


WRONG = [
    ({"of": "workshop"}, "Choose a day."),
    ({"of": "none", "from_on": "2026-12-11"}, "Please choose one of the options."),
    ({"of": "workshop", "from_on": "2026-11-30"}, "This day is past."),
    ({"of": "workshop", "from_on": "2026-12-11", "to_on": "2026-12-10"}, "The end comes before"),
    ({"of": "workshop", "from_on": "2026-12-11", "from_at": "13:30", "to_at": "13:30"}, "The end comes"),
    ({"of": "workshop", "from_on": "2026-12-11", "from_at": "13:32"}, "steps of five minutes"),
    ({"of": "workshop", "from_on": "2026-12-12"}, "The workshop is closed then as it is."),
    ({"of": "workshop", "from_on": "2026-12-11", "label": "x" * 61}, "under 60 characters"),
]


@pytest.mark.parametrize(("form", "said"), WRONG)
def test_what_is_wrong_is_said_at_its_field(desk: CarefulClient, form: dict[str, str], said: str) -> None:
    answer = send(desk, **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_technician_is_refused(client: CarefulClient, garage: MadeGarage) -> None:
    technician = signed_in(client, "technician@martin.example")
    assert [technician.get(page).status_code for page in ("/desk/conflicts", PAGE)] == [403, 403]


def test_a_visit_that_is_moved_away_leaves_the_list(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        late = book(garage, FRIDAY + 7 * HOUR)
    confirm(desk, send(desk, **AFTERNOON).text)
    with app.app_context():
        move_desk(garage, late, FRIDAY)
    page = desk.get("/desk/conflicts").text
    assert "No visit is to be re-planned" in page
    assert 'class="count"' not in page


def test_the_list_costs_as_many_statements_for_many_as_for_one(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    with app.app_context():
        book(garage, FRIDAY + 7 * HOUR)
    confirm(desk, send(desk, **AFTERNOON).text)
    desk.get("/desk/conflicts")
    with count_statements(database.engine) as one:
        desk.get("/desk/conflicts")
    with app.app_context():
        for number in (1, 2, 3):
            book(garage, FRIDAY + number * HOUR)
    confirm(desk, send(desk, of="workshop", from_on="2026-12-11", to_on="2026-12-11", to_at="12:00").text)
    desk.get("/desk/conflicts")
    with count_statements(database.engine) as many:
        page = desk.get("/desk/conflicts").text
    assert page.count("/move") == 4
    assert many.count == one.count, many


def _take_back(desk: CarefulClient, page: str) -> TestResponse:
    """Press the first button that takes something back."""
    action, form = re.findall(r'<form method="post" action="([^"]+/end)">(.*?)</form>', page)[0]
    return desk.post(action, data=hidden_in(form))


def test_a_place_is_proposed_taken_by_one_press_and_can_be_taken_back(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        number = book(garage, FRIDAY)
        place = view_of(garage, number).place("technician")
        assert place is not None
        store(garage, away(garage, place.name, FRIDAY, FRIDAY + timedelta(hours=4)))
    page = desk.get(f"/desk/conflicts?visit={number}").text
    assert f"Now: Fri 11 Dec at 8:00, Bay 1, {place.name}" in page
    form = re.search(r'<form method="post" action="/desk/conflicts/\d+/place">.*?</form>', page, re.DOTALL)
    assert form is not None
    sent = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form[0])}
    answer = desk.post(f"/desk/conflicts/{number}/place", data=sent, follow_redirects=True)
    assert "GA-482-QT moved to" in answer.text
    assert "data-undo" in answer.text
    assert "No visit is to be re-planned" in answer.text
    again = desk.post(f"/desk/conflicts/{number}/place", data=sent, follow_redirects=True)
    assert "Someone else has just changed this" in again.text
    bad = desk.post(f"/desk/conflicts/{number}/place", data=sent | {"works_at": "x"}, follow_redirects=True)
    assert "Choose one of the times shown." in bad.text


def test_the_place_that_was_chosen_is_kept_when_another_is_gone(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    """Nothing is stored, what was said of the others stands, and it says that something changed."""
    with app.app_context():
        numbers = [book(garage, FRIDAY + timedelta(hours=hours)) for hours in (0, 0, 1, 1)]
        place = view_of(garage, numbers[0]).place("technician")
        assert place is not None
    with app.app_context():
        of = resource_id(garage, place.name)
    page = send(desk, of=str(of), from_on="2026-12-11").text
    chosen = {
        name: unescape(value)
        for name, value in re.findall(r'type="radio" name="(place-\d+)" value="([^"]*)" checked', page)
    }
    hidden = {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', page)
    }
    first, second = list(chosen)[:2]
    with app.app_context():
        move_work(garage, int(second.removeprefix("place-")), FRIDAY + timedelta(hours=6))
    answer = desk.post(PAGE, data=hidden | chosen | {first: ""})
    assert answer.status_code == 409
    assert "Meanwhile one of the new places is gone" in unescape(answer.text)
    assert f'name="{first}" value="" checked' in answer.text
    with app.app_context():
        assert conflicts(garage) == {}
