"""Whom the desk should phone: what gets a visit on the list, and what takes it off again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.requests import CUSTOMER
from notifications.channels.protocol import Refused, Unknown
from notifications.outbox.models import State
from notifications.outbox.sending import send_due
from notifications.planning.subscribers import QUIET
from notifications.please_phone.queries import ToPhone, count_to_phone, get_phone_list
from notifications.receipts.jobs import look_for_unknown
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import FakeChannel, add_reminder, change_messages, make_due_messages
from tests.factories.moves import move_desk
from tests.factories.steps import cancel, step
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
REFUSED = Refused("21614", is_temporary=False)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    return make_garage()


@pytest.fixture
def visit(garage: MadeGarage) -> int:
    """A visit on Wednesday at nine whose confirmation was refused for good."""
    number = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel([REFUSED]).channels)
    return number


def to_phone(garage: MadeGarage) -> tuple[ToPhone, ...]:
    """The rows; the count in the rail always agrees."""
    with scoped_to(garage.id), reading() as session:
        rows = get_phone_list(session, garage.id, since=MONDAY).to_phone
        assert count_to_phone(session, garage.id) == len(rows)
    return rows


def visits(garage: MadeGarage) -> list[int]:
    return [row.view.id for row in to_phone(garage)]


# --- what is lost --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.FAILED, State.UNDELIVERED, State.EXPIRED])
def test_a_lost_message_puts_its_visit_on_the_list(garage: MadeGarage, visit: int, state: State) -> None:
    change_messages(garage, state=state)
    assert visits(garage) == [visit]


@pytest.mark.parametrize(
    "state",
    [
        State.PLANNED,
        State.CLAIMED,
        State.SENDING,
        State.ACCEPTED,
        State.DELIVERED,
        State.CANCELLED,
        State.SUPPRESSED,
    ],
)
def test_no_other_state_does(garage: MadeGarage, visit: int, state: State) -> None:
    change_messages(garage, state=state)
    assert visits(garage) == []


def test_an_unknown_message_is_looked_for_before_anybody_phones(
    garage: MadeGarage, clock: MovableClock
) -> None:
    visit = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    channels = FakeChannel([Unknown("cut")]).channels
    send_due(channels)
    seen = []
    for _ in range(4):
        seen.append(visits(garage))
        clock.advance(minutes=11)
        look_for_unknown(channels)
    assert seen == [[], [], [], [visit]]


def test_a_provider_that_cannot_be_asked_does_not_keep_a_message_from_the_list(
    garage: MadeGarage, visit: int, clock: MovableClock
) -> None:
    change_messages(garage, state=State.UNKNOWN, look_up_at=MONDAY + timedelta(days=1))
    clock.advance(minutes=29)
    assert visits(garage) == []
    clock.advance(minutes=1)
    assert visits(garage) == [visit]


def test_there_is_no_time_to_look_for_a_message_about_a_visit_that_begins_in_half_an_hour(
    garage: MadeGarage, visit: int, clock: MovableClock
) -> None:
    clock.move_to(WEDNESDAY_NINE - timedelta(minutes=30))
    change_messages(garage, state=State.UNKNOWN, look_up_at=WEDNESDAY_NINE, updated_at=clock.now())
    assert visits(garage) == [visit]


def test_a_reminder_that_quiet_hours_never_had_a_time_for_is_no_loss(garage: MadeGarage, visit: int) -> None:
    change_messages(garage, state=State.EXPIRED, kind="reminder", reason=QUIET)
    assert visits(garage) == []


# --- what is no longer worth a call --------------------------------------------------------------


def test_a_visit_that_has_begun_is_off_the_list(garage: MadeGarage, visit: int, clock: MovableClock) -> None:
    clock.move_to(WEDNESDAY_NINE)
    assert visits(garage) == []


def test_a_customer_who_is_here_need_not_be_phoned(garage: MadeGarage, visit: int) -> None:
    step(garage, visit, Status.ARRIVED)
    assert visits(garage) == []


def test_a_visit_that_its_customer_cancelled_is_off_the_list(garage: MadeGarage, visit: int) -> None:
    cancel(garage, visit, actor=CUSTOMER)
    send_due(FakeChannel([REFUSED]).channels)
    assert visits(garage) == []


def test_a_customer_who_does_not_know_that_the_garage_cancelled_is_phoned(
    garage: MadeGarage, visit: int, clock: MovableClock
) -> None:
    cancel(garage, visit)
    clock.advance(minutes=1)
    send_due(FakeChannel([REFUSED]).channels)
    assert [message.kind for row in to_phone(garage) for message in row.messages] == ["cancelled"]


def test_a_message_about_a_time_that_has_changed_is_off_the_list(garage: MadeGarage, visit: int) -> None:
    move_desk(garage, visit, WEDNESDAY_NINE + timedelta(hours=1))
    assert visits(garage) == []


def test_a_later_message_of_its_kind_that_arrived_settles_it(garage: MadeGarage, visit: int) -> None:
    make_due_messages(garage, visit, count=1, channel="sms", state=State.DELIVERED)
    assert visits(garage) == []


def test_a_later_message_of_another_kind_does_not(garage: MadeGarage, visit: int) -> None:
    make_due_messages(garage, visit, count=1, channel="sms", state=State.DELIVERED, kind="reminder")
    assert visits(garage) == [visit]


def test_a_customer_who_was_not_told_that_the_car_is_ready_is_phoned_until_it_is_collected(
    garage: MadeGarage, clock: MovableClock
) -> None:
    visit = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    clock.move_to(WEDNESDAY_NINE + timedelta(hours=1))
    step(garage, visit, Status.ARRIVED, Status.READY)
    clock.advance(minutes=1)
    send_due(FakeChannel([REFUSED]).channels)
    assert visits(garage) == [visit]
    step(garage, visit, Status.COLLECTED)
    assert visits(garage) == []


# --- the rows ------------------------------------------------------------------------------------


def test_the_visit_that_begins_first_comes_first(garage: MadeGarage) -> None:
    later = book(garage, WEDNESDAY_NINE + timedelta(hours=2), customer=BY_SMS_ONLY)
    sooner = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel([REFUSED]).channels)
    assert visits(garage) == [sooner, later]


def test_a_visit_with_two_lost_messages_is_one_row(garage: MadeGarage, clock: MovableClock) -> None:
    add_reminder(garage, hours_before=24)
    book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel([REFUSED]).channels)
    clock.move_to(WEDNESDAY_NINE - timedelta(hours=24))
    send_due(FakeChannel([REFUSED]).channels)
    assert [[message.kind for message in row.messages] for row in to_phone(garage)] == [
        ["confirmed", "reminder"]
    ]


def test_a_row_knows_that_the_same_went_out_by_e_mail(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE)
    send_due({"sms": FakeChannel([REFUSED]), "email": FakeChannel()})
    assert [row.kinds_mailed for row in to_phone(garage)] == [{"confirmed"}]


def test_another_garage_has_nobody_to_phone(garage: MadeGarage, visit: int) -> None:
    assert visits(make_garage(slug="other")) == []


def test_the_list_takes_the_same_statements_for_one_visit_and_for_many(
    garage: MadeGarage, visit: int, database: Database
) -> None:
    with count_statements(database.engine) as few:
        to_phone(garage)
    for hour in (1, 2):
        book(garage, WEDNESDAY_NINE + timedelta(hours=hour), customer=BY_SMS_ONLY)
    send_due(FakeChannel([REFUSED]).channels)
    with count_statements(database.engine) as many:
        assert len(to_phone(garage)) == 3
    assert many.count == few.count, many
