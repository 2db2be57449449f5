"""Customers at the desk: leafing through the list, one customer's page, changing them, who may."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.customers.directory import Turn, list_customers
from booking.customers.models import Customer, Vehicle
from tests.factories.appointments import CAMILLE, PEUGEOT, book
from tests.factories.customers import add_car, add_people, rows_of, send
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import make_member, signed_in
from tests.factories.steps import step
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
LIST = "/desk/customers"


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(bays=2, technicians=2, garage={"locale": "en"})
        for role in (Role.RECEPTIONIST, Role.TECHNICIAN):
            make_member(made, f"{role}@martin.example", role, name="Nolwenn")
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "receptionist@martin.example")


@pytest.fixture
def visit(app: Flask, garage: MadeGarage) -> int:
    with app.app_context():
        return book(garage, MONDAY)


def the(garage: MadeGarage, app: Flask, model: type[Customer] | type[Vehicle]) -> Customer | Vehicle:
    with app.app_context():
        (row,) = rows_of(garage, model)
    assert isinstance(row, Customer | Vehicle)
    return row


def version_of(app: Flask, garage: MadeGarage) -> int:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return get_version(session, garage.id, garage.workshop.id)


def names_on(page: str) -> list[str]:
    return re.findall(r'class="who"><b>([^<]+)</b>', page)


def test_the_list_goes_by_name_whatever_its_case_and_accents(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        add_people(garage, ["Zoé Roux", "élodie Morel", "Eric Faure", "ANNA Blanc", "Elodie Morel"])
    order = ["ANNA Blanc", "élodie Morel", "Elodie Morel", "Eric Faure", "Zoé Roux"]
    assert names_on(desk.get(LIST).text) == order
    assert names_on(desk.get(f"{LIST}?first=e").text) == order[1:]
    assert names_on(desk.get(f"{LIST}?first=É").text) == order[1:]


def test_the_pages_of_the_list_hold_everybody_once_in_either_direction(
    app: Flask, garage: MadeGarage
) -> None:
    with app.app_context(), scoped_to(garage.id):
        numbers = add_people(garage, [f"Same {number // 3}" for number in range(10)])

        def turn(after: int | None = None, before: int | None = None) -> tuple[list[int], Any, Any]:
            with reading() as session:
                page = list_customers(session, garage.id, Turn(after=after, before=before), size=4)
            return [row.id for row in page.customers], page.before, page.after

        first, none_before, after = turn()
        second, before_second, after_second = turn(after=after)
        third, before_third, none_after = turn(after=after_second)
        assert (first + second + third, none_before, none_after) == (numbers, None, None)
        assert turn(before=before_third) == (second, second[0], second[-1])
        assert turn(before=before_second) == (first, None, first[-1])
        assert turn(after=10**12)[0] == []


def test_an_address_that_nobody_wrote_shows_a_list(desk: CarefulClient) -> None:
    queries = ["after=x", "before=-1", "after=" + "9" * 40, "first=%00", "first=zzz", "after=1&before=2"]
    assert {desk.get(f"{LIST}?{query}").status_code for query in queries} == {200}


def test_the_list_costs_as_many_statements_for_many_as_for_one(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: int, database: Database
) -> None:
    desk.get(LIST)
    with count_statements(database.engine) as one:
        desk.get(LIST)
    with app.app_context():
        for number in range(4):
            who = replace(CAMILLE, name=f"Client {number}", phone=None)
            book(garage, MONDAY + timedelta(minutes=30 * (number + 1)), customer=who)
            add_people(garage, [f"Nobody {number}"])
    desk.get(LIST)
    with count_statements(database.engine) as many:
        page = desk.get(LIST).text
    assert len(names_on(page)) == 9
    assert many.count == one.count, many


def test_a_customers_page_tells_contact_consent_vehicles_visits_and_no_shows(
    client: CarefulClient, app: Flask, garage: MadeGarage, visit: int, clock: MovableClock
) -> None:
    clock.move_to(MONDAY + timedelta(hours=1))
    desk = signed_in(client, "receptionist@martin.example")
    with app.app_context():
        step(garage, visit, Status.NO_SHOW)
        book(garage, MONDAY + timedelta(days=1))
    page = desk.get(f"{LIST}/{the(garage, app, Customer).id}").text
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    for words in ("06\u00a039\u00a098\u00a014\u00a027", "camille@perrot.example", "agreed on 1 Dec 2026"):
        assert words in page
    assert re.search(r"No-shows\s+1", text)
    assert page.count("GA-482-QT") >= 3
    assert page.count('class="arow"') == 2
    assert "Confirmation" in text  # a message, shown by the part that sends them


def test_a_customers_page_costs_as_many_statements_for_many_visits_as_for_one(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: int, database: Database
) -> None:
    address = f"{LIST}/{the(garage, app, Customer).id}"
    desk.get(address)
    with count_statements(database.engine) as one:
        desk.get(address)
    with app.app_context():
        for number in range(1, 4):
            book(garage, MONDAY + timedelta(hours=number))
    desk.get(address)
    with count_statements(database.engine) as many:
        page = desk.get(address).text
    assert page.count('class="arow"') == 4
    assert many.count == one.count, many


def test_visits_come_a_page_at_a_time(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: int
) -> None:
    with app.app_context():
        for number in range(1, 17):
            book(garage, MONDAY + timedelta(days=number // 4, hours=number % 4))
    page = desk.get(f"{LIST}/{the(garage, app, Customer).id}").text
    older = re.search(r'href="(/desk/customers/\d+\?before=\d+)#visits"', page)
    assert older is not None
    seen = re.findall(r'class="arow" href="[^"]+/(\d+)"', page + desk.get(older[1]).text)
    assert len(seen) == len(set(seen)) == 17


def test_changing_a_customer_is_stored_told_in_the_history_and_shown_on_boards(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: int
) -> None:
    before, address = version_of(app, garage), f"{LIST}/{the(garage, app, Customer).id}"
    answer = send(desk, f"{address}/edit", name="Camille Perrot-Roy", phone="06 39 98 14 99")
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    row = the(garage, app, Customer)
    assert isinstance(row, Customer)
    assert (row.name, row.phone, row.version) == ("Camille Perrot-Roy", "+33639981499", 2)
    assert row.sort_name == "camille perrot-roy"
    assert version_of(app, garage) == before + 1
    page = desk.get(address).text
    assert "Changed, by Nolwenn" in page
    assert "Camille Perrot → Camille Perrot-Roy" in page


def test_saving_what_stands_changes_nothing(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: int
) -> None:
    before, customer = version_of(app, garage), the(garage, app, Customer)
    send(desk, f"{LIST}/{customer.id}/edit")
    assert (version_of(app, garage), the(garage, app, Customer).version) == (before, customer.version)


def test_of_two_receptionists_the_second_gets_a_conflict_and_keeps_what_they_typed(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: int
) -> None:
    address = f"{LIST}/{the(garage, app, Customer).id}/edit"
    page = desk.get(address).text
    send(desk, address, page, phone="06 39 98 14 99")
    second = send(desk, address, page, email="new@perrot.example")
    assert second.status_code == 409
    assert "Someone else has just changed this." in second.text
    assert 'value="new@perrot.example"' in second.text
    assert "06\u00a039\u00a098\u00a014\u00a099" in second.text  # what the first one stored
    assert "camille@perrot.example" in second.text
    row = the(garage, app, Customer)
    assert isinstance(row, Customer)
    assert (row.phone, row.email) == ("+33639981499", "camille@perrot.example")
    assert send(desk, address, second.text, phone="06 39 98 14 99").status_code == 303
    row = the(garage, app, Customer)
    assert isinstance(row, Customer)
    assert (row.phone, row.email) == ("+33639981499", "new@perrot.example")


def test_a_consent_is_for_its_number_and_is_given_and_taken_back_with_its_day(
    client: CarefulClient, app: Flask, garage: MadeGarage, visit: int, clock: MovableClock
) -> None:
    given = the(garage, app, Customer)
    clock.move_to(MONDAY - timedelta(days=1))
    desk = signed_in(client, "receptionist@martin.example")
    address = f"{LIST}/{given.id}/edit"

    def consent() -> datetime | None:
        row = the(garage, app, Customer)
        assert isinstance(row, Customer)
        return row.sms_consent_at

    assert isinstance(given, Customer)
    send(desk, address, name="Camille P")
    assert consent() == given.sms_consent_at
    send(desk, address, phone="06 39 98 14 99")
    assert consent() is not None
    assert (consent() or MONDAY).date() == (MONDAY - timedelta(days=1)).date()
    send(desk, address, sms_consent="-")
    assert consent() is None
    send(desk, address, sms_consent="1", phone="")
    assert consent() is None


WRONG = [
    ({"name": ""}, "Please tell us your name."),
    ({"phone": "12"}, "At least one digit is missing"),
    ({"email": "camille"}, "name@example.com"),
    ({"phone": "", "sms_consent": "1"}, "Texts need a phone number."),
    ({"name": "<b>x"}, "without &lt;tags&gt;"),
    ({"locale": "xx"}, "Please choose one of the options."),
]


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: int
) -> None:
    before = the(garage, app, Customer)
    address = f"{LIST}/{before.id}/edit"
    page = desk.get(address).text
    for form, said in WRONG:
        answer = send(desk, address, page, **form)
        assert (answer.status_code, said in answer.text) == (422, True), form
        assert 'aria-invalid="true"' in answer.text
    assert the(garage, app, Customer).version == before.version


def test_a_customer_is_written_down_before_any_visit(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    answer = send(desk, f"{LIST}/new", name="Inès Roche", phone="06 39 98 14 27", sms_consent="1")
    assert answer.status_code == 303
    page = desk.get(answer.headers["Location"]).text
    assert "Added at the desk, by Nolwenn" in page
    assert "No visit yet." in page
    plate = send(desk, f"{answer.headers['Location']}/vehicles/new", plate="fb 117 kr", make="Renault")
    assert plate.status_code == 303
    assert "FB-117-KR" in desk.get(answer.headers["Location"]).text


def test_changing_a_vehicle_is_stored_and_shown_on_boards(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: int
) -> None:
    before, customer, car = version_of(app, garage), the(garage, app, Customer), the(garage, app, Vehicle)
    address = f"{LIST}/{customer.id}/vehicles/{car.id}/edit"
    page = desk.get(address).text
    assert send(desk, address, page, plate="FB-117-KR").status_code == 303
    assert version_of(app, garage) == before + 1
    assert "Vehicle changed: FB117KR" in desk.get(f"{LIST}/{customer.id}").text
    second = send(desk, address, page, model="308")
    assert second.status_code == 409
    assert 'value="308"' in second.text
    assert "FB-117-KR" in second.text
    row = the(garage, app, Vehicle)
    assert isinstance(row, Vehicle)
    assert (row.plate, row.model) == ("FB117KR", "208")


def test_who_may_be_the_same_person_is_shown(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        one, *_ = add_people(garage, ["Inès Roche"], phone="+33639981427")
        add_people(garage, ["I. Roche"], phone="+33639981427")
        add_people(garage, ["INES ROCHE", "Somebody Else"])
    page = desk.get(f"{LIST}/{one}").text
    twins = page[page.index('id="twins"') :]
    assert ("I. Roche" in twins, "INES ROCHE" in twins, "Somebody Else" in twins) == (True, True, False)


def test_a_vehicle_is_found_under_its_owner_alone(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: int
) -> None:
    car = the(garage, app, Vehicle)
    with app.app_context():
        (other,) = add_people(garage, ["Somebody Else"])
    assert desk.get(f"{LIST}/{other}/vehicles/{car.id}/edit").status_code == 404


def test_a_technician_reaches_no_list_and_no_form(
    client: CarefulClient, app: Flask, garage: MadeGarage, visit: int
) -> None:
    customer, technician = the(garage, app, Customer), signed_in(client, "technician@martin.example")
    pages = (LIST, f"{LIST}/new", f"{LIST}/{customer.id}", f"{LIST}/{customer.id}/edit")
    assert {technician.get(page).status_code for page in pages} == {403}
    assert LIST not in technician.get(f"/desk/lyon/appointments/{visit}").text


def test_the_visit_leads_to_its_customer_and_the_customer_to_a_booking(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: int
) -> None:
    customer, car = the(garage, app, Customer), the(garage, app, Vehicle)
    assert f'href="{LIST}/{customer.id}"' in desk.get(f"/desk/lyon/appointments/{visit}").text
    booking = f"/desk/lyon/book?known={customer.id}-{car.id}"
    assert booking in desk.get(f"{LIST}/{customer.id}").text
    form = desk.get(booking).text
    assert 'value="Camille Perrot"' in form
    assert f'value="{customer.id}.{customer.version}-{car.id}.{car.version}"' in form


def test_a_car_without_a_plate_goes_by_its_model(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        (customer,) = add_people(garage, ["Inès Roche"])
        add_car(garage, customer, make=PEUGEOT.make, model="508")
    assert "Peugeot 508" in desk.get(LIST).text
    assert "Peugeot 508" in desk.get(f"{LIST}/{customer}").text
