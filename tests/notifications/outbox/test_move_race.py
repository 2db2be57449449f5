"""Moving and cancelling at the very moment of sending, on a barrier.

A text is held against the appointment as it stood when the text was written: its arrival while it
was expected, and never anything but the change once that was committed. Whoever commits first has the
row of the message: a reminder that left is ``accepted``, one that the change was quicker than is
``cancelled``, and there is no third way. A sender that leaves the second look out, written here for the
purpose, shows the third way in the same rounds.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db.unit_of_work import reading, unit_of_work
from app.errors import DomainError
from app.tenancy.scope import scoped_to
from booking.appointments.requests import CUSTOMER
from notifications.channels.protocol import Outgoing
from notifications.content.rendering import show_link_in
from notifications.outbox import sending
from notifications.outbox.about import load_about
from notifications.outbox.claims import Claim
from notifications.outbox.links import show_short_link
from notifications.outbox.models import Message, State
from notifications.outbox.sending import send_due
from notifications.outbox.text import write_text
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import FakeChannel, add_reminder, list_rows
from tests.factories.moves import move_online
from tests.factories.steps import cancel
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
THURSDAY_TEN = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
STEP_SECONDS = 0.004
"""Who was first gives the other so much more of a start in the next round, on any machine: the rounds
keep to the very moment at which both arrive."""

CHANGES = ("changed", "cancelled")

SIGNS = {"reminder": "attendue mer. 9 déc. à 9 h", "changed": "10 déc. à 10 h", "cancelled": "annulée"}
"""Words of each kind of text that no other kind holds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a round ended: the change, the texts that left in their order, and the reminder's row."""

    change: str
    left: tuple[str, ...]
    reminder: State


TRUE_OUTCOMES = {
    Outcome(change, left, state)
    for change in CHANGES
    for left, state in (
        (("reminder", change), State.ACCEPTED),
        ((change,), State.CANCELLED),
    )
}
CONTRADICTIONS = {Outcome(change, ("reminder", change), State.CANCELLED) for change in CHANGES}
"""The reminder of a visit that is expected no more, told after that was committed."""


def test_no_text_contradicts_the_appointment_at_its_claim(app_context: Flask, clock: MovableClock) -> None:
    """24 rounds of moving and 24 of cancelling against the claim; either side is first sometimes."""
    assert set(run_rounds(app_context, clock, rounds=48)) == TRUE_OUTCOMES


@pytest.mark.long
def test_no_text_contradicts_the_appointment_at_its_claim_2000_times(
    app_context: Flask, clock: MovableClock
) -> None:
    assert set(run_rounds(app_context, clock, rounds=2000)) == TRUE_OUTCOMES


def test_a_sender_that_does_not_look_again_tells_what_is_no_longer_true(
    app_context: Flask, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same rounds and the same check, with the second look left out."""
    monkeypatch.setattr(sending, "_prepare", prepare_without_looking_again)
    assert set(run_rounds(app_context, clock, rounds=200, until=CONTRADICTIONS)) >= CONTRADICTIONS


def prepare_without_looking_again(claim: Claim) -> tuple[str, Outgoing] | None:
    """The text is written from what stood at the claim; whether the claim still holds is not asked."""
    own = (Message.garage_id == claim.garage_id, Message.id == claim.message_id)
    with scoped_to(claim.garage_id), reading() as session:
        message = session.scalars(select(Message).where(*own)).one()
        about = load_about(session, message)
        link = show_short_link(session, message)
    write_text(message, about, link=link.address)
    with scoped_to(claim.garage_id), unit_of_work() as session:
        session.execute(
            update(Message).where(*own, Message.state == State.CLAIMED).values(state=State.SENDING)
        )
    outgoing = Outgoing(
        garage_id=claim.garage_id,
        message_id=message.id,
        attempt=1,
        recipient=message.recipient,
        subject="",
        text=show_link_in(message.body, link.address),
        marker=link.token,
        locale=message.locale,
    )
    return message.channel, outgoing


def run_rounds(
    app: Flask, clock: MovableClock, *, rounds: int, until: Collection[Outcome] = ()
) -> Counter[Outcome]:
    """How often each outcome came about; every other round moves, the others cancel.

    Ends early once every outcome of ``until`` was seen, where any is given.
    """
    clock.move_to(MONDAY)
    garage = make_garage()
    add_reminder(garage, hours_before=24)
    seen: Counter[Outcome] = Counter()
    leads = dict.fromkeys(CHANGES, 0.0)
    for number in range(rounds):
        change = CHANGES[number % 2]
        outcome = one_round(app, clock, garage, change=change, lead=leads[change])
        leads[change] += STEP_SECONDS if outcome.reminder == State.ACCEPTED else -STEP_SECONDS
        seen[outcome] += 1
        if until and seen.keys() >= set(until):
            break
    return seen


def one_round(app: Flask, clock: MovableClock, garage: MadeGarage, *, change: str, lead: float) -> Outcome:
    """Book, let the reminder fall due, then change and send at once.

    The change starts ``lead`` seconds before the sender, both a little by chance.
    """
    clock.move_to(MONDAY)
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due({"sms": FakeChannel()})
    clock.move_to(WEDNESDAY_NINE - timedelta(hours=24))
    channel, start = FakeChannel(), Barrier(2)
    chance = random.random() * STEP_SECONDS  # no secret

    def send() -> None:
        with app.app_context():
            start.wait()
            sleep(max(lead, 0) + chance)
            send_due({"sms": channel})

    def carry_out() -> None:
        with app.app_context():
            start.wait()
            sleep(max(-lead, 0) + STEP_SECONDS - chance)
            if change == "changed":
                move_online(garage, appointment_id, THURSDAY_TEN)
            else:
                cancel(garage, appointment_id, actor=CUSTOMER)

    with ThreadPoolExecutor(2) as pool:
        for run in [pool.submit(send), pool.submit(carry_out)]:
            run.result()
    send_due({"sms": channel})
    outcome = outcome_of(garage, appointment_id, channel, change=change)
    with suppress(DomainError):
        cancel(garage, appointment_id, actor=CUSTOMER)
    send_due({"sms": FakeChannel()})  # nothing is left over for the next round
    return outcome


def outcome_of(garage: MadeGarage, appointment_id: int, channel: FakeChannel, *, change: str) -> Outcome:
    """The texts by the kind of their rows; each holds the sign of its kind, and of no other."""
    rows = {row.id: row for row in list_rows(garage, appointment_id=appointment_id)}
    left = tuple(str(rows[sent.message_id].kind) for sent in channel.sent)
    for kind, sent in zip(left, channel.sent, strict=True):
        assert [sign for sign in SIGNS.values() if sign in sent.text] == [SIGNS[kind]], sent.text
    reminders = [row for row in rows.values() if (row.kind, row.arrives_at) == ("reminder", WEDNESDAY_NINE)]
    (reminder,) = reminders
    return Outcome(change, left, State(reminder.state))
