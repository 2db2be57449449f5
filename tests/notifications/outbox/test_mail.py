"""E-mails as a real SMTP server receives them: parts, headers, invitations that update and cancel."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import vobject
from flask import Flask

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.requests import CUSTOMER
from notifications.outbox.models import State
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.mailed import part_of, send_by_smtp
from tests.factories.messages import only_row
from tests.factories.moves import move_online, undo_last
from tests.factories.steps import decline, step
from tests.support.clock import MovableClock
from tests.support.mail_servers import MailBox, mail_server, scripted_server

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
THURSDAY_TEN = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
FRIDAY_EIGHT = datetime(2026, 12, 11, 7, 0, tzinfo=UTC)
BY_EMAIL = replace(CAMILLE, phone=None, sms_consent=False)
Reader = Callable[[str], dict[str, Any]]
ICAL_JS = """
import ICAL from "ical.js";
import { readFileSync } from "node:fs";
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const event = new ICAL.Event(calendar.getFirstSubcomponent("vevent"));
console.log(JSON.stringify({
  method: calendar.getFirstPropertyValue("method"), uid: event.uid, sequence: event.sequence,
  status: event.component.getFirstPropertyValue("status"),
  starts_at: event.startDate.toJSDate().toISOString(), organizer: event.organizer,
  attendees: event.attendees.map((one) => [one.getFirstValue(), one.getParameter("partstat")]),
}));
"""


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    return make_garage(email="desk@martin.example")


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_server() as box:
        yield box


def book_and_send(garage: MadeGarage, box: MailBox, **customer: Any) -> EmailMessage:
    """A booking by a customer with an e-mail address; the letter as it arrived."""
    book(garage, WEDNESDAY_NINE, customer=replace(BY_EMAIL, **customer))
    send_by_smtp(box)
    return letter_to_customer(box)


def letter_to_customer(box: MailBox) -> EmailMessage:
    """The newest letter to the customer."""
    return [letter for letter in box.letters if letter["To"] == BY_EMAIL.email][-1]


def cancel(garage: MadeGarage, appointment_id: int) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        cancel_appointment(session, garage_id=garage.id, appointment_id=appointment_id, actor=CUSTOMER)


def test_a_confirmation_arrives_as_text_html_and_invitation(garage: MadeGarage, box: MailBox) -> None:
    letter = book_and_send(garage, box)
    assert [part.get_content_type() for part in letter.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]


def test_it_bears_the_workshops_name_and_answers_go_to_the_workshop(garage: MadeGarage, box: MailBox) -> None:
    letter = book_and_send(garage, box)
    assert letter["From"] == "Workshop martin <rendez-vous@garagenda.example>"
    assert letter["Reply-To"] == "desk@martin.example"
    assert letter["Subject"] == "C’est réservé\u202f: mer. 9 déc. à 9\u00a0h, Workshop martin"


def test_text_and_html_lead_to_the_same_page(garage: MadeGarage, box: MailBox) -> None:
    letter = book_and_send(garage, box)
    (link,) = [line for line in part_of(letter, "text/plain").split() if "/r/" in line]
    assert f'href="{link}"' in part_of(letter, "text/html")


def test_the_server_keeps_the_message_by_the_id_that_is_stored(garage: MadeGarage, box: MailBox) -> None:
    letter = book_and_send(garage, box)
    row = only_row(garage, kind="confirmed", channel="email")
    assert (row.state, row.provider_id) == (State.ACCEPTED, letter["Message-ID"])


@pytest.mark.parametrize(
    ("replies", "state", "reason"),
    [
        ({"RCPT": "450 later"}, State.PLANNED, "smtp_450"),
        ({"RCPT": "550 nobody"}, State.FAILED, "smtp_550"),
        ({"GREETING": "cut"}, State.PLANNED, "cut"),
        ({"TEXT": "cut"}, State.UNKNOWN, "cut"),
        ({"TEXT": "451 later"}, State.PLANNED, "smtp_451"),
        ({"TEXT": "554 no"}, State.FAILED, "smtp_554"),
    ],
)
def test_each_answer_leads_to_its_state(
    garage: MadeGarage, replies: dict[str, str], state: State, reason: str
) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_EMAIL)
    with scripted_server(replies) as server:
        send_by_smtp(MailBox(port=server.port))
    row = only_row(garage, kind="confirmed", channel="email")
    assert (row.state, row.reason) == (state, reason)


# --- the invitation, in parsers that are not ours ------------------------------------------------


def invitation_of(letter: EmailMessage) -> Any:
    """The invitation as vobject reads it."""
    return vobject.readOne(part_of(letter, "text/calendar"))


def test_the_invitation_names_both_parties_and_asks_nothing(garage: MadeGarage, box: MailBox) -> None:
    invitation = invitation_of(book_and_send(garage, box))
    event = invitation.vevent
    assert invitation.method.value == "REQUEST"
    assert event.organizer.value == "mailto:desk@martin.example"
    assert event.attendee.value == "mailto:camille@perrot.example"
    assert (event.attendee.params["PARTSTAT"], event.attendee.params["RSVP"]) == (["ACCEPTED"], ["FALSE"])
    assert event.dtstart.value == WEDNESDAY_NINE


def test_the_attached_file_is_the_invitation_itself(garage: MadeGarage, box: MailBox) -> None:
    letter = book_and_send(garage, box)
    lines = part_of(letter, "text/calendar").split()
    assert part_of(letter, "application/ics").split() == lines


def test_a_request_that_is_not_granted_yet_invites_nobody(
    app_context: Flask, box: MailBox, clock: MovableClock
) -> None:
    clock.move_to(MONDAY)
    letter = book_and_send(make_garage(rules={"approval": True}), box)
    assert "text/calendar" not in {part.get_content_type() for part in letter.walk()}


def test_names_put_no_line_into_the_invitation(garage: MadeGarage, box: MailBox) -> None:
    evil = 'Camille"\r\nBEGIN:VALARM\r\nATTENDEE:mailto:all@evil.example;:,' + "x" * 500
    event = invitation_of(book_and_send(garage, box, name=evil)).vevent
    assert len(list(event.getChildren())) == len(list(event.lines()))
    assert event.attendee.value == "mailto:camille@perrot.example"
    assert len(event.attendee.params["CN"][0]) <= 80


class CustomersCalendar:
    """What RFC 5546 asks of a calendar: by UID, the highest SEQUENCE counts, CANCEL takes it out."""

    def __init__(self) -> None:
        self.events: dict[str, dict[str, Any]] = {}

    def take(self, message: dict[str, Any]) -> None:
        known = self.events.get(message["uid"])
        if known is None or message["sequence"] > known["sequence"]:
            self.events[message["uid"]] = message

    @property
    def shown(self) -> list[str]:
        """The times of what is to take place."""
        return [event["starts_at"] for event in self.events.values() if event["method"] == "REQUEST"]


def by_vobject(text: str) -> dict[str, Any]:
    calendar = vobject.readOne(text)
    event = calendar.vevent
    return {
        "method": calendar.method.value,
        "uid": event.uid.value,
        "sequence": int(event.sequence.value),
        "status": event.status.value,
        "starts_at": f"{event.dtstart.value:%Y-%m-%dT%H:%M:%S.000Z}",
        "organizer": event.organizer.value,
        "attendees": [[event.attendee.value, event.attendee.params["PARTSTAT"][0]]],
    }


def by_ical_js(node_modules: Path) -> Reader:
    """ical.js, as Thunderbird reads what comes by mail."""

    def read(text: str) -> dict[str, Any]:
        done = subprocess.run(
            ["node", "--input-type=module", "-e", ICAL_JS],
            cwd=node_modules.parent,
            input=text,
            check=True,
            capture_output=True,
            text=True,
        )
        return dict(json.loads(done.stdout))

    return read


def invitations(box: MailBox, read: Reader) -> list[dict[str, Any]]:
    """Every invitation that reached the customer, in the order of arrival."""
    letters = [letter for letter in box.letters if letter["To"] == BY_EMAIL.email]
    return [read(part_of(letter, "text/calendar")) for letter in letters]


def check_a_cancelled_visit(garage: MadeGarage, box: MailBox, read: Reader) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_EMAIL)
    send_by_smtp(box)
    cancel(garage, appointment_id)
    send_by_smtp(box)
    first, last = invitations(box, read)
    calendar = CustomersCalendar()
    calendar.take(first)
    assert calendar.shown == ["2026-12-09T08:00:00.000Z"]
    calendar.take(last)
    calendar.take(first)  # a late copy brings nothing back
    assert calendar.shown == []
    assert (first["status"], last["status"]) == ("CONFIRMED", "CANCELLED")


def check_a_moved_visit(garage: MadeGarage, box: MailBox, read: Reader) -> None:
    """Moved twice: each letter asks again, for the same event, and the highest number counts."""
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_EMAIL)
    send_by_smtp(box)
    for arrives_at in (THURSDAY_TEN, FRIDAY_EIGHT):
        move_online(garage, appointment_id, arrives_at)
        send_by_smtp(box)
    sent = invitations(box, read)
    assert [each["starts_at"] for each in sent] == [
        "2026-12-09T08:00:00.000Z",
        "2026-12-10T09:00:00.000Z",
        "2026-12-11T07:00:00.000Z",
    ]
    assert {(each["method"], each["status"], each["uid"]) for each in sent} == {
        ("REQUEST", "CONFIRMED", sent[0]["uid"])
    }
    assert sent[0]["sequence"] < sent[1]["sequence"] < sent[2]["sequence"]
    calendar = CustomersCalendar()
    for message in (sent[0], sent[2], sent[1]):  # the first move's letter comes last
        calendar.take(message)
    assert calendar.shown == ["2026-12-11T07:00:00.000Z"]
    cancel(garage, appointment_id)
    send_by_smtp(box)
    calendar.take(invitations(box, read)[-1])
    assert calendar.shown == []


def test_a_cancellation_takes_the_visit_out_by_uid_and_sequence(garage: MadeGarage, box: MailBox) -> None:
    check_a_cancelled_visit(garage, box, by_vobject)


def test_a_move_brings_the_visit_to_its_new_time(garage: MadeGarage, box: MailBox) -> None:
    check_a_moved_visit(garage, box, by_vobject)


def test_ical_js_takes_a_cancelled_visit_out(garage: MadeGarage, box: MailBox, node_modules: Path) -> None:
    check_a_cancelled_visit(garage, box, by_ical_js(node_modules))


def test_ical_js_brings_a_moved_visit_to_its_new_time(
    garage: MadeGarage, box: MailBox, node_modules: Path
) -> None:
    check_a_moved_visit(garage, box, by_ical_js(node_modules))


def test_a_letter_about_a_move_tells_the_new_time_alone(garage: MadeGarage, box: MailBox) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_EMAIL)
    send_by_smtp(box)
    move_online(garage, appointment_id, THURSDAY_TEN)
    send_by_smtp(box)
    letter = letter_to_customer(box)
    for kind in ("text/plain", "text/html"):
        assert "10 déc." in part_of(letter, kind)
        assert "9 déc." not in part_of(letter, kind)


def test_a_granted_request_that_is_opened_again_and_declined_leaves_the_calendar(
    app_context: Flask, box: MailBox, clock: MovableClock
) -> None:
    clock.move_to(MONDAY)
    garage = make_garage(rules={"approval": True})
    number = book(garage, WEDNESDAY_NINE, customer=BY_EMAIL)
    send_by_smtp(box)
    step(garage, number, Status.CONFIRMED)
    clock.advance(seconds=60)
    send_by_smtp(box)
    undo_last(garage, number, at_any_time=True)
    clock.advance(seconds=60)
    send_by_smtp(box)
    decline(garage, number)
    clock.advance(seconds=60)
    send_by_smtp(box)
    asked, granted, *off = [letter for letter in box.letters if letter["To"] == BY_EMAIL.email]
    assert "text/calendar" not in {part.get_content_type() for part in asked.walk()}
    sent = [by_vobject(part_of(letter, "text/calendar")) for letter in (granted, *off)]
    assert [each["method"] for each in sent] == ["REQUEST", "CANCEL", "CANCEL"]
    assert [each["status"] for each in sent] == ["CONFIRMED", "CANCELLED", "CANCELLED"]
    assert sent[0]["sequence"] < sent[1]["sequence"] < sent[2]["sequence"]
    calendar = CustomersCalendar()
    for message in sent:
        calendar.take(message)
    assert calendar.shown == []


def test_a_request_that_is_declined_at_once_speaks_to_no_calendar(
    app_context: Flask, box: MailBox, clock: MovableClock
) -> None:
    clock.move_to(MONDAY)
    garage = make_garage(rules={"approval": True})
    number = book(garage, WEDNESDAY_NINE, customer=BY_EMAIL)
    decline(garage, number)
    clock.advance(seconds=60)
    send_by_smtp(box)
    assert "text/calendar" not in {part.get_content_type() for part in letter_to_customer(box).walk()}
