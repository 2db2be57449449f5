"""An e-mail on the wire: its headers and parts, and names that try to become headers."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from notifications.channels.protocol import Outgoing
from notifications.channels.smtp.letter import write_letter
from tests.factories.letters import HOST, LETTER, SENDER, make_letter

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
EVIL = [
    "Martin\r\nBcc: all@evil.example",
    "Martin\nX-Evil: 1\n\n<script>",
    "Martin\x00\x0b\x0c\x1c\x85\u2028Bcc: all@evil.example",
    '"Martin" <boss@evil.example>, other@evil.example',
    "=?utf-8?q?Martin=0D=0ABcc:_all@evil.example?=",
    "\u202egarage\u202c",
    "x" * 10_000,
    '\'; =HYPERLINK("http://evil.example")',
    "",
]


def received(message: Outgoing = LETTER) -> EmailMessage:
    """The letter as its reader's program parses it."""
    raw = write_letter(message, sender=SENDER, host=HOST, now=NOW).as_bytes()
    return message_from_bytes(raw, policy=policy.default)


def test_its_headers() -> None:
    letter = received()
    assert {name: str(value) for name, value in letter.items() if name != "Content-Type"} == {
        "From": "Atelier Martin Lyon <rendez-vous@garagenda.example>",
        "To": "camille@perrot.example",
        "Reply-To": "lyon@atelier-martin.example",
        "Subject": "C’est réservé : mar. 24 nov. à 8 h 30",
        "Date": "Mon, 23 Nov 2026 07:30:00 +0000",
        "Message-ID": "<message-3-41@book.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "fr",
        "MIME-Version": "1.0",
    }


def test_its_parts() -> None:
    types = [part.get_content_type() for part in received().walk()]
    assert types == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]


def test_the_invitation_names_its_method_and_comes_as_a_file_too() -> None:
    letter = received()
    calendar, attached = list(letter.walk())[-2:]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_param("charset") == "utf-8"
    assert attached.get_filename() == "K7M2QX.ics"
    assert attached.get_content_disposition() == "attachment"


def test_without_an_invitation_it_has_text_and_html_alone() -> None:
    letter = received(make_letter(mail={"invitation": None}))
    assert [part.get_content_type() for part in letter.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_every_byte_of_it_is_ascii_and_every_line_short() -> None:
    raw = write_letter(make_letter(text="é" * 5000), sender=SENDER, host=HOST, now=NOW).as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) < 998


def test_a_repeat_is_the_same_mail() -> None:
    again = received(make_letter(attempt=2))
    assert (again["Message-ID"], again["Date"]) == (received()["Message-ID"], received()["Date"])


def test_another_message_is_another_mail() -> None:
    assert received(make_letter(message_id=42))["Message-ID"] != received()["Message-ID"]
    assert received(make_letter(garage_id=4))["Message-ID"] != received()["Message-ID"]


def test_a_workshop_without_an_address_gets_no_answers() -> None:
    assert received(make_letter(mail={"reply_to": ""}))["Reply-To"] is None


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("place", ["sender_name", "subject"])
def test_no_name_becomes_a_header_or_a_party(place: str, name: str) -> None:
    changes: dict[str, Any] = {"mail": {"sender_name": name}} if place == "sender_name" else {"subject": name}
    letter = received(make_letter(**changes))
    assert letter.keys() == received().keys()
    (sender,), (reader,) = letter["From"].addresses, letter["To"].addresses
    assert (sender.addr_spec, reader.addr_spec) == (SENDER, LETTER.recipient)
    assert [part.get_content_type() for part in letter.walk()] == [
        part.get_content_type() for part in received().walk()
    ]


@pytest.mark.parametrize("name", EVIL)
def test_what_is_seen_of_a_name_is_one_short_line(name: str) -> None:
    shown = received(make_letter(mail={"sender_name": name}))["From"].addresses[0].display_name
    assert len(shown) <= 80
    assert not set(shown) & set("\r\n\x00\x0b\x0c\x1c\x85\u2028\u202e\u202c")
