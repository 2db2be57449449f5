"""A provider that answers in every wrong way at once: nothing goes out twice, nothing is lost."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from notifications.channels.twilio.channel import TwilioChannel
from notifications.outbox.jobs import SENDING_THREADS
from notifications.outbox.models import State
from notifications.outbox.sending import send_due
from notifications.receipts.jobs import look_for_unknown
from tests.concurrency.test_sending import rows_by_marker
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import list_rows, make_due_messages
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.twilio import StandIn

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
NO_PHONE = replace(CAMILLE, phone=None)
MIX: tuple[tuple[int, dict[str, Any]], ...] = (
    (10, {"do": "accept_then", "then": "hang", "seconds": 2}),
    (5, {"do": "accept_then", "then": "cut"}),
    (5, {"do": "accept_then", "then": "error"}),
    (5, {"do": "error"}),
    (5, {"do": "refuse", "status": 429, "code": 20429}),
    (5, {"do": "refuse", "status": 400, "code": 21211}),
    (65, {"do": "accept"}),
)
"""Percent of the calls, and what the provider does to them."""


def count_states(garage: MadeGarage) -> Counter[str]:
    return Counter(row.state for row in list_rows(garage, channel="sms"))


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.long)])
def test_a_mix_of_faults_sends_nothing_twice_and_loses_nothing(
    database: Database, twilio: StandIn, clock: MovableClock, record_property: Any, count: int
) -> None:
    clock.move_to(MONDAY)
    orders = [order for percent, order in MIX for _ in range(percent * count // 100)]
    random.Random(17).shuffle(orders)
    twilio.order(orders=orders)
    channels = {"sms": TwilioChannel(database.settings(**twilio.settings), time_limits=(5.0, 1.0))}
    with database.app.app_context():
        garage = make_garage()
        visit = book(garage, WEDNESDAY_NINE, customer=NO_PHONE)
        make_due_messages(garage, visit, count=count, channel="sms", kind="changed")
        send_due(channels, threads=SENDING_THREADS)
        clock.advance(minutes=2)
        send_due(channels, threads=SENDING_THREADS)
        settled = count_states(garage)
        for _ in range(3):
            clock.advance(minutes=21)
            while look_for_unknown(channels):
                pass
        after = count_states(garage)
    record_property("figures", {"sent": dict(settled), "looked for": dict(after)})
    share = count // 100
    assert settled == {State.ACCEPTED: 70 * share, State.UNKNOWN: 25 * share, State.FAILED: 5 * share}
    assert after == {State.ACCEPTED: 90 * share, State.UNKNOWN: 5 * share, State.FAILED: 5 * share}
    assert set(twilio.markers().values()) == {1}
    rows = {marker: row for marker, row in rows_by_marker(database, garage).items() if row.channel == "sms"}
    assert {marker for marker, row in rows.items() if row.state == State.ACCEPTED} == set(twilio.markers())
