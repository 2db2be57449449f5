"""An appointment at the desk: steps, conflicts, cancelling, and what each role may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.auth.models import User
from app.auth.roles import Role
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment
from booking.appointments.queries import get_appointment
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
PHONE = "06\u00a039\u00a098\u00a014\u00a027"


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(garage={"locale": "en"})
        for role in Role:
            make_member(made, f"{role}@martin.example", role, name=f"Member {role}")
    return made


@pytest.fixture
def appointment_id(app: Flask, garage: MadeGarage) -> int:
    with app.app_context():
        return book(garage, MONDAY, notes="Whistles when cold")


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "receptionist@martin.example")


def page(client: CarefulClient, appointment_id: int) -> str:
    return client.get(f"/desk/lyon/appointments/{appointment_id}").text


def post(client: CarefulClient, appointment_id: int, what: str, **form: str) -> str:
    """Post one of the page's forms and return the page that follows."""
    token = csrf_token(page(client, appointment_id))
    address = f"/desk/lyon/appointments/{appointment_id}/{what}"
    answer = client.post(address, data={"csrf_token": token, "version": "1"} | form)
    assert answer.status_code in {303, 422}, answer.status_code
    return client.get(answer.headers["Location"]).text if answer.status_code == 303 else answer.text


def stored(app: Flask, garage: MadeGarage, appointment_id: int) -> Appointment:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return get_appointment(session, garage.id, appointment_id)


def test_the_page_shows_the_visit(desk: CarefulClient, appointment_id: int) -> None:
    text = page(desk, appointment_id)
    for part in (
        "GA-482-QT",
        "Camille Perrot",
        PHONE,
        "Oil and filter change",
        "Whistles when cold",
        "Bay 1",
    ):
        assert part in text


def test_a_step_is_taken_and_stands_in_the_history(
    desk: CarefulClient, app: Flask, garage: MadeGarage, appointment_id: int
) -> None:
    text = post(desk, appointment_id, "status", target="arrived")
    assert stored(app, garage, appointment_id).status == "arrived"
    assert "Member receptionist" in text


def test_a_step_from_an_old_page_is_a_clear_conflict(
    desk: CarefulClient, app: Flask, garage: MadeGarage, appointment_id: int
) -> None:
    post(desk, appointment_id, "status", target="arrived")
    text = post(desk, appointment_id, "status", target="no_show")
    assert "Someone else has just changed this" in text
    assert stored(app, garage, appointment_id).status == "arrived"


def test_a_step_that_the_life_cycle_lacks_is_refused(
    desk: CarefulClient, app: Flask, garage: MadeGarage, appointment_id: int
) -> None:
    assert "past that step" in post(desk, appointment_id, "status", target="collected")
    assert stored(app, garage, appointment_id).status == "confirmed"


@pytest.mark.parametrize(("early", "offered"), [(timedelta(seconds=1), False), (timedelta(), True)])
def test_a_no_show_is_offered_once_the_time_of_arrival_has_passed(
    client: CarefulClient, appointment_id: int, clock: MovableClock, early: timedelta, offered: bool
) -> None:
    with clock.at(MONDAY - early):
        desk = signed_in(client, "receptionist@martin.example")
        assert ('value="no_show"' in page(desk, appointment_id)) is offered


def test_a_no_show_ahead_of_the_visit_is_refused(
    desk: CarefulClient, app: Flask, garage: MadeGarage, appointment_id: int
) -> None:
    assert "The car is not due yet" in post(desk, appointment_id, "status", target="no_show")
    assert stored(app, garage, appointment_id).status == "confirmed"


def test_cancelling_frees_the_place_and_keeps_the_reason(
    desk: CarefulClient, app: Flask, garage: MadeGarage, appointment_id: int
) -> None:
    text = post(desk, appointment_id, "cancel", reason="Car was sold")
    assert "Car was sold" in text
    assert stored(app, garage, appointment_id).status == "cancelled"
    with app.app_context():
        book(garage, MONDAY)


@pytest.mark.parametrize(
    ("what", "form", "named"),
    [
        ("status", {"target": "flying"}, "choose one of the options"),
        ("status", {"target": ""}, "choose one of the options"),
        ("status", {"target": "expired"}, "choose one of the options"),
        ("status", {"target": "declined"}, "choose one of the options"),
        ("status", {"target": "arrived", "version": "one"}, "reload the page"),
        ("status", {"target": "arrived", "version": "9" * 40}, "reload the page"),
        ("cancel", {"reason": "x" * 201}, "under 200 characters"),
        ("cancel", {"reason": "a\x00b"}, "cannot be read"),
    ],
)
def test_odd_input_is_refused_in_words(
    desk: CarefulClient,
    app: Flask,
    garage: MadeGarage,
    appointment_id: int,
    what: str,
    form: dict[str, str],
    named: str,
) -> None:
    assert named in post(desk, appointment_id, what, **form)
    assert stored(app, garage, appointment_id).status == "confirmed"


def test_a_technician_may_look_but_not_act(
    client: CarefulClient, garage: MadeGarage, appointment_id: int
) -> None:
    signed_in(client, "technician@martin.example")
    token = csrf_token(page(client, appointment_id))
    for what, form in (("status", {"target": "arrived"}), ("cancel", {})):
        address = f"/desk/lyon/appointments/{appointment_id}/{what}"
        answer = client.post(address, data={"csrf_token": token, "version": "1"} | form)
        assert answer.status_code == 403


def test_a_technician_sees_no_money_and_no_contact_before_the_day(
    client: CarefulClient, garage: MadeGarage, appointment_id: int
) -> None:
    signed_in(client, "technician@martin.example")
    text = page(client, appointment_id)
    assert "Camille Perrot" in text
    for hidden in ("+33", "camille@perrot.example", "€"):
        assert hidden not in text.split("<main")[1]


def test_the_desk_sees_the_price(desk: CarefulClient, appointment_id: int) -> None:
    assert "€89" in page(desk, appointment_id)


def test_a_technician_sees_the_contact_on_the_day(
    client: CarefulClient, garage: MadeGarage, appointment_id: int, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 7, 6, 0, tzinfo=UTC))
    signed_in(client, "technician@martin.example")
    assert PHONE in page(client, appointment_id)


def test_a_technician_sees_the_contact_while_the_car_stays(
    client: CarefulClient, app: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    clutch = {"code": "clutch", "minutes": 600, "stay_days": 2, "modes": ["drop_off"]}
    with app.app_context():
        made = make_garage(services=[clutch], garage={"locale": "en"})
        make_member(made, "tech@martin.example", Role.TECHNICIAN)
        number = book(made, MONDAY, services=("clutch",), mode="drop_off")
    clock.move_to(datetime(2026, 12, 8, 6, 0, tzinfo=UTC))
    assert PHONE in page(signed_in(client, "tech@martin.example"), number)
    clock.move_to(datetime(2026, 12, 9, 6, 0, tzinfo=UTC))
    assert PHONE not in page(client, number)


def test_a_technician_has_no_buttons(client: CarefulClient, garage: MadeGarage, appointment_id: int) -> None:
    signed_in(client, "technician@martin.example")
    assert 'method="post"' not in page(client, appointment_id).split("<main")[1].split("</main>")[0]


def test_a_step_keeps_the_way_back(desk: CarefulClient, garage: MadeGarage, appointment_id: int) -> None:
    token = csrf_token(page(desk, appointment_id))
    form = {"csrf_token": token, "version": "1", "target": "arrived"}
    address = f"/desk/lyon/appointments/{appointment_id}/status?on=2026-12-08&by=technician"
    assert desk.post(address, data=form).headers["Location"].endswith("?by=technician&on=2026-12-08")


def test_a_refusal_stays_until_it_is_read(
    desk: CarefulClient, garage: MadeGarage, appointment_id: int
) -> None:
    assert 'data-toast="stays" role="alert"' in post(desk, appointment_id, "status", target="collected")


@pytest.mark.parametrize(
    ("own", "accepts", "garage_speaks", "spoken"),
    [
        ("fr", "en", "en", "fr"),
        (None, "fr-CH, en;q=0.5", "en", "fr"),
        (None, "de", "fr", "fr"),
        (None, "de", "en", "en"),
    ],
)
def test_the_desk_speaks_the_members_language(
    client: CarefulClient, app: Flask, own: str | None, accepts: str, garage_speaks: str, spoken: str
) -> None:
    with app.app_context():
        made = make_garage(garage={"locale": garage_speaks})
        user_id = make_member(made, "tech@martin.example", Role.TECHNICIAN)
        with unit_of_work() as session:
            session.execute(update(User).where(User.id == user_id).values(locale=own))
    signed_in(client, "tech@martin.example")
    headers = {"Accept-Language": accepts}
    for address, status in (("/desk/lyon/day", 200), ("/desk/nowhere/day", 404)):
        answer = client.get(address, headers=headers)
        assert (answer.status_code, f'<html lang="{spoken}"' in answer.text) == (status, True)


def test_what_is_not_there_leads_back_to_the_desk(desk: CarefulClient, garage: MadeGarage) -> None:
    answer = desk.get("/desk/nowhere/day")
    assert answer.status_code == 404
    assert 'href="/desk/"' in answer.text


def test_a_visit_of_another_workshop_or_garage_is_not_there(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        foreign = book(make_garage(slug="other"), MONDAY)
    assert desk.get(f"/desk/lyon/appointments/{foreign}").status_code == 404
    token = csrf_token(desk.get("/desk/lyon/day").text)
    form = {"csrf_token": token, "version": "1", "reason": ""}
    assert desk.post(f"/desk/lyon/appointments/{foreign}/cancel", data=form).status_code == 404


def test_the_page_needs_few_statements(desk: CarefulClient, database: Database, appointment_id: int) -> None:
    page(desk, appointment_id)  # the rail's count of conflicts is kept from the first page on
    with count_statements(database.engine) as seen:
        page(desk, appointment_id)
    assert seen.count <= 19, seen
