"""What Twilio reports of a message: signed or refused, forward only, however often and in what order."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from urllib.parse import urlsplit

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.config import Settings
from app.db.unit_of_work import reading
from app.extensions import SETTINGS_KEY
from app.tenancy.scope import scoped_to
from notifications.channels.protocol import Accepted, Answer, Outgoing, Refused
from notifications.channels.twilio.addresses import status_address
from notifications.channels.twilio.signature import is_signed
from notifications.outbox.links import show_short_links
from notifications.outbox.models import FINAL, Message, State
from notifications.outbox.opt_outs import has_opted_out
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import (
    FakeChannel,
    change_messages,
    list_rows,
    make_due_messages,
    only_row,
    short_token,
)
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import PUBLIC_URL, Database
from tests.support.twilio import TOKEN, twilio_settings

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
SID = "SM" + "1" * 32


@pytest.fixture
def configured(database: Database, clock: MovableClock) -> Flask:
    """An installation with a provider; nobody answers there."""
    clock.move_to(MONDAY)
    return database.another_app(**twilio_settings("http://127.0.0.1:9"))


@pytest.fixture
def hooks(configured: Flask) -> CarefulClient:
    client = configured.test_client()
    assert isinstance(client, CarefulClient)
    return client


@pytest.fixture
def garage(configured: Flask) -> MadeGarage:
    """A garage with one text that the provider took as :data:`SID`."""
    with configured.app_context():
        garage = make_garage()
        book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
        send_due(FakeChannel([Accepted(SID)]).channels)
    return garage


def report(client: CarefulClient, marker: str, status: str, *, sid: str = SID, **more: str) -> TestResponse:
    """One callback, signed as Twilio signs it."""
    path = f"/hooks/twilio/status/{marker}"
    form = {"MessageSid": sid, "MessageStatus": status} | more
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC_URL + path, form)
    return client.post(path, data=form, headers={"X-Twilio-Signature": signature})


def marker_of(app: Flask, garage: MadeGarage) -> str:
    with app.app_context():
        return short_token(garage)


def stored(app: Flask, garage: MadeGarage) -> Message:
    with app.app_context():
        return only_row(garage)


# --- one report ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("queued", "", (State.ACCEPTED, "")),
        ("sent", "", (State.ACCEPTED, "")),
        ("delivered", "", (State.DELIVERED, "")),
        ("undelivered", "30003", (State.UNDELIVERED, "30003")),
        ("failed", "30008", (State.FAILED, "30008")),
        ("of_tomorrow", "", (State.ACCEPTED, "")),
    ],
)
def test_each_status_leads_to_its_state(
    configured: Flask,
    hooks: CarefulClient,
    garage: MadeGarage,
    status: str,
    code: str,
    expected: tuple[State, str],
) -> None:
    answer = report(hooks, marker_of(configured, garage), status, ErrorCode=code)
    row = stored(configured, garage)
    assert (answer.status_code, (row.state, row.reason)) == (204, expected)


@pytest.mark.parametrize("before", [State.SENDING, State.UNKNOWN, State.PLANNED])
def test_a_report_settles_what_nobody_knew(
    configured: Flask, hooks: CarefulClient, garage: MadeGarage, before: State
) -> None:
    marker = marker_of(configured, garage)
    with configured.app_context():
        change_messages(garage, state=before, provider_id="", sent_at=None, look_up_at=MONDAY)
    report(hooks, marker, "sent")
    row = stored(configured, garage)
    assert (row.state, row.provider_id, row.look_up_at) == (State.ACCEPTED, SID, None)


@pytest.mark.parametrize("final", sorted(FINAL))
@pytest.mark.parametrize("status", ["sent", "delivered", "failed"])
def test_a_final_state_is_never_overwritten(
    configured: Flask, hooks: CarefulClient, garage: MadeGarage, final: State, status: str
) -> None:
    marker = marker_of(configured, garage)
    with configured.app_context():
        change_messages(garage, state=final)
    report(hooks, marker, status)
    assert stored(configured, garage).state == final


def test_a_second_message_of_the_provider_changes_nothing(
    configured: Flask, hooks: CarefulClient, garage: MadeGarage
) -> None:
    report(hooks, marker_of(configured, garage), "failed", sid="SM" + "2" * 32)
    assert stored(configured, garage).state == State.ACCEPTED


def test_a_report_on_a_message_we_do_not_know_is_taken_and_forgotten(hooks: CarefulClient) -> None:
    assert report(hooks, "A" * 22, "sent").status_code == 204


@dataclass
class ReportingChannel:
    """A provider whose report comes before its answer."""

    hooks: CarefulClient
    answer: Answer

    def send(self, message: Outgoing) -> Answer:
        with ThreadPoolExecutor(1) as elsewhere:  # a request of its own, outside our context
            elsewhere.submit(report, self.hooks, message.marker, "delivered").result()
        return self.answer


@pytest.mark.parametrize("answer", [Accepted(SID), Refused("20429", is_temporary=True)])
def test_the_senders_own_answer_does_not_fight_an_earlier_report(
    configured: Flask, hooks: CarefulClient, answer: Answer
) -> None:
    with configured.app_context():
        garage = make_garage()
        book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    with configured.app_context():
        send_due({"sms": ReportingChannel(hooks, answer)})
    row = stored(configured, garage)
    assert (row.state, row.provider_id) == (State.DELIVERED, SID)


@pytest.mark.parametrize("status", ["failed", "undelivered"])
def test_a_report_that_the_reader_has_opted_out_is_heeded_from_then_on(
    configured: Flask, hooks: CarefulClient, garage: MadeGarage, status: str
) -> None:
    report(hooks, marker_of(configured, garage), status, ErrorCode="21610")
    row = stored(configured, garage)
    assert (row.state, row.reason) == (State.SUPPRESSED, "opted_out")
    with configured.app_context():
        assert row.appointment_id is not None
        make_due_messages(garage, row.appointment_id, count=1, channel="sms", recipient=row.recipient)
        send_due((channel := FakeChannel()).channels)
    assert channel.sent == []


def test_an_opt_out_is_kept_though_the_message_has_come_to_its_end(
    configured: Flask, hooks: CarefulClient, garage: MadeGarage
) -> None:
    report(hooks, marker_of(configured, garage), "undelivered", ErrorCode="30003")
    report(hooks, marker_of(configured, garage), "failed", ErrorCode="21610")
    row = stored(configured, garage)
    assert (row.state, row.reason) == (State.UNDELIVERED, "30003")
    with configured.app_context(), scoped_to(garage.id), reading() as session:
        assert has_opted_out(session, garage.id, row.recipient)


def test_another_messages_report_opts_nobody_out(
    configured: Flask, hooks: CarefulClient, garage: MadeGarage
) -> None:
    report(hooks, marker_of(configured, garage), "failed", sid="SM" + "2" * 32, ErrorCode="21610")
    with configured.app_context(), scoped_to(garage.id), reading() as session:
        assert not has_opted_out(session, garage.id, "+33639981427")


# --- many reports --------------------------------------------------------------------------------

RANKS = {"queued": 0, "sending": 0, "sent": 0, "delivered": 1, "undelivered": 1, "failed": 1}


def expected_states(calls: list[tuple[str, str, bool]]) -> dict[str, str]:
    """The model: the first final status of a message that was signed is the last word on it."""
    ends: dict[str, str] = {}
    for marker, status, is_genuine in calls:
        if is_genuine and RANKS[status]:
            ends.setdefault(marker, status)
    return ends


def test_a_thousand_forged_doubled_and_shuffled_reports_leave_what_the_model_says(
    configured: Flask, hooks: CarefulClient
) -> None:
    luck = random.Random(20261207)
    with configured.app_context():
        garage = make_garage()
        make_due_messages(garage, book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY), count=99)
        send_due(FakeChannel().channels)
        rows = list_rows(garage)
        with scoped_to(garage.id), reading() as session:
            markers = {
                row_id: link.token
                for row_id, link in show_short_links(session, garage.id, [row.id for row in rows]).items()
            }
    ids = {markers[row.id]: row.provider_id for row in rows}
    calls = [(luck.choice(list(ids)), luck.choice(list(RANKS)), luck.random() > 0.05) for _ in range(500)]
    calls += luck.choices(calls, k=500)
    luck.shuffle(calls)
    codes = {True: set[int](), False: set[int]()}
    for marker, status, is_genuine in calls:
        if is_genuine:
            answer = report(hooks, marker, status, sid=ids[marker])
        else:
            answer = hooks.post(
                f"/hooks/twilio/status/{marker}",
                data={"MessageSid": ids[marker], "MessageStatus": status},
                headers={"X-Twilio-Signature": "Zm9yZ2Vk"},
            )
        codes[is_genuine].add(answer.status_code)
    ends = expected_states(calls)
    with configured.app_context():
        states = {markers[row.id]: row.state for row in list_rows(garage)}
    assert states == {marker: ends.get(marker, State.ACCEPTED) for marker in ids}
    assert codes == {True: {204}, False: {403}}


# --- the signature -------------------------------------------------------------------------------

FORM = {"MessageSid": SID, "MessageStatus": "sent", "To": "+33639981427", "Extra": "é ü"}
FORGERIES = [
    {"headers": {}},
    {"headers": {"X-Twilio-Signature": ""}},
    {"headers": {"X-Twilio-Signature": "nonsense"}},
    {"headers": {"X-Twilio-Signature": "ÿ"}},
]


@pytest.mark.parametrize("forged", FORGERIES)
def test_an_unsigned_report_is_refused(hooks: CarefulClient, forged: dict[str, dict[str, str]]) -> None:
    assert hooks.post(f"/hooks/twilio/status/{'A' * 22}", data=FORM, **forged).status_code == 403


def test_without_a_provider_every_report_is_refused(app: Flask, client: CarefulClient) -> None:
    assert report(client, "A" * 22, "sent").status_code == 403


ADDRESSES = [
    f"{scheme}://garage.example{port}{prefix}"
    for scheme, port, prefix in product(
        ("http", "https"), ("", ":8443", ":443", ":80"), ("", "/book", "/a/b")
    )
]
QUERIES = ["", "?one=1", "?b=2&a=1&b=%20x"]


def at_address(app: Flask, public_url: str) -> CarefulClient:
    """A client of the same installation, known to the public by another address."""
    app.extensions[SETTINGS_KEY] = replace(app.extensions[SETTINGS_KEY], public_url=public_url)
    client = app.test_client()
    assert isinstance(client, CarefulClient)
    return client


def test_a_signature_for_the_public_address_holds_behind_any_proxy(configured: Flask) -> None:
    """The proxy speaks plain HTTP to us, at another port, and takes the prefix off or leaves it."""
    codes = Counter[int]()
    for public_url, query in product(ADDRESSES, QUERIES):
        path = f"/hooks/twilio/status/{'A' * 22}{query}"
        signature = RequestValidator(TOKEN).compute_signature(public_url + path, FORM)
        for prefix in {"", urlsplit(public_url).path}:
            answer = at_address(configured, public_url).post(
                path,
                base_url="http://127.0.0.1:8000",
                data=FORM,
                headers={"X-Twilio-Signature": signature, "X-Forwarded-Host": "evil.example"},
                environ_overrides={"SCRIPT_NAME": prefix},
            )
            codes[answer.status_code] += 1
    assert codes == {204: 120}


def test_a_signature_for_another_address_does_not_hold(configured: Flask) -> None:
    """Forged forwarding headers of an address that the caller can sign for change nothing."""
    codes = Counter[int]()
    path = f"/hooks/twilio/status/{'A' * 22}"
    signature = RequestValidator(TOKEN).compute_signature("https://evil.example" + path, FORM)
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Host": "evil.example"}
    for public_url in ADDRESSES:
        answer = at_address(configured, public_url).post(
            path,
            base_url="http://evil.example",
            data=FORM,
            headers={"X-Twilio-Signature": signature} | forged,
        )
        codes[answer.status_code] += 1
    assert codes == {403: len(ADDRESSES)}


def test_a_thousand_changed_forms_and_addresses_do_not_pass() -> None:
    luck = random.Random(7)
    address = status_address(Settings(public_url="https://garage.example"), "A" * 22)
    signature = RequestValidator(TOKEN).compute_signature(address, FORM)
    assert is_signed(TOKEN, address, form=MultiDict(FORM), signature=signature)
    passed = [
        changed
        for changed in (change(luck, address, signature) for _ in range(1000))
        if is_signed(TOKEN, changed[0], form=MultiDict(changed[1]), signature=changed[2])
    ]
    assert passed == []


def change(luck: random.Random, address: str, signature: str) -> tuple[str, dict[str, str], str]:
    """One character somewhere, or one field more or less."""
    form = dict(FORM)
    which = luck.randrange(4)
    if which == 0:
        return altered(luck, address), form, signature
    if which == 1:
        return address, form, altered(luck, signature)
    name = luck.choice(list(form))
    if which == 2:
        form[name] = altered(luck, form[name])
    else:
        del form[name]
    return address, form, signature


def altered(luck: random.Random, text: str) -> str:
    place = luck.randrange(len(text))
    other = luck.choice([letter for letter in "abcXYZ019/" if letter != text[place]])
    return text[:place] + other + text[place + 1 :]


def test_a_body_that_is_no_form_is_held_to_its_hash() -> None:
    body = '{"status": "sent"}'
    validator = RequestValidator(TOKEN)
    address = f"https://garage.example/hooks?bodySHA256={validator.compute_hash(body)}"
    signature = validator.compute_signature(address, {})
    empty: MultiDict[str, str] = MultiDict()
    assert is_signed(TOKEN, address, form=empty, body=body, signature=signature)
    assert not is_signed(TOKEN, address, form=empty, body=body + " ", signature=signature)


def test_a_json_body_without_a_hash_is_refused(hooks: CarefulClient) -> None:
    answer = hooks.post(f"/hooks/twilio/status/{'A' * 22}", json=FORM, headers={"X-Twilio-Signature": "x"})
    assert answer.status_code == 403


def test_what_is_reported_late_keeps_the_time_it_was_sent(
    configured: Flask, hooks: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    marker = marker_of(configured, garage)
    sent_at = stored(configured, garage).sent_at
    clock.advance(seconds=timedelta(hours=1).total_seconds())
    report(hooks, marker, "delivered")
    assert stored(configured, garage).sent_at == sent_at
