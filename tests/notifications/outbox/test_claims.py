"""Leases and fences: one sender per message, and nothing lost or doubled when a sender dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import across_garages
from notifications.channels.protocol import Accepted, Answer, Outgoing
from notifications.outbox.claims import LEASE, Claim, claim_due, end_lapsed_leases
from notifications.outbox.jobs import end_leases
from notifications.outbox.models import State
from notifications.outbox.sending import deliver, send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import (
    FakeChannel,
    change_messages,
    list_rows,
    make_due_messages,
    only_row,
)
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    return make_garage()


@pytest.fixture
def claim(garage: MadeGarage) -> Claim:
    """The one due message of the garage, claimed."""
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    (claim,) = take()
    return claim


def take(limit: int = 20) -> list[Claim]:
    with across_garages("test"), unit_of_work() as session:
        return claim_due(session, ("sms", "email"), limit=limit)


def end_leases_now() -> int:
    with across_garages("test"), unit_of_work() as session:
        return end_lapsed_leases(session)


def test_a_claimed_message_is_not_claimed_again(garage: MadeGarage, claim: Claim) -> None:
    assert take() == []


def test_the_oldest_message_is_claimed_first(garage: MadeGarage, clock: MovableClock) -> None:
    make_due_messages(garage, book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY), count=2)
    with clock.at(MONDAY + timedelta(hours=1)):
        (first,) = take(limit=1)
    assert first.message_id == only_row(garage, channel="sms").id


def test_messages_of_all_garages_are_claimed(garage: MadeGarage) -> None:
    other = make_garage(slug="other")
    for each in (garage, other):
        book(each, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    assert {claim.garage_id for claim in take()} == {garage.id, other.id}


def test_every_claim_raises_the_fence(garage: MadeGarage, claim: Claim, clock: MovableClock) -> None:
    clock.advance(seconds=61)
    end_leases_now()
    assert take()[0].fence > claim.fence


# --- a sender that died --------------------------------------------------------------------------


def test_a_claim_whose_sender_died_is_planned_again(
    garage: MadeGarage, claim: Claim, clock: MovableClock
) -> None:
    clock.advance(seconds=61)
    end_leases()
    assert only_row(garage).state == State.PLANNED


def test_a_lease_that_still_runs_is_left_alone(garage: MadeGarage, claim: Claim, clock: MovableClock) -> None:
    clock.advance(seconds=50)
    end_leases()
    assert only_row(garage).state == State.CLAIMED


def test_a_message_that_was_being_sent_is_unknown_and_stays_so(
    garage: MadeGarage, claim: Claim, clock: MovableClock
) -> None:
    channel = FakeChannel()
    change_messages(garage, state=State.SENDING)
    clock.advance(seconds=61)
    end_leases()
    send_due(channel.channels)
    row = only_row(garage)
    assert (row.state, row.reason, channel.sent) == (State.UNKNOWN, "lapsed", [])


def test_a_sender_whose_lease_is_over_does_not_begin(
    garage: MadeGarage, claim: Claim, clock: MovableClock
) -> None:
    channel = FakeChannel()
    clock.advance(seconds=61)
    deliver(claim, channel.channels)
    assert channel.sent == []


def test_a_sender_whose_claim_went_to_another_does_not_begin(
    garage: MadeGarage, claim: Claim, clock: MovableClock
) -> None:
    channel = FakeChannel()
    clock.advance(seconds=61)
    end_leases_now()
    take()
    deliver(claim, channel.channels)
    assert channel.sent == []


def test_a_voided_message_is_not_sent_by_the_sender_that_holds_it(garage: MadeGarage, claim: Claim) -> None:
    channel = FakeChannel()
    change_messages(garage, state=State.CANCELLED)
    deliver(claim, channel.channels)
    assert (channel.sent, only_row(garage).state) == ([], State.CANCELLED)


class SlowChannel:
    """Answers so late that its message has been settled by somebody else."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock

    def send(self, _message: Outgoing) -> Answer:
        self.clock.advance(seconds=LEASE.total_seconds() + 1)
        end_leases_now()
        return Accepted("too-late")


def test_a_late_answer_overwrites_nothing(garage: MadeGarage, claim: Claim, clock: MovableClock) -> None:
    deliver(claim, {"sms": SlowChannel(clock)})
    row = only_row(garage)
    assert (row.state, row.provider_id) == (State.UNKNOWN, "")


class Witness:
    """Notes the state that everybody else can read at the moment of the call."""

    def __init__(self, garage: MadeGarage) -> None:
        self.garage = garage
        self.seen: list[tuple[str, bool]] = []

    def send(self, _message: Outgoing) -> Answer:
        row = only_row(self.garage)
        self.seen.append((row.state, row.body != ""))
        return Accepted("SM1")


def test_sending_is_committed_with_its_text_before_the_call(garage: MadeGarage, claim: Claim) -> None:
    witness = Witness(garage)
    deliver(claim, {"sms": witness})
    assert witness.seen == [(State.SENDING, True)]


# --- many senders --------------------------------------------------------------------------------


def test_threads_never_get_the_same_message(garage: MadeGarage, app_context: Flask) -> None:
    make_due_messages(garage, book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY), count=60)
    start = Barrier(6)

    def claim_all() -> list[int]:
        with app_context.app_context():
            start.wait()
            taken: list[int] = []
            while batch := take(limit=3):
                taken += [claim.message_id for claim in batch]
            return taken

    with ThreadPoolExecutor(6) as pool:
        runs = [pool.submit(claim_all) for _ in range(6)]
        taken = [message_id for run in runs for message_id in run.result()]
    assert sorted(taken) == sorted(row.id for row in list_rows(garage))


def test_threads_send_each_message_once(garage: MadeGarage, app_context: Flask) -> None:
    make_due_messages(garage, book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY), count=40)
    channel = FakeChannel()

    def send() -> None:
        with app_context.app_context():
            send_due(channel.channels)

    with ThreadPoolExecutor(4) as pool:
        for run in [pool.submit(send) for _ in range(4)]:
            run.result()
    assert sorted(sent.message_id for sent in channel.sent) == sorted(row.id for row in list_rows(garage))
