"""The list of customers to phone at the desk: read, called, noted, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.history import HistoryLine, list_history
from booking.appointments.life_cycle import Status
from notifications.channels.protocol import Refused
from notifications.outbox.models import State
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import FakeChannel, change_messages, list_rows, make_due_messages, only_row
from tests.factories.moves import undo_last
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.factories.steps import step, view_of
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import text_of

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
ADDRESS = "/desk/please-phone"
REFUSED = Refused("21614", is_temporary=False)


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    with app.app_context():
        garage = make_garage(garage={"locale": "en"})
        make_member(garage, "desk@martin.example", Role.RECEPTIONIST, name="Nolwenn")
    return garage


@pytest.fixture
def visit(app: Flask, garage: MadeGarage) -> int:
    """A visit on Wednesday at nine whose confirmation was refused for good."""
    with app.app_context():
        number = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
        send_due(FakeChannel([REFUSED]).channels)
    return number


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def press(
    app: Flask, desk: CarefulClient, garage: MadeGarage, visit: int, word: str = "phoned", **form: object
) -> TestResponse:
    """Send the form of the visit's row as the page has it; keywords change parts of it."""
    with app.app_context():
        numbers = [row.id for row in list_rows(garage, appointment_id=visit)]
    token = csrf_token(desk.get(ADDRESS).text)
    data = {"csrf_token": token, "message": numbers} | form
    return desk.post(f"{ADDRESS}/{visit}/{word}", data=data, follow_redirects=True)


def history(app: Flask, garage: MadeGarage, visit: int) -> list[HistoryLine]:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return list_history(session, garage.id, visit)


def test_a_row_says_when_who_which_message_and_why(desk: CarefulClient, visit: int) -> None:
    answer = desk.get(ADDRESS)
    words = text_of(answer)
    for part in (
        "9:00 Wed 9 Dec",
        "GA-482-QT",
        "Camille Perrot",
        "Confirmation",
        "This number takes no texts; perhaps it is a landline.",
        "06 39 98 14 27",
        "Bonjour Camille, c'est réservé",
    ):
        assert part in words
    assert 'href="tel:+33639981427"' in answer.text


def test_a_message_that_was_never_written_can_be_read_too(
    app: Flask, desk: CarefulClient, garage: MadeGarage, visit: int
) -> None:
    with app.app_context():
        change_messages(garage, state=State.EXPIRED, body="")
    page = desk.get(ADDRESS).text
    assert "It could not be sent in time." in page
    assert "c'est réservé : votre GA-482-QT" in unescape(page)


@pytest.mark.parametrize(
    ("channel", "state", "code", "said"),
    [
        ("sms", State.FAILED, "21211", "This number does not exist."),
        ("sms", State.UNDELIVERED, "30003", "The phone was switched off or out of reach."),
        ("sms", State.UNDELIVERED, "30007", "The phone company held it back."),
        ("sms", State.UNDELIVERED, "30008", "could not deliver it, and did not say why"),
        ("sms", State.FAILED, "21408", "Texts to this country are not switched on."),
        ("sms", State.FAILED, "20429", "The text service did not take it."),
        ("sms", State.UNKNOWN, "cut", "nobody knows whether it arrived"),
        ("email", State.FAILED, "smtp_550", "This e-mail address does not exist."),
        ("email", State.FAILED, "smtp_552", "mailbox is full"),
        ("email", State.FAILED, "unreachable", "The mail service did not take it."),
    ],
)
def test_why_it_did_not_arrive_is_said_in_plain_words(
    app: Flask,
    desk: CarefulClient,
    garage: MadeGarage,
    visit: int,
    channel: str,
    state: State,
    code: str,
    said: str,
) -> None:
    with app.app_context():
        change_messages(garage, channel=channel, state=state, reason=code, look_up_at=None)
    assert said in unescape(desk.get(ADDRESS).text)


def test_a_customer_without_a_number_is_written_to(
    app: Flask, desk: CarefulClient, garage: MadeGarage
) -> None:
    with app.app_context():
        book(garage, WEDNESDAY_NINE, customer=replace(CAMILLE, phone=None))
        send_due(FakeChannel([Refused("smtp_552", is_temporary=False)]).channels)
    page = desk.get(ADDRESS).text
    assert "No phone number is known." in page
    assert 'href="mailto:camille@perrot.example"' in page


def test_the_rail_counts_those_to_phone_on_every_page(desk: CarefulClient, visit: int) -> None:
    page = desk.get(f"/desk/lyon/appointments/{visit}").text
    assert 'To phone<span class="count"><span class="vh">, </span>1</span>' in page


def test_with_nobody_to_phone_the_page_is_at_ease_and_the_rail_counts_nothing(desk: CarefulClient) -> None:
    page = desk.get(ADDRESS).text
    assert "Nobody needs a call" in page
    assert 'class="count"' not in page


def test_phoned_takes_the_row_off_and_keeps_who_and_when(
    app: Flask, desk: CarefulClient, garage: MadeGarage, visit: int, clock: MovableClock
) -> None:
    clock.advance(minutes=5)
    words = text_of(press(app, desk, garage, visit))
    assert "Nobody needs a call" in words
    assert "Phoned today 8:05 GA-482-QT Camille Perrot by Nolwenn" in words
    with app.app_context():
        assert only_row(garage).phoned_by_user_id is not None


def test_the_call_stands_in_the_history_of_the_visit(
    app: Flask, desk: CarefulClient, garage: MadeGarage, visit: int
) -> None:
    press(app, desk, garage, visit)
    newest = history(app, garage, visit)[0]
    assert (newest.kind, newest.actor_name, newest.detail) == ("phoned", "Nolwenn", {"kinds": ["confirmed"]})
    page = desk.get(f"/desk/lyon/appointments/{visit}").text
    assert "Phoned about a message that may not have arrived, by Nolwenn" in page


def test_a_call_put_back_is_to_be_made_again(
    app: Flask, desk: CarefulClient, garage: MadeGarage, visit: int
) -> None:
    press(app, desk, garage, visit)
    words = text_of(press(app, desk, garage, visit, "not-phoned"))
    assert "Back on the list." in words
    assert "Phoned today" not in words
    assert [line.kind for line in history(app, garage, visit)] == ["not_phoned", "phoned", "booked"]


def test_the_second_of_two_receptionists_is_told(
    app: Flask, desk: CarefulClient, garage: MadeGarage, visit: int
) -> None:
    press(app, desk, garage, visit)
    assert "A colleague has already done that." in text_of(press(app, desk, garage, visit))
    assert [line.kind for line in history(app, garage, visit)] == ["phoned", "booked"]


def test_a_message_that_got_lost_after_the_page_was_shown_stays_on_the_list(
    app: Flask, desk: CarefulClient, garage: MadeGarage, visit: int
) -> None:
    with app.app_context():
        shown = only_row(garage).id
        make_due_messages(garage, visit, count=1, channel="sms", state=State.FAILED, kind="reminder")
    words = text_of(press(app, desk, garage, visit, message=[shown]))
    assert "Reminder" in words.split("Phoned today")[0]


@pytest.mark.parametrize("message", [[], ["x"], ["-1"], ["9" * 19], ["²"], list(range(101))])
def test_an_odd_form_changes_nothing(
    app: Flask, desk: CarefulClient, garage: MadeGarage, visit: int, message: list[object]
) -> None:
    assert "Please reload the page" in text_of(press(app, desk, garage, visit, message=message))
    with app.app_context():
        assert only_row(garage).phoned_at is None


def test_yesterdays_calls_are_not_shown(
    app: Flask, desk: CarefulClient, garage: MadeGarage, visit: int, clock: MovableClock
) -> None:
    press(app, desk, garage, visit)
    clock.advance(days=1)
    assert "Phoned today" not in desk.get(ADDRESS).text


def test_a_technician_phones_nobody(
    app: Flask, client: CarefulClient, garage: MadeGarage, visit: int
) -> None:
    with app.app_context():
        make_member(garage, "tech@martin.example", Role.TECHNICIAN)
    signed_in(client, "tech@martin.example")
    assert client.get(ADDRESS).status_code == 403
    assert "To phone" not in client.get("/desk/lyon/day").text


def test_a_call_does_not_stand_in_the_way_of_undoing_the_step_before(
    app: Flask, desk: CarefulClient, garage: MadeGarage, visit: int
) -> None:
    with app.app_context():
        step(garage, visit, Status.ARRIVED)
    press(app, desk, garage, visit)
    with app.app_context():
        undo_last(garage, visit, at_any_time=True)
        assert view_of(garage, visit).status == Status.CONFIRMED
    assert "Here since" not in desk.get(f"/desk/lyon/appointments/{visit}").text


def test_a_call_does_not_change_since_when_a_visit_is_in_its_state(
    app: Flask, desk: CarefulClient, garage: MadeGarage, visit: int, clock: MovableClock
) -> None:
    with app.app_context():
        step(garage, visit, Status.ARRIVED)
    clock.advance(hours=1)
    press(app, desk, garage, visit)
    assert "Here since 8:00" in text_of(desk.get(f"/desk/lyon/appointments/{visit}"))
