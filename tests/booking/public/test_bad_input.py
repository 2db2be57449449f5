"""Every field of the customer's forms, with six bad values each: refused, named, and kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from markupsafe import escape
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment
from booking.drafts.models import BookingDraft
from tests.factories.appointments import book, manage_token
from tests.factories.drafts import start_draft_with
from tests.support.steps import CONTACT, VEHICLE, Steps, text_of

ARRIVAL = "2026-11-23T10:00:00+01:00"
UNSEEN = "\u200b"  # looks empty, is not
BACKWARDS = "\u202eשלום"  # a foreign script behind a character that turns the line around
UNREADABLE = "\ufffd"  # what becomes of bytes that are no text

FREE_TEXT = {
    "too long": "a" * 1001,
    "control characters": "one\x00two",
    "wrong type": UNREADABLE,
    "empty": UNSEEN,
    "html": "<script>alert(1)</script>",
    "foreign script": BACKWARDS,
}
NOTE = FREE_TEXT | {"empty": "\x1f", "foreign script": "שלום\x9b"}
"""In notes, marks that are not seen and those of direction are part of many scripts."""
CHOICE = {
    "too long": "x" * 3000,
    "control characters": "1\x07",
    "wrong type": "42",
    "empty": " ",
    "html": "<b>1</b>",
    "foreign script": "да",
}
BAD: dict[str, dict[str, str]] = {
    "service": CHOICE | {"empty": ""},
    "plate": {
        "too long": "GA482QTGA482QT",
        "control characters": "GA\x07482QT",
        "wrong type": "#?!",
        "empty": "",
        "html": "<b>GA482QT</b>",
        "foreign script": "Ж123ЖЖ",
    },
    "no_plate": CHOICE,
    "country": CHOICE,
    "make_model": FREE_TEXT | {"too long": "a" * 61},
    "energy": CHOICE,
    "vehicle_class": CHOICE,
    "change_mode": CHOICE | {"empty": ""},
    "mode": CHOICE | {"empty": ""},
    "arrives_at": {
        "too long": ARRIVAL * 50,
        "control characters": f"{ARRIVAL}\x00",
        "wrong type": "2026-11-23T10:00:00",
        "empty": "",
        "html": f"<b>{ARRIVAL}</b>",
        "foreign script": "٢٠٢٦-١١-٢٣",
    },
    "name": {
        "too long": "a" * 81,
        "control characters": "Camille\x1b",
        "wrong type": "12345",
        "empty": "",
        "html": "<b>Camille</b>",
        "foreign script": BACKWARDS,
    },
    "phone": {
        "too long": "06 39 98 14 27 06 39",
        "control characters": "06 39\x00 98 14 27",
        "wrong type": "camille",
        "empty": "",
        "html": "<b>06 39 98 14 27</b>",
        "foreign script": "телефон",
    },
    "email": {
        "too long": "a" * 260 + "@perrot.example",
        "control characters": "camille\x00@perrot.example",
        "wrong type": "06 39 98 14 27",
        "empty": UNSEEN,
        "html": "<b>camille@perrot.example</b>",
        "foreign script": "камилла@perrot.example",
    },
    "notes": NOTE,
    "sms_consent": CHOICE,
    "reason": NOTE,
}
STEP_OF = {
    **dict.fromkeys(("service",), "services"),
    **dict.fromkeys(("plate", "no_plate", "country", "make_model", "energy", "vehicle_class"), "vehicle"),
    **dict.fromkeys(("change_mode", "mode", "arrives_at"), "slot"),
    **dict.fromkeys(("name", "phone", "email", "notes", "sms_consent"), "contact"),
}
GOOD: dict[str, dict[str, Any]] = {
    "services": {},
    "vehicle": VEHICLE,
    "slot": {"mode": "wait", "arrives_at": ARRIVAL},
    "contact": CONTACT,
}
ANSWERS = {"services": ["oil"], "vehicle": VEHICLE, "slot": GOOD["slot"]}
CASES = [(field, kind) for field, values in BAD.items() for kind in values]
TYPED_INTO = {"plate", "make_model", "name", "phone", "email", "notes", "reason"}


def send(visitor: Steps, field: str, value: str) -> TestResponse:
    """The field's form with everything right but this one value."""
    app = visitor.client.application
    if field == "reason":
        with app.app_context():
            token = manage_token(visitor.garage, book(visitor.garage, datetime.fromisoformat(ARRIVAL)))
        return visitor.client.post(f"/a/{token}/cancel?lang=en", data={"reason": value})
    with app.app_context():
        visitor.draft = f"{visitor.start}/b/{start_draft_with(visitor.garage, answers=ANSWERS)}"
    return visitor.post(STEP_OF[field], **(GOOD[STEP_OF[field]] | {field: value}))


def stored_answers(visitor: Steps) -> dict[str, Any]:
    with visitor.client.application.app_context(), scoped_to(visitor.garage.id), reading() as session:
        draft = session.scalar(select(BookingDraft).where(BookingDraft.garage_id == visitor.garage.id))
        assert draft is not None
        return dict(draft.answers)


@pytest.mark.parametrize(("field", "kind"), CASES, ids=[f"{field}-{kind}" for field, kind in CASES])
def test_a_bad_value_is_refused_named_and_kept(visitor: Steps, field: str, kind: str) -> None:
    value = BAD[field][kind]
    answer = send(visitor, field, value)
    page = answer.get_data(as_text=True)
    shown = "mode" if field == "change_mode" else field
    assert answer.status_code == 422
    assert f'<li><a href="#{shown}">' in page
    assert f'id="{shown}"' in page
    assert "<title>Error: " in page
    if field in TYPED_INTO:
        assert str(escape(value)) in page
    elif field == "service":
        assert stored_answers(visitor)["services"] == ([value] if value else [""])
    else:
        assert stored_answers(visitor)[STEP_OF[field]][shown] == value


def test_markup_that_was_typed_comes_back_as_words(visitor: Steps) -> None:
    page = send(visitor, "name", "<b>Camille</b>").get_data(as_text=True)
    assert 'value="&lt;b&gt;Camille&lt;/b&gt;"' in page
    assert "<b>Camille</b>" not in page


def test_everything_else_in_the_form_is_kept_too(visitor: Steps) -> None:
    visitor.up_to_contact()
    visitor.post("contact", **(CONTACT | {"phone": "06 39", "notes": "It squeaks.", "sms_consent": "1"}))
    page = visitor.get("contact").get_data(as_text=True)
    assert 'value="06 39"' in page
    assert "It squeaks." in page
    assert 'id="sms_consent" name="sms_consent" value="1" checked' in page


def test_a_name_in_any_script_is_a_name(visitor: Steps) -> None:
    visitor.up_to_contact()
    assert visitor.post("contact", **(CONTACT | {"name": "Αλεξάνδρα 李"})).status_code == 303


def test_either_number_or_address_is_asked_for(visitor: Steps) -> None:
    visitor.up_to_contact()
    answer = visitor.post("contact", **(CONTACT | {"phone": "", "email": ""}))
    assert "Mobile: Leave a mobile number or an e-mail address" in text_of(answer)


def test_an_address_alone_is_enough(visitor: Steps) -> None:
    visitor.up_to_contact()
    assert (
        visitor.post("contact", **(CONTACT | {"phone": "", "email": "c@perrot.example"})).status_code == 303
    )


def test_the_first_form_keeps_what_was_ticked_beside_a_wrong_one(visitor: Steps) -> None:
    answer = visitor.client.post(visitor.start, data={"service": ["oil", "nonsense"]})
    assert answer.status_code == 422
    assert 'value="oil" data-minutes="45" data-cents="8900" checked' in answer.get_data(as_text=True)


@pytest.mark.parametrize("field", ["name", "phone", "email", "notes"])
def test_what_is_refused_is_kept_in_full(visitor: Steps, field: str) -> None:
    value = "a" * 9_000 + "@perrot.example"
    answer = send(visitor, field, value)
    assert answer.status_code == 422
    assert value in answer.text
    assert stored_answers(visitor)["contact"][field] == value


def test_a_form_of_more_than_64_kb_is_not_read(visitor: Steps) -> None:
    assert send(visitor, "notes", "a" * 70_000).status_code == 413


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Merci \U0001f468\u200d\U0001f527 !", "Merci \U0001f468\u200d\U0001f527 !"),
        ("\u200fשלום, Golf\u200e", "\u200fשלום, Golf\u200e"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u202eoil\u202c and \u2066tyres\u2069", "oil and tyres"),
        (" \u200b ", ""),
        ("one\r\ntwo", "one\ntwo"),
    ],
)
def test_a_note_may_be_written_in_any_script(visitor: Steps, written: str, kept: str) -> None:
    visitor.up_to_contact()
    assert visitor.post("contact", **(CONTACT | {"notes": written})).status_code == 303
    with visitor.client.application.app_context(), scoped_to(visitor.garage.id), reading() as session:
        notes = session.scalars(select(Appointment.notes).where(Appointment.garage_id == visitor.garage.id))
        assert list(notes) == [kept]
