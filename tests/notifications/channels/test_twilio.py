"""The unmodified Twilio client over HTTP: what is asked of the provider, and what each answer leads to."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.config import Settings
from notifications.channels.choice import choose_channels
from notifications.channels.protocol import Accepted, OptedOut, Outgoing, Refused, Report, Unknown
from notifications.channels.sandbox import SandboxChannel
from notifications.channels.twilio.channel import TIME_LIMITS, TwilioChannel
from notifications.channels.twilio.client import open_line
from notifications.outbox.claims import LEASE
from notifications.outbox.models import State
from notifications.outbox.sending import THREAD_BATCH, send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import list_rows, only_row, short_token
from tests.support.clock import MovableClock
from tests.support.databases import KEY
from tests.support.servers import free_port
from tests.support.twilio import SENDER, StandIn, twilio_settings

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
QUICK = (1.0, 0.5)
"""Time limits for tests of what happens when they are over."""

TEXT = Outgoing(
    garage_id=1,
    message_id=7,
    attempt=1,
    recipient="+33639981427",
    subject="",
    text="Bonjour http://127.0.0.1:8000/r/AAAAAAAAAAAAAAAAAAAAAA",
    marker="AAAAAAAAAAAAAAAAAAAAAA",
    locale="fr",
)


def settings_at(url: str, **changes: str) -> Settings:
    values = {"env": "test", "link_keys": f"k1:{KEY}"} | twilio_settings(url) | changes
    return Settings.from_environ({f"GARAGENDA_{name.upper()}": value for name, value in values.items()})


@pytest.fixture
def channel(twilio: StandIn) -> TwilioChannel:
    return TwilioChannel(settings_at(twilio.url), time_limits=QUICK)


# --- what is asked -------------------------------------------------------------------------------


def test_a_text_names_its_reader_its_sender_and_where_to_report(
    twilio: StandIn, channel: TwilioChannel
) -> None:
    channel.send(TEXT)
    assert twilio.truth()["calls"] == [
        {
            "To": TEXT.recipient,
            "From": SENDER,
            "Body": TEXT.text,
            "StatusCallback": f"http://127.0.0.1:8000/hooks/twilio/status/{TEXT.marker}",
        }
    ]


def test_reports_go_below_the_prefix_of_the_public_address(twilio: StandIn) -> None:
    settings = settings_at(twilio.url, public_url="https://garage.example:8443/book")
    TwilioChannel(settings).send(TEXT)
    (taken,) = twilio.taken()
    assert taken["callback"] == f"https://garage.example:8443/book/hooks/twilio/status/{TEXT.marker}"


def test_a_messaging_service_goes_before_a_number(twilio: StandIn) -> None:
    settings = settings_at(twilio.url, twilio_messaging_service_sid="MG1")
    TwilioChannel(settings).send(TEXT)
    (call,) = twilio.truth()["calls"]
    assert (call["MessagingServiceSid"], "From" in call) == ("MG1", False)


def test_a_claim_outlives_the_slowest_calls_of_one_thread() -> None:
    session = open_line(settings_at("http://127.0.0.1:9"), TIME_LIMITS).session
    assert session.timeout == (5.0, 10.0)
    assert THREAD_BATCH * sum(session.timeout) < LEASE.total_seconds()


def test_the_provider_is_chosen_where_it_is_configured() -> None:
    bare = Settings.from_environ({"GARAGENDA_ENV": "test"})
    assert isinstance(choose_channels(bare)["sms"], SandboxChannel)
    assert isinstance(choose_channels(settings_at("http://127.0.0.1:9"))["sms"], TwilioChannel)


# --- what each answer means ----------------------------------------------------------------------

ANSWERS: list[tuple[dict[str, Any], object]] = [
    ({"do": "accept"}, Accepted(f"SM{1:032x}")),
    ({"do": "refuse", "status": 400, "code": 21211}, Refused("21211", is_temporary=False)),
    ({"do": "refuse", "status": 400, "code": 21408}, Refused("21408", is_temporary=False)),
    ({"do": "refuse", "status": 400, "code": 21614}, Refused("21614", is_temporary=False)),
    ({"do": "refuse", "status": 400, "code": 21610}, OptedOut("21610")),
    ({"do": "refuse", "status": 401, "code": 20003}, Refused("20003", is_temporary=True)),
    (
        {"do": "refuse", "status": 429, "code": 20429, "retry_after": 300},
        Refused("20429", is_temporary=True, retry_after_seconds=300),
    ),
    ({"do": "refuse", "status": 503, "code": None}, Unknown("503")),
    ({"do": "error"}, Unknown("20500")),
    ({"do": "hang"}, Unknown("timeout")),
    ({"do": "cut"}, Unknown("cut")),
    ({"do": "accept_then", "then": "cut"}, Unknown("cut")),
    ({"do": "accept_then", "then": "hang"}, Unknown("timeout")),
]


def test_every_answer_is_understood(twilio: StandIn, channel: TwilioChannel) -> None:
    for order, expected in ANSWERS:
        twilio.order(order)
        assert channel.send(TEXT) == expected, order


def test_no_call_is_made_twice(twilio: StandIn, channel: TwilioChannel) -> None:
    for order, _expected in ANSWERS:
        twilio.order(order)
        channel.send(TEXT)
    assert len(twilio.truth()["calls"]) == len(ANSWERS)


def test_nobody_listening_is_a_refusal_before_the_first_byte() -> None:
    channel = TwilioChannel(settings_at(f"http://127.0.0.1:{free_port()}"), time_limits=QUICK)
    assert channel.send(TEXT) == Refused("not_connected", is_temporary=True)


def test_a_name_that_does_not_resolve_is_a_refusal_before_the_first_byte(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_such_name(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    channel = TwilioChannel(settings_at("http://provider.example"), time_limits=QUICK)
    assert channel.send(TEXT) == Refused("not_connected", is_temporary=True)


@contextmanager
def deaf_port() -> Iterator[int]:
    """A port whose queue of connections is full: new ones wait until they time out."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for filler in fillers:
            filler.close()


def test_a_connection_that_never_comes_about_is_a_refusal_before_the_first_byte() -> None:
    with deaf_port() as port:
        channel = TwilioChannel(settings_at(f"http://127.0.0.1:{port}"), time_limits=QUICK)
        assert channel.send(TEXT) == Refused("connect_timeout", is_temporary=True)


def test_a_connection_is_kept_for_the_next_text(twilio: StandIn, channel: TwilioChannel) -> None:
    with ThreadPoolExecutor(1) as pool:
        list(pool.map(channel.send, [TEXT] * 3))
    assert channel.open_lines == 1


def test_threads_never_get_each_others_answers(twilio: StandIn, channel: TwilioChannel) -> None:
    texts = [replace(TEXT, recipient=f"+3363998{number:04d}") for number in range(80)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(channel.send, texts))
    ids = {text["to"]: text["sid"] for text in twilio.taken()}
    assert answers == [Accepted(ids[text.recipient]) for text in texts]


# --- the provider's list -------------------------------------------------------------------------


def test_a_text_is_found_by_its_marker(twilio: StandIn, channel: TwilioChannel, clock: MovableClock) -> None:
    twilio.order({"do": "accept_then", "then": "cut"})
    channel.send(TEXT)
    channel.send(replace(TEXT, text="another"))
    found = channel.find(TEXT.marker, recipient=TEXT.recipient, since=clock.now())
    assert found == Report(f"SM{1:032x}", "accepted")


def test_a_text_to_somebody_else_is_not_it(
    twilio: StandIn, channel: TwilioChannel, clock: MovableClock
) -> None:
    channel.send(TEXT)
    assert channel.find(TEXT.marker, recipient="+33639980000", since=clock.now()) is None


# --- what becomes of the message -----------------------------------------------------------------


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    return make_garage()


STATES: list[tuple[dict[str, Any], tuple[State, str]]] = [
    ({"do": "accept"}, (State.ACCEPTED, "")),
    ({"do": "refuse", "status": 400, "code": 21211}, (State.FAILED, "21211")),
    ({"do": "refuse", "status": 400, "code": 21610}, (State.SUPPRESSED, "opted_out")),
    ({"do": "refuse", "status": 400, "code": 21614}, (State.FAILED, "21614")),
    ({"do": "refuse", "status": 429, "code": 20429}, (State.PLANNED, "20429")),
    ({"do": "error"}, (State.UNKNOWN, "20500")),
    ({"do": "hang"}, (State.UNKNOWN, "timeout")),
    ({"do": "cut"}, (State.UNKNOWN, "cut")),
    ({"do": "accept_then", "then": "cut"}, (State.UNKNOWN, "cut")),
]


def test_each_answer_leads_to_its_state(garage: MadeGarage, twilio: StandIn, channel: TwilioChannel) -> None:
    for number, (order, expected) in enumerate(STATES):
        who = replace(BY_SMS_ONLY, phone=f"+3363998{number:04d}")
        appointment_id = book(
            garage, WEDNESDAY_NINE + timedelta(days=number // 3, hours=number % 3), customer=who
        )
        twilio.order(order)
        send_due({"sms": channel})
        row = only_row(garage, appointment_id=appointment_id)
        assert (row.state, row.reason) == expected, order


def test_what_is_sent_can_be_found_by_the_link_in_it(
    garage: MadeGarage, twilio: StandIn, channel: TwilioChannel
) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due({"sms": channel})
    assert list(twilio.markers()) == [short_token(garage)]


def test_it_waits_as_long_as_the_provider_asks(
    garage: MadeGarage, twilio: StandIn, channel: TwilioChannel, clock: MovableClock
) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    twilio.order({"do": "refuse", "status": 429, "code": 20429, "retry_after": 600})
    with clock.at(MONDAY + timedelta(minutes=1)):
        send_due({"sms": channel})
    assert only_row(garage).due_at == MONDAY + timedelta(minutes=11)


def test_a_provider_that_waits_for_less_than_our_patience_does_not_shorten_it(
    garage: MadeGarage, twilio: StandIn, channel: TwilioChannel, clock: MovableClock
) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    twilio.order({"do": "refuse", "status": 429, "code": 20429, "retry_after": 1})
    with clock.at(MONDAY + timedelta(minutes=1)):
        send_due({"sms": channel})
    assert only_row(garage).due_at == MONDAY + timedelta(minutes=2)


# --- opting out ----------------------------------------------------------------------------------


@pytest.fixture
def opted_out(garage: MadeGarage, twilio: StandIn, channel: TwilioChannel) -> MadeGarage:
    """The provider has said once that the number wants nothing."""
    twilio.order({"do": "refuse", "status": 400, "code": 21610})
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due({"sms": channel})
    return garage


def test_after_an_opt_out_no_text_is_planned_for_the_number(opted_out: MadeGarage) -> None:
    book(opted_out, WEDNESDAY_NINE + timedelta(hours=2), customer=BY_SMS_ONLY)
    assert len(list_rows(opted_out)) == 1


def test_after_an_opt_out_what_was_planned_is_not_sent(
    garage: MadeGarage, twilio: StandIn, channel: TwilioChannel
) -> None:
    first = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    second = book(garage, WEDNESDAY_NINE + timedelta(hours=2), customer=BY_SMS_ONLY)
    twilio.order({"do": "refuse", "status": 400, "code": 21610})
    send_due({"sms": channel})
    states = [only_row(garage, appointment_id=each).reason for each in (first, second)]
    assert (states, len(twilio.truth()["calls"])) == (["opted_out", "opted_out"], 1)


def test_an_opt_out_is_one_garages_own(
    opted_out: MadeGarage, twilio: StandIn, channel: TwilioChannel
) -> None:
    other = make_garage(slug="other")
    book(other, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due({"sms": channel})
    assert only_row(other).state == State.ACCEPTED
