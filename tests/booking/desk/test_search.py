"""Finding a car at the desk by plate, phone, name or reference: what is shown, and to whom."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.queries import get_appointment
from booking.customers.operations import CustomerDetails, VehicleDetails
from tests.factories.appointments import CAMILLE, PEUGEOT, book
from tests.factories.customers import add_car, add_people
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import make_member, signed_in
from tests.factories.steps import step
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
NOW = MONDAY - timedelta(minutes=10)
RECEPTION, TECHNICIAN = "desk@martin.example", "tech@martin.example"
YANN = CustomerDetails("Yann Le Bozec", "+33639981500", None, "fr", False)
CLIO = VehicleDetails(plate="FB117KR", country="FR", make="Renault", model="Clio")
INES = CustomerDetails("Inès Quéméner", "+33639981600", None, "fr", False)
GOLF = VehicleDetails(plate="EH903ZL", country="FR", make="Volkswagen", model="Golf")
PLATES = {"GA482QT": "GA-482-QT", "FB117KR": "FB-117-KR", "EH903ZL": "EH-903-ZL"}

ASKED = {
    "GA482QT": (
        "GA-482-QT",
        "ga 482 qt",
        "482",
        "qt",
        "a4",
        "06 39 98 14 27",
        "+33 6 39 98 14 27",
        "0033639981427",
        "Camille",
        "perrot camille",
        "PERR",
        "perot",
        "camile perot",
    ),
    "FB117KR": ("117", "06.39.98.15", "bozec", "lebozec", "le bozec", "yann le bo", "yann bozec"),
    "EH903ZL": ("1600", "quemener", "Quéméner", "quemenre ines"),
}
"""What is typed for a car, by its plate."""
NOBODYS = ("zz999zz", "0639000000", "perrotin", "yann perrot", "prero", "%%", "__")
ODD = ("\x00482", "4" * 5000, "é" * 300, "<script>", "%00", "\u202e482", "482\n")


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """Camille comes today, Yann in three days, Inès was here last week; a receptionist and a technician."""
    clock.move_to(MONDAY - timedelta(days=14))
    with app.app_context():
        made = make_garage(bays=2, technicians=2, garage={"locale": "en"})
        make_member(made, RECEPTION, Role.RECEPTIONIST)
        make_member(made, TECHNICIAN, Role.TECHNICIAN)
        book(made, MONDAY)
        book(made, MONDAY + timedelta(days=3), customer=YANN, vehicle=CLIO)
        book(made, MONDAY - timedelta(days=7), customer=INES, vehicle=GOLF)
    clock.move_to(NOW)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, RECEPTION)


def found(client: CarefulClient, text: str, **query: str) -> list[str]:
    """The plates that a search shows, in order."""
    answer = client.get("/desk/lyon/search", query_string={"q": text} | query)
    assert answer.status_code == 200
    return re.findall(r'<span class="plate[^>]*><b>([^<]+)</b>', answer.text)


def test_a_car_is_found_however_one_asks(desk: CarefulClient) -> None:
    answers = {typed: found(desk, typed) for each in ASKED.values() for typed in each}
    assert answers == {typed: [PLATES[plate]] for plate, each in ASKED.items() for typed in each}


def test_what_does_not_fit_is_not_found(desk: CarefulClient) -> None:
    assert {typed: found(desk, typed) for typed in NOBODYS} == {typed: [] for typed in NOBODYS}


def test_a_visit_is_found_by_its_reference(app: Flask, desk: CarefulClient, garage: MadeGarage) -> None:
    with app.app_context():
        later = book(garage, MONDAY + timedelta(days=4))
        with scoped_to(garage.id), reading() as session:
            reference = get_appointment(session, garage.id, later).reference
    heard = reference.lower().replace("0", "o").replace("1", "l")
    assert found(desk, heard)[0] == PLATES["GA482QT"]
    page = desk.get("/desk/lyon/search", query_string={"q": heard}).text
    assert f"/desk/lyon/appointments/{later}" in page


def test_the_answer_shows_whose_car_it_is_and_when_it_comes(desk: CarefulClient) -> None:
    page = unescape(desk.get("/desk/lyon/search?q=482").text)
    for words in ("Camille Perrot", "Peugeot 208", "Today at 8:00", "Confirmed", 'href="tel:+33639981427"'):
        assert words in page
    assert "1 found" in page


def test_of_several_the_one_that_is_here_stands_first_then_who_comes_next(
    app: Flask, desk: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    with app.app_context():
        for number, days in enumerate((9, -3, 1)):
            clock.move_to(MONDAY - timedelta(days=14))
            car = replace(PEUGEOT, plate=f"ZZ48{number}AA")
            book(
                garage,
                MONDAY + timedelta(days=days, hours=2),
                customer=replace(CAMILLE, phone=f"+3363998990{number}", name="Odile Perrot"),
                vehicle=car,
            )
    clock.move_to(NOW)
    assert found(desk, "odile") == ["ZZ-482-AA", "ZZ-480-AA", "ZZ-481-AA"]


def test_whoever_has_no_car_or_never_came_leads_to_their_page(
    app: Flask, desk: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        alone, owner = add_people(garage, ["Nora Sylla", "Théo Sylla"], phone="+33639981700")
        add_car(garage, owner, plate="DK255MN", plate_country="FR")
    page = desk.get("/desk/lyon/search?q=sylla").text
    assert f'href="/desk/customers/{alone}"' in page
    assert f'href="/desk/customers/{owner}"' in page
    assert page.count("no visit yet") == 2


def test_nothing_found_offers_to_book_for_the_plate(desk: CarefulClient) -> None:
    page = unescape(desk.get("/desk/lyon/search?q=ab-123-cd").text)
    assert "Nothing found for “ab-123-cd”" in page
    assert "Book for AB-123-CD" in page
    form = desk.get("/desk/lyon/book?plate=AB123CD").text
    assert re.search(r'id="plate"[^>]* value="AB123CD"', form)


def test_nothing_typed_says_what_can_be(desk: CarefulClient) -> None:
    for query in ("", "?q=", "?q=%20"):
        assert "the last digits of the phone" in desk.get(f"/desk/lyon/search{query}").text
    assert "Type at least two characters." in desk.get("/desk/lyon/search?q=x").text


def test_the_list_alone_is_a_part_of_a_page(desk: CarefulClient) -> None:
    part = desk.get("/desk/lyon/search?q=482&as=list").text
    assert "<html" not in part
    assert part.count("GA-482-QT") == 1
    assert desk.get("/desk/search?q=482&as=list", follow_redirects=True).text == part


def test_whatever_is_typed_is_answered(desk: CarefulClient) -> None:
    for typed in ODD:
        answer = desk.get("/desk/lyon/search", query_string={"q": typed})
        assert answer.status_code == 200, typed
        assert "<script>" not in answer.text


def test_a_technician_finds_visits_without_numbers(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        add_people(garage, ["Nora Perrot"])
    technician = signed_in(client, TECHNICIAN)
    assert found(technician, "482") == [PLATES["GA482QT"]]
    assert found(technician, "perrot") == [PLATES["GA482QT"]]
    page = technician.get("/desk/lyon/search?q=bozec").text
    assert "Yann Le Bozec" in page
    assert "tel:" not in page
    assert 'href="tel:+33639981427"' in technician.get("/desk/lyon/search?q=482").text, "of today's job"
    assert found(technician, "0639981427") == []
    assert found(technician, "1427") == []
    nothing = technician.get("/desk/lyon/search?q=ab123cd").text
    assert "/book" not in nothing
    assert (
        "phone"
        not in technician.get("/desk/lyon/search").text.partition("<main")[2].partition("desk-page")[2]
    )


def test_another_garages_cars_are_not_found(app: Flask, desk: CarefulClient, clock: MovableClock) -> None:
    with app.app_context():
        other = make_garage(slug="other", workshop_slug="far")
        book(
            other,
            MONDAY,
            vehicle=replace(PEUGEOT, plate="GA482ZZ"),
            customer=replace(CAMILLE, name="Cam Far"),
        )
    assert found(desk, "482") == [PLATES["GA482QT"]]
    assert found(desk, "cam far") == []


def test_a_car_that_is_here_shows_that_visit_though_another_follows(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    clock.move_to(NOW - timedelta(days=3))
    with app.app_context():
        here = book(garage, MONDAY + timedelta(hours=2), customer=INES, vehicle=GOLF)
        book(garage, MONDAY + timedelta(days=8), customer=INES, vehicle=GOLF)
        clock.move_to(MONDAY + timedelta(hours=2))
        step(garage, here, Status.ARRIVED)
    clock.move_to(MONDAY + timedelta(days=2))
    page = signed_in(client, RECEPTION).get("/desk/lyon/search?q=903").text
    assert f"/desk/lyon/appointments/{here}" in page
    assert "Checked in" in page


def test_a_last_visit_is_told_by_its_day_and_long_ago_with_its_year(
    client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    for days, words in ((2, "Last visit: Mon 30 Nov"), (400, "Last visit: 30 Nov 2026")):
        clock.move_to(NOW + timedelta(days=days))
        assert words in unescape(signed_in(client, RECEPTION).get("/desk/lyon/search?q=903").text)
        client.delete_cookie("garagenda")


def test_a_search_costs_the_same_statements_whatever_it_finds(
    app: Flask, desk: CarefulClient, garage: MadeGarage, database: Database
) -> None:
    counts = set()
    for more in (0, 15):
        with app.app_context():
            for number, customer_id in enumerate(add_people(garage, ["Perrine Perrot"] * more)):
                add_car(garage, customer_id, plate=f"AB{number:03}XY")
        with count_statements(database.engine) as seen:
            assert desk.get("/desk/lyon/search?q=perrot&as=list").status_code == 200
        counts.add(seen.count)
    assert len(counts) == 1
    assert counts.pop() <= 9
