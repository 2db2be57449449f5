"""A list of customers at the desk: looked at before, stored once, and only what was looked at."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.customers.importing.reading import MOST_BYTES, MOST_ROWS
from booking.customers.jobs import forget_old_uploads
from booking.customers.models import Customer, CustomerEvent, CustomerImport, Vehicle
from tests.factories.appointments import CAMILLE, book
from tests.factories.customers import add_people, fields_of, rows_of, send
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
START = "/desk/customers/import"
LIST = """Nom;Prénom;Portable;E-mail;Immatriculation;Marque
Roche;Inès;06 39 98 14 30;ines@roche.example;FB-117-KR;Renault
ROCHE;Ines;+33 6 39 98 14 30;;EH-903-ZL;Volkswagen
Perrot;Camille;06 39 98 14 27;;DK-255-MN;Toyota
Marchand;Olivier;12;;;
"""


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(bays=2, technicians=2, garage={"locale": "en"})
        for role in (Role.RECEPTIONIST, Role.TECHNICIAN):
            make_member(made, f"{role}@martin.example", role, name="Nolwenn")
        book(made, MONDAY)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "receptionist@martin.example")


def upload(desk: CarefulClient, data: bytes | str, name: str = "clients.csv") -> TestResponse:
    """The form as a browser sends it."""
    content = data if isinstance(data, bytes) else data.encode()
    token = csrf_token(desk.get(START).text)
    parts = (
        b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + token.encode(),
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n' % name.encode()
        + b"Content-Type: text/csv\r\n\r\n"
        + content,
        b"--x--\r\n",
    )
    return desk.post(START, data=b"\r\n".join(parts), content_type="multipart/form-data; boundary=x")


def check(desk: CarefulClient, data: bytes | str) -> tuple[str, str]:
    """The address and the text of the page that shows what would come of it."""
    address = upload(desk, data).headers["Location"]
    return address, desk.get(address).text


def another(app: Flask) -> CarefulClient:
    client = app.test_client()
    assert isinstance(client, CarefulClient)
    return client


def people(app: Flask, garage: MadeGarage) -> dict[str, Customer]:
    with app.app_context():
        return {row.name: row for row in rows_of(garage, Customer)}


def counts(page: str) -> list[str]:
    return re.findall(r"<dd>(?:<b>)?(\d+)(?:</b>)?</dd>", page)


def test_a_list_is_looked_at_then_stored_once(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    address, page = check(desk, LIST)
    assert counts(page) == ["1", "1", "0", "1", "1"]
    for words in ("Inès Roche", "DK255MN", "Line 5", "At least one digit is missing"):
        assert words in page, words
    assert list(people(app, garage)) == ["Camille Perrot"]
    with app.app_context(), scoped_to(garage.id), reading() as session:
        before = get_version(session, garage.id, garage.workshop.id)
    assert send(desk, address, page, do="store").status_code == 303
    rows = people(app, garage)
    assert sorted(rows) == ["Camille Perrot", "Inès Roche"]
    new = rows["Inès Roche"]
    assert (new.phone, new.email, new.sms_consent_at) == ("+33639981430", "ines@roche.example", None)
    with app.app_context():
        cars = {(row.customer_id, row.plate) for row in rows_of(garage, Vehicle)}
        (kept,) = rows_of(garage, CustomerImport)
        assert [row.kind for row in rows_of(garage, CustomerEvent)] == ["imported", "imported"]
    camille = rows["Camille Perrot"].id
    assert cars == {
        (camille, "GA482QT"),
        (camille, "DK255MN"),
        (new.id, "FB117KR"),
        (new.id, "EH903ZL"),
    }
    assert (kept.rows, kept.result) == ([], {"new": 1, "completed": 1, "same": 0, "cars": 3})
    with app.app_context(), scoped_to(garage.id), reading() as session:
        assert get_version(session, garage.id, garage.workshop.id) == before + 1
    assert counts(desk.get(address).text) == ["1", "1", "0", "3"]
    send(desk, address, page, do="store")
    assert len(people(app, garage)) == 2


def test_the_same_list_again_adds_nothing(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    address, page = check(desk, LIST)
    send(desk, address, page, do="store")
    _again, page = check(desk, LIST)
    assert counts(page) == ["0", "0", "2", "1", "1"]
    assert 'value="store"' not in page


def test_what_is_known_is_never_written_over(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    before = people(app, garage)["Camille Perrot"]
    text = "Nom;Tel;Mail;Plaque;Modèle\nPerrot Camille;06 39 98 14 99;camille@perrot.example;GA-482-QT;308\n"
    address, page = check(desk, text)
    assert counts(page) == ["0", "0", "1", "0"]
    send(desk, address, page, do="store")
    after = people(app, garage)["Camille Perrot"]
    assert (after.phone, after.version, after.sms_consent_at) == (CAMILLE.phone, 1, before.sms_consent_at)


def test_columns_are_chosen_and_another_choice_is_looked_at_before_it_is_stored(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    address, page = check(desk, "A,B\nRoche,0639981430\n")
    assert "Say which column holds the name." in page
    chosen = {"column_0": "name", "column_1": "phone"}
    refused = send(desk, address, page, do="store", **chosen)
    assert refused.status_code == 409
    assert "Nothing is stored yet" in refused.text
    assert len(people(app, garage)) == 1
    looked = send(desk, address, page, do="look", **chosen)
    assert (looked.status_code, counts(looked.text)) == (200, ["1", "0", "0", "0"])
    assert fields_of(looked.text)["column_1"] == "phone"
    assert send(desk, address, looked.text, do="store").status_code == 303
    assert people(app, garage)["Roche"].phone == "+33639981430"


def test_what_changed_since_the_preview_is_looked_at_again(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    address, page = check(desk, LIST)
    with app.app_context():
        add_people(garage, ["Ines Roche"], phone="+33639981430")
    again = send(desk, address, page, do="store")
    assert again.status_code == 409
    assert counts(again.text)[:2] == ["0", "2"]
    assert sorted(people(app, garage)) == ["Camille Perrot", "Ines Roche"]


def test_a_file_is_forgotten_after_two_hours(
    desk: CarefulClient, app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    address, page = check(desk, LIST)
    clock.move_to(datetime(2026, 12, 1, 10, 1, tzinfo=UTC))
    assert desk.get(address).headers["Location"] == START
    assert send(desk, address, page, do="store").headers["Location"] == START
    assert len(people(app, garage)) == 1
    with app.app_context():
        forget_old_uploads()
        assert rows_of(garage, CustomerImport) == []
    assert desk.get(address).status_code == 404


def test_hostile_files_are_refused_or_shown_as_text(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    for data in (b"", b"PK\x03\x04", b"\x00\x01\x02;", b"name\n"):
        answer = upload(desk, data)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
    too_long = desk.post(START, data=b"x" * (MOST_BYTES + 1), content_type="multipart/form-data; boundary=x")
    assert too_long.status_code == 413
    name = "<script>x</script>\t.csv"
    answer = upload(desk, "Nom;Tel\n<script>x</script>;0639981430\n=1+1 x;0639981431\n", name)
    page = desk.get(answer.headers["Location"]).text
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
    send(desk, answer.headers["Location"], page, do="store")
    assert "=1+1 x" in people(app, garage)


def test_a_longer_file_takes_no_more_statements(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    lines = [f"Client {number};06 39 98 {number // 100:02} {number % 100:02}" for number in range(400)]
    cost = []
    for some in (lines[:2], lines):
        address, page = check(desk, "\n".join(["Nom;Tel", *some]))
        with count_statements(database.engine) as looked:
            page = desk.get(address).text
        assert counts(page)[0] == str(len(some))
        cost.append(looked.count)
    assert cost[0] == cost[1]
    send(desk, address, page, do="store")
    assert len(people(app, garage)) == 401


@pytest.mark.long
def test_ten_thousand_lines_are_looked_at_and_stored(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    lines = [
        f"Client {number};06 39 98 {number // 100:02} {number % 100:02};c{number}@list.example;AA{number:05}"
        for number in range(MOST_ROWS)
    ]
    address, page = check(desk, "\n".join(["Nom;Tel;Mail;Plaque", *lines]))
    assert counts(page) == [str(MOST_ROWS), "0", "0", "0"]
    assert send(desk, address, page, do="store").status_code == 303
    assert counts(desk.get(address).text) == [str(MOST_ROWS), "0", "0", str(MOST_ROWS)]


def test_a_technician_and_a_stranger_reach_no_file(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    address, _page = check(desk, LIST)
    with app.app_context():
        foreign = make_garage(slug="tilleuls", workshop_slug="bron")
        make_member(foreign, "other@tilleuls.example", Role.OWNER)
    technician = signed_in(another(app), "technician@martin.example")
    assert {technician.get(page).status_code for page in (START, address)} == {403}
    stranger = signed_in(another(app), "other@tilleuls.example")
    assert stranger.get(address).status_code == 404
