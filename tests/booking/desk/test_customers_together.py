"""Merging two customers and giving a vehicle to another, at the desk: shown before, stored once, refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.customers.models import Customer, Vehicle
from notifications.outbox.links import show_short_link
from notifications.outbox.opt_outs import keep_opt_out
from tests.factories.appointments import CAMILLE, book, manage_token
from tests.factories.customers import add_car, add_people, rows_of, send
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import list_rows
from tests.factories.staff import make_member, signed_in
from tests.factories.steps import view_of
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
OTHER_PHONE = "+33639981428"
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


@pytest.fixture
def pair(app: Flask, garage: MadeGarage, visit: int) -> tuple[int, int]:
    """Camille with a visit, and C. Perrot of another number with a car of the same plate."""
    with app.app_context():
        (camille,) = rows_of(garage, Customer)
        (other,) = add_people(garage, ["C. Perrot"], phone=OTHER_PHONE, email=CAMILLE.email)
        add_car(garage, other, plate="GA482QT", plate_country="FR")
    return camille.id, other


def people(app: Flask, garage: MadeGarage) -> list[Customer]:
    with app.app_context():
        return rows_of(garage, Customer)


def test_merging_shows_what_comes_of_it_then_does_it_once(
    desk: CarefulClient, app: Flask, garage: MadeGarage, pair: tuple[int, int], visit: int
) -> None:
    page = desk.get(f"{LIST}/{pair[0]}").text
    address = f"{LIST}/{pair[0]}/merge?with={pair[1]}"
    assert address in page
    preview = desk.get(address).text
    for words in ("C. Perrot", "Texts: not agreed", "One visit, with its messages", "becomes one vehicle"):
        assert words in preview, words
    assert len(people(app, garage)) == 2
    answer = send(desk, f"{LIST}/{pair[0]}/merge", preview, take_phone="theirs")
    (kept,) = people(app, garage)
    assert answer.headers["Location"] == f"{LIST}/{kept.id}"
    assert (kept.name, kept.phone, kept.sms_consent_at) == (CAMILLE.name, OTHER_PHONE, None)
    assert desk.get(f"{LIST}/{pair[0]}", follow_redirects=True).request.path == f"{LIST}/{pair[1]}"
    assert "Merged with C. Perrot, by Nolwenn" in desk.get(f"{LIST}/{kept.id}").text
    assert "Camille Perrot" in desk.get(f"/desk/lyon/appointments/{visit}").text
    with app.app_context():
        assert len(rows_of(garage, Vehicle)) == 1
    assert send(desk, f"{LIST}/{pair[0]}/merge", preview).status_code == 404


def test_a_preview_that_no_longer_holds_is_shown_again_with_the_choices_made(
    desk: CarefulClient, app: Flask, garage: MadeGarage, pair: tuple[int, int]
) -> None:
    preview = desk.get(f"{LIST}/{pair[0]}/merge?with={pair[1]}").text
    send(desk, f"{LIST}/{pair[1]}/edit", name="Camille P.")
    again = send(desk, f"{LIST}/{pair[0]}/merge", preview, take_name="theirs")
    assert again.status_code == 409
    assert "Nothing is merged yet" in again.text
    assert re.search(r'id="name-theirs" name="take_name" value="theirs" checked', again.text)
    assert len(people(app, garage)) == 2
    assert send(desk, f"{LIST}/{pair[0]}/merge", again.text).status_code == 303
    assert [row.name for row in people(app, garage)] == ["Camille P."]


def test_who_wants_no_more_texts_is_named_before(
    desk: CarefulClient, app: Flask, garage: MadeGarage, pair: tuple[int, int]
) -> None:
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        keep_opt_out(session, garage_id=garage.id, phone=OTHER_PHONE)
    assert "wants no more text messages" in desk.get(f"{LIST}/{pair[0]}/merge?with={pair[1]}").text
    assert "wants no more text" not in desk.get(f"{LIST}/{pair[0]}/merge").text


FINDS = ["c. per", "C.  PERROT", "06 39 98 14 28", "+33 6 39 98 14 28", "camille@perrot.example", "ga 482 qt"]


def test_the_other_is_found_by_name_number_address_or_plate(
    desk: CarefulClient, app: Flask, garage: MadeGarage, pair: tuple[int, int]
) -> None:
    with app.app_context():
        add_people(garage, ["Somebody Else"])
    for words in FINDS:
        page = desk.get(f"{LIST}/{pair[0]}/merge", query_string={"q": words}).text
        found = page[page.index('role="search"') :]
        assert f"with={pair[1]}" in found, words
        assert "Somebody Else" not in found, words
    for words in ("Camille Perrot", "nobody", "\x00", "%", "x" * 400):
        page = desk.get(f"{LIST}/{pair[0]}/merge", query_string={"q": words}).text
        assert "Nobody else is known" in page, words


def test_giving_a_car_shows_its_visits_then_moves_it_with_or_without_them(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: int
) -> None:
    with app.app_context():
        (camille,), (car,) = rows_of(garage, Customer), rows_of(garage, Vehicle)
        (taker,) = add_people(garage, ["Inès Roche"])
    address = f"{LIST}/{camille.id}/vehicles/{car.id}/owner"
    assert f"to={taker}" in desk.get(f"{address}?q=ines").text
    preview = desk.get(f"{address}?to={taker}").text
    assert "GA-482-QT goes from Camille Perrot to Inès Roche" in preview
    assert "One visit is still to come" in preview
    send(desk, f"{LIST}/{camille.id}/vehicles/{car.id}/edit", model="308")
    stale = send(desk, address, preview, visits="go")
    assert stale.status_code == 409
    assert re.search(r'id="visits-go" name="visits" value="go" checked', stale.text)
    answer = send(desk, address, stale.text)
    assert answer.headers["Location"] == f"{LIST}/{taker}"
    with app.app_context():
        assert rows_of(garage, Vehicle)[0].customer_id == taker
        assert view_of(garage, visit).customer.id == taker
    page = desk.get(f"/desk/lyon/appointments/{visit}").text
    assert "Handed over with the car: from Camille Perrot to Inès Roche" in page
    assert "went to Inès Roche" in desk.get(f"{LIST}/{camille.id}").text
    assert send(desk, address, preview).status_code == 404


def test_the_addresses_that_the_old_owner_has_open_a_visit_that_went_over_no_more(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: int
) -> None:
    with app.app_context(), scoped_to(garage.id):
        (camille,), (car,) = rows_of(garage, Customer), rows_of(garage, Vehicle)
        (taker,) = add_people(garage, ["Inès Roche"])
        manage, sent = manage_token(garage, visit), list_rows(garage)[0]
        with reading() as session:
            short = show_short_link(session, sent).token
    assert [desk.get(path).status_code for path in (f"/r/{short}", f"/a/{manage}")] == [302, 200]
    address = f"{LIST}/{camille.id}/vehicles/{car.id}/owner"
    send(desk, address, desk.get(f"{address}?to={taker}").text, visits="go")
    assert [desk.get(path).status_code for path in (f"/r/{short}", f"/a/{manage}")] == [404, 404]
    with app.app_context():
        manage = manage_token(garage, visit)
    assert desk.get(f"/a/{manage}").status_code == 200


def test_without_somebody_chosen_the_choice_is_asked_again(
    desk: CarefulClient, app: Flask, garage: MadeGarage, pair: tuple[int, int]
) -> None:
    form = desk.get(f"{LIST}/{pair[0]}/merge?with={pair[1]}").text
    for wrong in ("", str(pair[0]), "x"):
        answer = send(desk, f"{LIST}/{pair[0]}/merge", form, **{"with": wrong})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{LIST}/{pair[0]}/merge")
    assert len(people(app, garage)) == 2


def test_nobody_of_another_garage_is_merged_or_given_a_car(
    desk: CarefulClient, app: Flask, garage: MadeGarage, pair: tuple[int, int]
) -> None:
    with app.app_context():
        foreign = make_garage(slug="tilleuls", workshop_slug="bron")
        (stranger,) = add_people(foreign, ["C. Perrot"], phone=CAMILLE.phone)
        car = rows_of(garage, Vehicle)[0]
    address, owner = f"{LIST}/{pair[0]}/merge", f"{LIST}/{pair[0]}/vehicles/{car.id}/owner"
    assert f"with={stranger}" not in desk.get(f"{address}?q=C. Perrot").text
    assert desk.get(f"{address}?with={stranger}").status_code == 404
    assert desk.get(f"{owner}?to={stranger}").status_code == 404
    form = desk.get(f"{address}?with={pair[1]}").text
    assert send(desk, address, form, **{"with": str(stranger)}).status_code == 404
    assert send(desk, owner, form, to=str(stranger)).status_code == 404
    assert [row.name for row in people(app, foreign)] == ["C. Perrot"]


def test_a_technician_reaches_neither(
    client: CarefulClient, app: Flask, garage: MadeGarage, pair: tuple[int, int]
) -> None:
    technician = signed_in(client, "technician@martin.example")
    with app.app_context():
        car = rows_of(garage, Vehicle)[0]
    pages = (f"{LIST}/{pair[0]}/merge", f"{LIST}/{pair[0]}/vehicles/{car.id}/owner")
    assert {technician.get(page).status_code for page in pages} == {403}
