"""Looking for unknown messages in the provider's list: found or not, never sent again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import across_garages
from notifications.channels.protocol import Answer, Outgoing, Report, Unknown
from notifications.outbox.claims import claim_due, end_lapsed_leases
from notifications.outbox.models import Message, State
from notifications.outbox.sending import send_due
from notifications.receipts.jobs import look_for_unknown
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import change_messages, only_row, short_token
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
FOUND = Report("SM1", "accepted")


@dataclass
class Provider:
    """Answers nothing when told to send; its list answers with ``listed``."""

    listed: Report | Exception | None = None
    sent: list[Outgoing] = field(default_factory=list)
    asked: list[tuple[str, str, datetime]] = field(default_factory=list)

    def send(self, message: Outgoing) -> Answer:
        self.sent.append(message)
        return Unknown("cut")

    def find(self, marker: str, /, *, recipient: str, since: datetime) -> Report | None:
        self.asked.append((marker, recipient, since))
        if isinstance(self.listed, Exception):
            raise self.listed
        return self.listed


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    return make_garage()


@pytest.fixture
def provider(garage: MadeGarage, clock: MovableClock) -> Provider:
    """It was handed one text at :data:`MONDAY` and the line was cut."""
    provider = Provider()
    with clock.at(MONDAY):
        book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
        send_due({"sms": provider})
    return provider


def look(clock: MovableClock, provider: Provider, *, minutes: float) -> None:
    with clock.at(MONDAY + timedelta(minutes=minutes)):
        look_for_unknown({"sms": provider})


def asked_at(clock: MovableClock, provider: Provider, *, until: int = 120) -> list[int]:
    """The minutes after its sending at which the provider was asked, looking once a minute."""
    minutes = []
    for minute in range(until):
        before = len(provider.asked)
        look(clock, provider, minutes=minute)
        minutes += [minute] * (len(provider.asked) - before)
    return minutes


def state(garage: MadeGarage) -> tuple[str, str]:
    row: Message = only_row(garage)
    return row.state, row.provider_id


def test_it_is_looked_for_after_2_10_and_30_minutes(
    garage: MadeGarage, provider: Provider, clock: MovableClock
) -> None:
    assert asked_at(clock, provider) == [2, 10, 30]


def test_the_provider_is_asked_by_recipient_and_marker_about_the_time_it_was_sent(
    garage: MadeGarage, provider: Provider, clock: MovableClock
) -> None:
    look(clock, provider, minutes=2)
    assert provider.asked == [(short_token(garage), CAMILLE.phone, MONDAY)]


def test_a_text_whose_sender_died_is_looked_for_where_it_left_however_late(
    garage: MadeGarage, provider: Provider, clock: MovableClock
) -> None:
    change_messages(garage, state=State.SENDING, lease_until=MONDAY + timedelta(minutes=1), look_up_at=None)
    three_days = 3 * 24 * 60
    with clock.at(MONDAY + timedelta(days=3)), across_garages("as the scheduler"), unit_of_work() as session:
        assert end_lapsed_leases(session) == 1
    look(clock, provider, minutes=three_days + 2)
    assert provider.asked == [(short_token(garage), CAMILLE.phone, MONDAY)]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (FOUND, State.ACCEPTED),
        (Report("SM1", "delivered"), State.DELIVERED),
        (Report("SM1", "undelivered", "30003"), State.UNDELIVERED),
    ],
)
def test_what_the_provider_has_is_settled_by_its_word(
    garage: MadeGarage, provider: Provider, clock: MovableClock, listed: Report, expected: State
) -> None:
    provider.listed = listed
    look(clock, provider, minutes=2)
    assert state(garage) == (expected, "SM1")


def test_what_shows_up_late_in_the_list_is_found_at_a_later_look(
    garage: MadeGarage, provider: Provider, clock: MovableClock
) -> None:
    look(clock, provider, minutes=2)
    look(clock, provider, minutes=10)
    provider.listed = FOUND
    look(clock, provider, minutes=30)
    assert state(garage) == (State.ACCEPTED, "SM1")


def test_what_is_never_found_stays_unknown_for_good_and_is_not_sent_again(
    garage: MadeGarage, provider: Provider, clock: MovableClock
) -> None:
    asked_at(clock, provider, until=31)
    with clock.at(MONDAY + timedelta(hours=5)):
        send_due({"sms": provider})
        end_leases_now()
    row = only_row(garage)
    assert (row.state, row.look_up_at, len(provider.sent)) == (State.UNKNOWN, None, 1)


def test_a_list_that_cannot_be_read_is_asked_again_and_does_not_count(
    garage: MadeGarage, provider: Provider, clock: MovableClock
) -> None:
    provider.listed = ConnectionResetError("cut")
    look(clock, provider, minutes=2)
    row = only_row(garage)
    assert (row.lookups, row.look_up_at) == (0, MONDAY + timedelta(minutes=4))


def test_a_list_that_can_never_be_read_is_not_asked_for_ever(
    garage: MadeGarage, provider: Provider, clock: MovableClock
) -> None:
    provider.listed = ConnectionResetError("cut")
    with clock.at(WEDNESDAY_NINE + timedelta(minutes=1)):
        look_for_unknown({"sms": provider})
        change = only_row(garage).look_up_at
    assert change is None or change > WEDNESDAY_NINE
    for minute in range(2, 60):
        with clock.at(WEDNESDAY_NINE + timedelta(minutes=minute)):
            look_for_unknown({"sms": provider})
    assert only_row(garage).look_up_at is None


def test_a_channel_without_a_list_leaves_it_unknown(
    garage: MadeGarage, provider: Provider, clock: MovableClock
) -> None:
    with clock.at(MONDAY + timedelta(minutes=2)):
        look_for_unknown({})
    assert only_row(garage).state == State.UNKNOWN


def test_a_message_whose_sender_died_is_looked_for_as_well(
    garage: MadeGarage, provider: Provider, clock: MovableClock
) -> None:
    with clock.at(MONDAY):
        change_messages(garage, state=State.PLANNED, look_up_at=None)
        with across_garages("test"), unit_of_work() as session:
            claim_due(session, ("sms",))
        change_messages(garage, state=State.SENDING)
    with clock.at(MONDAY + timedelta(seconds=61)):
        end_leases_now()
    provider.listed = FOUND
    look(clock, provider, minutes=3.1)
    assert state(garage) == (State.ACCEPTED, "SM1")


def end_leases_now() -> None:
    with across_garages("test"), unit_of_work() as session:
        end_lapsed_leases(session)
