"""The day on paper: whose cars, where and when, in few statements, and to whom it shows a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.requests import CUSTOMER
from booking.customers.operations import VehicleDetails
from calendars.board.sheet import CLOSE, ROOMY, DaySheet, Order, SheetPart, get_day_sheet
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements
from tests.support.steps import text_of

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
TODAY = MONDAY.date()
SHEET = "/desk/lyon/sheet?date=2026-12-07"
NADIA = VehicleDetails(plate="FB117KR", country="FR", make="Renault", model="Clio")
LONG = {"code": "clutch", "minutes": 600, "stay_days": 2, "modes": ["drop_off"]}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(
            bays=2, technicians=2, courtesy_cars=1, services=[{}, LONG], garage={"locale": "en"}
        )
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
        make_member(made, "tech@martin.example", Role.TECHNICIAN)
    return made


def sheet_of(app: Flask, garage: MadeGarage, on: date = TODAY, order: Order = "bay") -> DaySheet:
    with app.test_request_context("/?lang=en"), scoped_to(garage.id), reading() as session:
        return get_day_sheet(session, garage.workshop, on=on, order=order)


def plates(part: SheetPart) -> list[str]:
    return [row.view.vehicle.plate for row in part.rows]


def test_each_bay_has_its_cars_in_the_order_of_work(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, MONDAY + HALF_HOUR * 4)
        book(garage, MONDAY, vehicle=NADIA)
    parts = sheet_of(app, garage).parts
    assert [(part.name, plates(part)) for part in parts] == [("Bay 1", ["FB117KR", "GA482QT"]), ("Bay 2", [])]


def test_in_order_of_time_all_bays_are_one_list(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, MONDAY + HALF_HOUR)
        book(garage, MONDAY, vehicle=NADIA)
    (part,) = sheet_of(app, garage, order="time").parts
    assert plates(part) == ["FB117KR", "GA482QT"]


def test_a_row_has_the_three_clocks_on_the_workshops_wall(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, MONDAY)
    (row,) = sheet_of(app, garage).parts[0].rows
    assert (str(row.arrives), row.work, str(row.ready)) == ("8:00", "8:00–8:45", "8:45")
    assert row.remarks == ("Waits here.",)


def test_a_car_that_stays_names_the_other_day_on_each_sheet(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(
            garage,
            MONDAY,
            services=("clutch",),
            mode="drop_off",
            courtesy_car=True,
            notes="Key under the mat.",
        )
    (first,) = sheet_of(app, garage).parts[0].rows
    (second,) = sheet_of(app, garage, TODAY + timedelta(days=1)).parts[0].rows
    assert (str(first.arrives), str(first.ready)) == ("8:00", f"Tue 8 {first.ready.time}")
    assert (str(second.arrives), second.ready.day) == ("Mon 7 8:00", "")
    assert first.work.startswith("8:00–Tue 8 ")
    assert first.remarks == ("Courtesy car: Car 1.", "Key under the mat.")


def test_what_was_cancelled_is_not_on_the_sheet(app: Flask, garage: MadeGarage) -> None:
    with app.app_context(), scoped_to(garage.id):
        gone = book(garage, MONDAY)
        with unit_of_work() as session:
            cancel_appointment(session, garage_id=garage.id, appointment_id=gone, actor=CUSTOMER)
    assert sheet_of(app, garage).is_empty


def test_the_figures_are_those_of_the_day(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, MONDAY)
        book(garage, MONDAY, vehicle=NADIA, mode="drop_off", courtesy_car=True)
    figures = [(figure.value, figure.word) for figure in sheet_of(app, garage).figures]
    assert figures == [
        ("2", "cars"),
        ("1", "waits"),
        ("1", "courtesy car"),
        ("1\u00a0h\u00a030", "of work"),
    ]


@pytest.mark.parametrize(
    ("on", "said"), [("2026-12-08", "Nobody is booked in."), ("2026-12-13", "The workshop is closed.")]
)
def test_an_empty_day_says_why(client: CarefulClient, garage: MadeGarage, on: str, said: str) -> None:
    page = text_of(signed_in(client, "desk@martin.example").get(f"/desk/lyon/sheet?date={on}"))
    assert said in page
    assert "Unplanned" in page


def test_an_odd_date_is_todays_sheet(client: CarefulClient, garage: MadeGarage) -> None:
    desk = signed_in(client, "desk@martin.example")
    for odd in ("", "tomorrow", "2026-13-40", "9999-12-31"):
        assert "Tuesday 1 December" in text_of(desk.get(f"/desk/lyon/sheet?date={odd}"))


def test_the_day_leads_to_its_sheet_and_back(client: CarefulClient, garage: MadeGarage) -> None:
    desk = signed_in(client, "desk@martin.example")
    assert f'href="{SHEET}"' in desk.get("/desk/lyon/day?on=2026-12-07").text
    assert 'href="/desk/lyon/day?on=2026-12-07"' in desk.get(SHEET).text


def test_the_desk_prints_every_number(client: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, MONDAY)
    assert "06 39 98 14 27" in text_of(signed_in(client, "desk@martin.example").get(SHEET))


@pytest.mark.parametrize(("now", "shown"), [(MONDAY - timedelta(days=1), False), (MONDAY, True)])
def test_a_technician_has_the_numbers_of_today_alone(
    client: CarefulClient, app: Flask, garage: MadeGarage, clock: MovableClock, now: datetime, shown: bool
) -> None:
    with app.app_context():
        book(garage, MONDAY)
    clock.move_to(now)
    page = text_of(signed_in(client, "tech@martin.example").get(SHEET))
    assert "GA-482-QT" in page
    assert ("06 39 98 14 27" in page) is shown


def test_the_number_of_statements_does_not_grow_with_the_day(
    client: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    desk = signed_in(client, "desk@martin.example")
    with app.app_context():
        book(garage, MONDAY)
    with count_statements(database.engine) as few:
        desk.get(SHEET)
    with app.app_context():
        for number in (2, 4, 6):
            book(garage, MONDAY + HALF_HOUR * number, vehicle=replace(NADIA, plate=f"AA{number:03d}AA"))
    with count_statements(database.engine) as many:
        desk.get(SHEET)
    assert many.count == few.count, many


def test_many_cars_stand_closer(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, MONDAY, customer=replace(CAMILLE, email=None))
    row = sheet_of(app, garage).parts[0].rows[0]
    sizes = {
        cars: DaySheet(TODAY, (SheetPart("", "", (row,) * cars),), (), is_open=True).size
        for cars in (ROOMY, ROOMY + 1, CLOSE, CLOSE + 1)
    }
    assert list(sizes.values()) == ["roomy", "close", "close", "closest"]
