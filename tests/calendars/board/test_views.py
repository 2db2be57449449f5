"""The day at the desk: the right column, a constant number of statements, nobody else's cars."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.auth.roles import Role
from app.clock import now as clock_now
from app.db.unit_of_work import unit_of_work
from app.tenancy.models import Workshop
from app.tenancy.scope import scoped_to
from booking.customers.operations import VehicleDetails
from booking.resources.models import Occupancy, Resource
from tests.factories.appointments import book
from tests.factories.closings import away, store
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.workshops import add_workshop
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
DAY = "/desk/lyon/day?on=2026-12-07"
BOARD_CSS = Path(__file__).resolve().parents[3] / "app" / "static" / "css" / "board.css"


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(bays=2, technicians=2, garage={"locale": "en"})
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def test_a_booking_stands_in_the_column_of_its_bay(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        book(garage, MONDAY)
        book(garage, MONDAY, vehicle=VehicleDetails(plate="AB123CD", country="FR"))
    page = desk.get(DAY).text
    first, second = page.split('aria-label="Bay 2')[0], page.split('aria-label="Bay 2')[1].split("agenda")[0]
    assert "GA-482-QT" in first
    assert "AB-123-CD" in second


def test_the_list_shows_the_same_visits(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, MONDAY)
    page = desk.get(DAY + "&as=list").text
    assert "GA-482-QT" in page
    assert 'id="board"' not in page


def test_another_garages_cars_do_not_show(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        other = make_garage(slug="other")
        book(other, MONDAY, vehicle=VehicleDetails(plate="ZZ999ZZ", country="FR"))
    assert "ZZ-999-ZZ" not in desk.get(DAY).text


def test_another_garages_workshop_is_not_there(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        make_garage(slug="other", workshop_slug="nantes")
    assert desk.get("/desk/nantes/day").status_code == 404


@pytest.mark.parametrize("on", ["", "tomorrow", "2026-13-40", "0001-01-01", "9999-12-31", "2026-12-07T08:00"])
def test_an_odd_date_shows_today(desk: CarefulClient, garage: MadeGarage, on: str) -> None:
    answer = desk.get(f"/desk/lyon/day?on={on}")
    assert answer.status_code == 200
    assert "Tuesday 1" in answer.text


def test_leave_is_drawn_in_the_technicians_column(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        person = session.scalar(
            select(Resource.id).where(Resource.garage_id == garage.id, Resource.kind == "technician").limit(1)
        )
        session.add(
            Occupancy(
                garage_id=garage.id,
                workshop_id=garage.workshop.id,
                resource_id=person,
                kind="leave",
                starts_at=MONDAY,
                ends_at=MONDAY + timedelta(hours=4),
                label="At the dentist",
            )
        )
    assert "At the dentist" in desk.get(DAY + "&by=technician").text


@pytest.mark.parametrize("look", ["/desk/lyon/day?on=2026-12-07", "/desk/lyon/week?on=2026-12-07"])
def test_a_visit_to_re_plan_is_marked(desk: CarefulClient, app: Flask, garage: MadeGarage, look: str) -> None:
    with app.app_context():
        book(garage, MONDAY)
    assert "to re-plan" not in desk.get(look).text
    with app.app_context():
        for name in ("Tech 1", "Tech 2"):
            store(garage, away(garage, name, MONDAY, MONDAY + timedelta(hours=1)))
    assert desk.get(look).text.count("to re-plan") == 2  # on its card, and in the list beside


def test_the_number_of_statements_does_not_grow_with_the_day(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    with app.app_context():
        book(garage, MONDAY)
    with count_statements(database.engine) as few:
        desk.get(DAY)
    with app.app_context():
        for number in (2, 4, 6):
            plate = VehicleDetails(plate=f"AA{number:03d}AA")
            book(garage, MONDAY + timedelta(minutes=30 * number), vehicle=plate)
    with count_statements(database.engine) as many:
        desk.get(DAY)
    with count_statements(database.engine) as unchanged:
        desk.get(DAY)
    assert many.count == few.count, many
    assert many.count <= 25, many
    assert unchanged.count <= 15, unchanged


def test_the_first_load_is_light(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    """The page of a full day with everything that it asks for, compressed: a third of 120 KB."""
    with app.app_context():
        for number in range(16):
            minutes = timedelta(minutes=[0, 60, 120, 180, 330, 390, 450, 510][number // 2])
            book(garage, MONDAY + minutes, vehicle=VehicleDetails(plate=f"AA{number:03d}AA"))
    page = desk.get(DAY)
    parts = [
        page.data,
        *(desk.get(address).data for address in set(re.findall(r"/static/[^\"]+", page.text))),
    ]
    assert sum(len(gzip.compress(part)) for part in parts) <= 60_000


def test_every_place_on_the_longest_day_has_its_class(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        open_all_day = make_garage(hours={"sun": [[0, 1440]]}, garage={"locale": "en"})
        make_member(open_all_day, "desk@martin.example", Role.RECEPTIONIST)
    page = signed_in(client, "desk@martin.example").get("/desk/lyon/day?on=2026-10-25").text
    used = set(re.findall(r"\b(?:a|d|h|span-|cols)\d+\b", " ".join(re.findall(r'class="([^"]+)"', page))))
    known = set(re.findall(r"\.([\w-]+)\{", BOARD_CSS.read_text()))
    assert {"span-100", "h24"} <= used
    assert used <= known


def test_the_shortest_day_lacks_the_hour_that_the_clock_skips(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        open_all_day = make_garage(hours={"sun": [[0, 1440]]}, garage={"locale": "en"})
        make_member(open_all_day, "desk@martin.example", Role.RECEPTIONIST)
    page = signed_in(client, "desk@martin.example").get("/desk/lyon/day?on=2027-03-28").text
    labels = re.findall(r'<span class="h\d+">([\d:]+)</span>', page)
    assert labels[:4] == ["0:00", "1:00", "3:00", "4:00"]
    assert len(labels) == 23


def test_a_car_that_stays_stands_on_every_day_of_its_stay(
    client: CarefulClient, app: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    long_work = {"code": "clutch", "minutes": 600, "stay_days": 2, "modes": ["drop_off"]}
    with app.app_context():
        made = make_garage(services=[long_work], garage={"locale": "en"})
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
        book(made, MONDAY, services=("clutch",), mode="drop_off")
    signed_in(client, "desk@martin.example")
    for on, said in (("2026-12-07", "until Tue 8"), ("2026-12-08", "since Mon 7")):
        columns, listed = client.get(f"/desk/lyon/day?on={on}").text.split('class="agenda')
        assert "GA-482-QT" in columns
        assert said in columns
        assert "GA-482-QT" in listed


def test_several_workshops_are_one_press_apart(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    assert "data-menu" not in desk.get(DAY).text
    with app.app_context():
        add_workshop(garage, "nantes")
    menu = desk.get(DAY).text.split("data-menu")[1].split("</details>")[0]
    assert "/desk/nantes/day?on=2026-12-07" in menu


def test_a_card_leads_back_to_the_view_it_was_opened_from(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        book(garage, MONDAY)
    card = re.search(r'href="(/desk/lyon/appointments/[^"]+)"', desk.get(DAY + "&by=technician").text)
    assert card is not None
    visit = desk.get(unescape(card.group(1))).text
    assert "/desk/lyon/day?by=technician&amp;on=2026-12-07#visit-" in visit


def test_the_desk_opens_at_now(desk: CarefulClient, garage: MadeGarage) -> None:
    assert desk.get("/desk/").headers["Location"] == "/desk/lyon/day#now"
    assert 'id="now"' in desk.get("/desk/lyon/day").text


def test_no_money_stands_on_the_day(client: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, MONDAY)
        make_member(garage, "tech@martin.example", Role.TECHNICIAN)
    page = signed_in(client, "tech@martin.example").get(DAY).text
    assert "GA-482-QT" in page
    for hidden in ("€", "06 39", "+33639981427", "camille@perrot.example"):
        assert hidden not in page


def test_work_in_a_bay_that_is_no_longer_in_use_stays_in_sight(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        book(garage, MONDAY)
        archive(garage, Resource, name="Bay 1")
    page = desk.get(DAY).text
    before, former = page.split('aria-label="Bay 1')[:2]
    assert "GA-482-QT" in former.split("agenda")[0]
    assert 'aria-label="Bay 2' in before, "what is in use comes first"
    assert "No longer in use" in former
    assert 'aria-label="Bay 1' not in desk.get(DAY.replace("12-07", "12-08")).text


def test_visits_of_a_closed_workshop_can_still_be_seen_and_cancelled(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        visit = book(garage, MONDAY)
        archive(garage, Workshop, slug="lyon")
    assert "GA-482-QT" in desk.get(DAY).text
    page = f"/desk/lyon/appointments/{visit}"
    form = {"csrf_token": csrf_token(desk.get(page).text), "version": "1", "reason": ""}
    assert desk.post(f"{page}/cancel", data=form).status_code == 303
    assert "Cancelled" in desk.get(page).text
    assert desk.get("/desk/lyon/book").status_code == 404, "no new visits"


def archive(garage: MadeGarage, kind: type[Resource] | type[Workshop], **named: str) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        statement = update(kind).where(kind.garage_id == garage.id).filter_by(**named)
        session.execute(statement.values(archived_at=clock_now()))
