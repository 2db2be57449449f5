"""One text per final state: what moves, cancelling, readiness and undoing tell the customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db.unit_of_work import reading, unit_of_work
from app.security.links import LinkTarget
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.queries import get_appointment_view
from booking.resources.models import Resource
from notifications.channels.protocol import Report, Unknown
from notifications.outbox.links import MESSAGE
from notifications.outbox.models import Message, State
from notifications.outbox.sending import send_due
from notifications.receipts.operations import apply_report
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import FakeChannel, add_reminder, list_rows, only_row, set_quiet_hours
from tests.factories.moves import move_desk, move_online, undo_last
from tests.factories.steps import cancel, step
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
WEDNESDAY_TEN = WEDNESDAY_NINE + timedelta(hours=1)
BY_SMS_ONLY = replace(CAMILLE, email=None)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    return make_garage(bays=2, technicians=2)


@pytest.fixture
def told_once(garage: MadeGarage) -> int:
    """An appointment on Wednesday at nine, confirmed by SMS."""
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    return appointment_id


def planned(garage: MadeGarage) -> list[tuple[str, datetime]]:
    """Kind and arrival of what is still to go out."""
    return [(row.kind, row.arrives_at) for row in list_rows(garage, state=State.PLANNED)]


def waits(row: Message) -> float:
    return (row.due_at - row.created_at).total_seconds()


def test_a_move_at_the_desk_is_told_two_minutes_later(garage: MadeGarage, told_once: int) -> None:
    move_desk(garage, told_once, WEDNESDAY_TEN)
    (row,) = list_rows(garage, kind="changed")
    assert (row.state, row.arrives_at) == (State.PLANNED, WEDNESDAY_TEN)
    assert waits(row) == pytest.approx(120, abs=1)


def test_the_customers_own_move_is_answered_at_once(garage: MadeGarage, told_once: int) -> None:
    move_online(garage, told_once, WEDNESDAY_TEN)
    (row,) = list_rows(garage, kind="changed")
    assert waits(row) == pytest.approx(0, abs=1)
    channel = FakeChannel()
    assert send_due(channel.channels) == 1
    assert "10 h" in channel.sent[0].text


def test_a_new_time_is_told_without_consent(garage: MadeGarage) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=replace(BY_SMS_ONLY, sms_consent=False))
    move_desk(garage, appointment_id, WEDNESDAY_TEN)
    assert planned(garage) == [("changed", WEDNESDAY_TEN)]


def test_a_second_move_replaces_the_first_ones_text(garage: MadeGarage, told_once: int) -> None:
    move_desk(garage, told_once, WEDNESDAY_TEN)
    move_desk(garage, told_once, WEDNESDAY_TEN + timedelta(minutes=30))
    assert planned(garage) == [("changed", WEDNESDAY_TEN + timedelta(minutes=30))]


def test_a_move_that_is_undone_tells_nothing(garage: MadeGarage, told_once: int) -> None:
    move_desk(garage, told_once, WEDNESDAY_TEN)
    undo_last(garage, told_once)
    assert planned(garage) == []


def test_a_move_there_and_back_tells_nothing(garage: MadeGarage, told_once: int) -> None:
    move_desk(garage, told_once, WEDNESDAY_TEN)
    move_desk(garage, told_once, WEDNESDAY_NINE)
    assert planned(garage) == []


def test_undoing_the_second_of_two_moves_tells_the_first(garage: MadeGarage) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=replace(BY_SMS_ONLY, sms_consent=False))
    move_desk(garage, appointment_id, WEDNESDAY_TEN)
    move_desk(garage, appointment_id, WEDNESDAY_NINE + timedelta(minutes=30))
    undo_last(garage, appointment_id)
    assert planned(garage) == [("changed", WEDNESDAY_TEN)]


def test_undoing_what_was_told_already_tells_the_truth_again(
    garage: MadeGarage, told_once: int, clock: MovableClock
) -> None:
    move_desk(garage, told_once, WEDNESDAY_TEN)
    clock.advance(seconds=121)
    assert send_due(FakeChannel().channels) == 1
    undo_last(garage, told_once, at_any_time=True)
    assert planned(garage) == [("changed", WEDNESDAY_NINE)]


def test_a_first_word_that_a_move_stopped_is_said_with_the_new_time(garage: MadeGarage) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    move_desk(garage, appointment_id, WEDNESDAY_TEN)
    assert planned(garage) == [("confirmed", WEDNESDAY_TEN)]


def test_another_bay_is_nobodys_news(garage: MadeGarage, told_once: int) -> None:
    move_desk(garage, told_once, WEDNESDAY_NINE, bay_id=_other_bay(garage, told_once))
    assert list_rows(garage, kind="changed") == []


def test_reminders_are_planned_anew_for_the_new_time(garage: MadeGarage, clock: MovableClock) -> None:
    add_reminder(garage, hours_before=24)
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    move_desk(garage, appointment_id, WEDNESDAY_TEN)
    rows = list_rows(garage, kind="reminder")
    assert [(row.state, row.reason, row.due_at) for row in rows] == [
        (State.CANCELLED, "moved", WEDNESDAY_NINE - timedelta(hours=24)),
        (State.PLANNED, "", WEDNESDAY_TEN - timedelta(hours=24)),
    ]
    undo_last(garage, appointment_id)
    assert planned(garage) == [("reminder", WEDNESDAY_NINE)]


def test_a_move_near_plans_no_reminder_whose_time_is_past(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=24)
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    move_desk(garage, appointment_id, MONDAY + timedelta(hours=3))
    assert planned(garage) == [("changed", MONDAY + timedelta(hours=3))]


def test_a_cancellation_that_is_undone_tells_nothing_and_reminds_again(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=24)
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    cancel(garage, appointment_id)
    undo_last(garage, appointment_id)
    assert planned(garage) == [("reminder", WEDNESDAY_NINE)]


def test_a_car_that_is_ready_is_told_30_seconds_later(garage: MadeGarage, clock: MovableClock) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    clock.move_to(WEDNESDAY_TEN)
    for target in (Status.ARRIVED, Status.READY):
        step(garage, appointment_id, target)
    (row,) = list_rows(garage, kind="ready")
    assert waits(row) == pytest.approx(30, abs=1)
    channel = FakeChannel()
    assert send_due(channel.channels) == 0
    clock.advance(seconds=31)
    assert send_due(channel.channels) == 1
    assert "est prete" in channel.sent[0].text


@pytest.mark.parametrize("after", ["undone", "collected"])
def test_a_car_that_is_not_ready_any_more_is_not_told(
    garage: MadeGarage, clock: MovableClock, after: str
) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel().channels)
    clock.move_to(WEDNESDAY_TEN)
    for target in (Status.ARRIVED, Status.READY):
        step(garage, appointment_id, target)
    if after == "undone":
        undo_last(garage, appointment_id)
    else:
        step(garage, appointment_id, Status.COLLECTED)
    clock.advance(seconds=31)
    assert send_due(FakeChannel().channels) == 0


def _other_bay(garage: MadeGarage, appointment_id: int) -> int:
    with scoped_to(garage.id), reading() as session:
        place = get_appointment_view(session, garage.id, appointment_id).place("bay")
        assert place is not None
        where = (
            Resource.garage_id == garage.id,
            Resource.kind == "bay",
            Resource.id != place.resource_id,
        )
        return session.scalars(select(Resource.id).where(*where)).one()


def test_a_late_receipt_does_not_make_an_older_text_the_latest_word(
    garage: MadeGarage, clock: MovableClock
) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    send_due(FakeChannel([Unknown("timeout")]).channels)
    clock.advance(minutes=5)
    move_desk(garage, appointment_id, WEDNESDAY_TEN)
    clock.advance(minutes=3)
    send_due(FakeChannel().channels)
    clock.advance(minutes=2)
    first = only_row(garage, kind="confirmed")
    target = LinkTarget(garage.id, MESSAGE, first.id)
    with scoped_to(garage.id), unit_of_work() as session:
        assert apply_report(session, target, Report("SM1", "delivered"))
    move_desk(garage, appointment_id, WEDNESDAY_NINE)
    assert planned(garage) == [("changed", WEDNESDAY_NINE)]


def test_a_reminder_moved_by_quiet_hours_outlives_a_step_and_its_undo(
    garage: MadeGarage, clock: MovableClock
) -> None:
    set_quiet_hours(garage, "21:00", "08:00")
    add_reminder(garage, day_before_at="22:00")
    appointment_id = book(garage, WEDNESDAY_NINE + timedelta(hours=5), customer=BY_SMS_ONLY)
    due_at = only_row(garage, kind="reminder").due_at
    assert due_at == datetime(2026, 12, 9, 7, 0, tzinfo=UTC)
    clock.move_to(datetime(2026, 12, 8, 21, 30, tzinfo=UTC))
    step(garage, appointment_id, Status.ARRIVED)
    assert list_rows(garage, kind="reminder", state=State.PLANNED) == []
    undo_last(garage, appointment_id)
    assert only_row(garage, kind="reminder", state=State.PLANNED).due_at == due_at
