"""What the workshop's own letter box receives over SMTP: parts, words, and a link that leads to the desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.requests import CUSTOMER
from notifications.channels.sandbox import SandboxChannel
from notifications.outbox.models import State
from notifications.outbox.sending import send_due
from notifications.planning.jobs import plan_day_sheets
from tests.factories.appointments import CAMILLE, book, manage_token
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.mailed import part_of, send_by_smtp
from tests.factories.messages import list_rows
from tests.factories.moves import move_online
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.mail_servers import MailBox, mail_server

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
DESK = "desk@martin.example"
PHONE = "06\u00a039\u00a098\u00a014\u00a027"


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    with app.app_context():
        made = make_garage(email=DESK, garage={"locale": "en"})
        make_member(made, "camille@martin.example", Role.RECEPTIONIST)
    return made


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_server() as box:
        yield box


def letters(app: Flask, box: MailBox) -> list[EmailMessage]:
    """Send what is due; the letters to the workshop."""
    with app.app_context():
        send_by_smtp(box)
    return [letter for letter in box.letters if letter["To"] == DESK]


def link_in(letter: EmailMessage) -> str:
    (link,) = [word for word in part_of(letter, "text/plain").split() if "/r/" in word]
    return link


def test_a_booking_arrives_with_all_that_the_desk_needs(app: Flask, garage: MadeGarage, box: MailBox) -> None:
    with app.app_context():
        book(garage, WEDNESDAY_NINE, notes="Squeaks in the cold.")
    (letter,) = letters(app, box)
    text = part_of(letter, "text/plain")
    assert letter["Subject"] == "Booked online: Wed 9 Dec at 9:00, GA-482-QT Peugeot 208"
    assert "Camille Perrot has booked online: GA-482-QT Peugeot 208, Wed 9 Dec at 9:00." in text
    for fact in ("Work: Oil and filter change", f"Phone: {PHONE}", "Note: Squeaks in the cold."):
        assert fact in text
        assert fact.split(": ")[1] in part_of(letter, "text/html")


def test_it_is_a_letter_of_text_and_html_without_invitation(
    app: Flask, garage: MadeGarage, box: MailBox
) -> None:
    with app.app_context():
        book(garage, WEDNESDAY_NINE)
    (letter,) = letters(app, box)
    parts = [part.get_content_type() for part in letter.walk() if not part.is_multipart()]
    assert parts == ["text/plain", "text/html"]
    assert letter["From"] == "Garagenda <rendez-vous@garagenda.example>"
    assert (letter["Reply-To"], letter["Auto-Submitted"]) == (None, "auto-generated")
    assert letter["Message-ID"].endswith("@book.example>")


def test_what_is_not_known_leaves_no_line(app: Flask, garage: MadeGarage, box: MailBox) -> None:
    with app.app_context():
        book(garage, WEDNESDAY_NINE, customer=replace(CAMILLE, email=None))
    (letter,) = letters(app, box)
    assert "E-mail:" not in part_of(letter, "text/plain")
    assert "Note" not in part_of(letter, "text/html")


def test_a_move_says_from_where_and_a_cancellation_strikes_out(
    app: Flask, garage: MadeGarage, box: MailBox
) -> None:
    with app.app_context(), scoped_to(garage.id):
        appointment_id = book(garage, WEDNESDAY_NINE)
        move_online(garage, appointment_id, WEDNESDAY_NINE + timedelta(hours=1))
        with unit_of_work() as session:
            cancel_appointment(
                session,
                garage_id=garage.id,
                appointment_id=appointment_id,
                actor=CUSTOMER,
                reason="On holiday",
            )
    booked, moved, cancelled = letters(app, box)
    assert booked["Subject"].startswith("Booked online: Wed 9 Dec at 9:00")
    assert moved["Subject"].startswith("Moved online: Wed 9 Dec at 10:00")
    assert "Was due: Wed 9 Dec at 9:00" in part_of(moved, "text/plain")
    assert "Reason: On holiday" in part_of(cancelled, "text/plain")
    assert 'class="when off"' in part_of(cancelled, "text/html")


def test_a_visitor_puts_no_link_and_no_markup_into_it(app: Flask, garage: MadeGarage, box: MailBox) -> None:
    evil = replace(CAMILLE, name="<b>Ann</b> https://evil.example {link}")
    with app.app_context():
        book(garage, WEDNESDAY_NINE, customer=evil, notes="See evil.example/pay now {reference}")
    (letter,) = letters(app, box)
    for part in ("text/plain", "text/html"):
        text = part_of(letter, part)
        assert "evil" not in text
        assert "<b>" not in text
        assert text.count("/r/") == (1 if part == "text/plain" else 3)


def test_its_link_leads_to_the_visit_at_the_desk_after_signing_in(
    app: Flask, client: CarefulClient, garage: MadeGarage, box: MailBox
) -> None:
    with app.app_context():
        appointment_id = book(garage, WEDNESDAY_NINE)
    (letter,) = letters(app, box)
    path = "/r/" + link_in(letter).partition("/r/")[2]
    answer = client.get(path)
    assert answer.headers["Location"] == f"/desk/lyon/appointments/{appointment_id}"
    assert client.get(answer.headers["Location"]).headers["Location"].startswith("/sign-in")
    page = signed_in(client, "camille@martin.example").get(answer.headers["Location"])
    assert page.status_code == 200
    assert "To the workshop: booked online" in page.text


def test_tomorrows_sheet_arrives_with_its_cars_and_leads_to_paper(
    app: Flask, client: CarefulClient, garage: MadeGarage, box: MailBox, clock: MovableClock
) -> None:
    with app.app_context():
        book(garage, WEDNESDAY_NINE, source="desk", notes="Squeaks in the cold.")
        clock.move_to(datetime(2026, 12, 8, 17, 0, tzinfo=UTC))
        plan_day_sheets()
    (letter,) = letters(app, box)
    assert letter["Subject"] == "Tomorrow, Wednesday 9 December: 1 car (Workshop martin)"
    text, html = part_of(letter, "text/plain").replace("\r", ""), part_of(letter, "text/html")
    assert (
        "9:00  GA-482-QT  Peugeot 208\n    Oil and filter change, 9:00–9:45, Tech 1, ready\u00a09:45\n"
        in text
    )
    for word in ("GA-482-QT", PHONE, "Waits here. Squeaks in the cold."):
        assert word in text
        assert word in html
    place = client.get("/r/" + link_in(letter).partition("/r/")[2]).headers["Location"]
    assert place == "/desk/lyon/sheet?date=2026-12-09"
    with app.app_context():
        (row,) = list_rows(garage, kind="day_sheet")
    assert (row.state, row.provider_id) == (State.ACCEPTED, letter["Message-ID"])


def test_the_customers_page_says_nothing_of_the_workshops_mail(
    app: Flask, client: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        token = manage_token(garage, book(garage, WEDNESDAY_NINE))
    page = client.get(f"/a/{token}?lang=en&booked=1").text
    assert "on its way to camille@perrot.example" in page
    assert "on its way to desk@" not in page


def test_the_sandbox_shows_it_as_a_letter(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    with app.app_context():
        book(garage, WEDNESDAY_NINE)
        send_due({"sms": SandboxChannel(), "email": SandboxChannel()})
    assert "Booked online: Wed 9 Dec at 9:00" in client.get("/dev/phone?garage=martin").text
