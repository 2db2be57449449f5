"""What a booking plans: confirmation, reminders, and nothing that may not be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.customers.operations import CustomerDetails
from notifications.outbox.models import Message, State
from notifications.planning.models import MessageRules
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder, list_rows, only_row, set_quiet_hours, set_sms_countries
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)  # 08:00 in Paris
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)  # 09:00 in Paris
BY_MAIL_ONLY = replace(CAMILLE, sms_consent=False)
BY_SMS_ONLY = replace(CAMILLE, email=None)
ANN = CustomerDetails("Ann Peeters", "+32470123456", "ann@peeters.example", "en", sms_consent=True)
UNREACHABLE = replace(CAMILLE, email=None, sms_consent=False)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    return make_garage()


def channels_of(rows: list[Message]) -> list[str]:
    return sorted(row.channel for row in rows)


def test_a_booking_is_confirmed_by_sms_and_by_e_mail(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE)
    assert channels_of(list_rows(garage, kind="confirmed")) == ["email", "sms"]


def test_a_confirmation_is_due_at_once(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE)
    assert all(row.due_at - MONDAY < timedelta(seconds=30) for row in list_rows(garage, kind="confirmed"))


def test_a_booking_at_the_desk_is_confirmed_30_seconds_later(garage: MadeGarage, clock: MovableClock) -> None:
    with clock.at(MONDAY):
        book(garage, WEDNESDAY_NINE, source="desk", customer=BY_SMS_ONLY)
    assert only_row(garage).due_at == MONDAY + timedelta(seconds=30)


def test_without_consent_the_confirmation_comes_by_e_mail_alone(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE, customer=BY_MAIL_ONLY)
    assert channels_of(list_rows(garage)) == ["email"]


def test_without_consent_and_e_mail_nothing_is_planned(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=24)
    book(garage, WEDNESDAY_NINE, customer=UNREACHABLE)
    assert list_rows(garage) == []


def test_a_number_of_a_country_that_is_not_listed_gets_no_sms(garage: MadeGarage) -> None:
    set_sms_countries(garage, ["BE", "LU"])
    book(garage, WEDNESDAY_NINE)
    assert channels_of(list_rows(garage)) == ["email"]


def test_a_request_is_told_as_received_and_not_reminded_of(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY)
    garage = make_garage(rules={"approval": True})
    add_reminder(garage, hours_before=24)
    book(garage, WEDNESDAY_NINE)
    assert {row.kind for row in list_rows(garage)} == {"received"}


def test_a_message_speaks_the_language_of_the_booking(garage: MadeGarage) -> None:
    book(garage, WEDNESDAY_NINE, customer=replace(BY_SMS_ONLY, locale="en"))
    assert only_row(garage).locale == "en"


def test_a_message_keeps_whose_it_is_and_of_which_version(garage: MadeGarage) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    row = only_row(garage)
    assert (row.appointment_id, row.appointment_version, row.message_class, row.recipient) == (
        appointment_id,
        1,
        "transactional",
        CAMILLE.phone,
    )


# --- reminders -----------------------------------------------------------------------------------


def test_a_reminder_is_due_so_many_hours_before_the_arrival(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=24)
    book(garage, WEDNESDAY_NINE)
    assert only_row(garage, kind="reminder").due_at == WEDNESDAY_NINE - timedelta(hours=24)


def test_a_reminder_of_the_day_before_is_due_at_its_local_time(garage: MadeGarage) -> None:
    add_reminder(garage, day_before_at="17:00")
    book(garage, WEDNESDAY_NINE)
    assert only_row(garage, kind="reminder").due_at == datetime(2026, 12, 8, 16, 0, tzinfo=UTC)


def test_a_reminder_is_of_use_until_two_hours_before_the_arrival(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=24)
    book(garage, WEDNESDAY_NINE)
    assert only_row(garage, kind="reminder").useful_until == WEDNESDAY_NINE - timedelta(hours=2)


def test_a_reminder_whose_time_is_past_at_booking_is_not_planned(
    garage: MadeGarage, clock: MovableClock
) -> None:
    add_reminder(garage, hours_before=48)
    add_reminder(garage, hours_before=72)
    add_reminder(garage, hours_before=24)
    clock.move_to(WEDNESDAY_NINE - timedelta(hours=47))
    book(garage, WEDNESDAY_NINE)
    assert [row.rule_key for row in list_rows(garage, kind="reminder")] == ["24h"]


def test_each_rule_makes_a_reminder_by_its_own_channel(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=24, channel="email")
    add_reminder(garage, hours_before=3, channel="sms")
    book(garage, WEDNESDAY_NINE)
    assert [(row.rule_key, row.channel) for row in list_rows(garage, kind="reminder")] == [
        ("24h", "email"),
        ("3h", "sms"),
    ]


def test_an_sms_reminder_goes_by_e_mail_without_consent(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=24, channel="sms")
    book(garage, WEDNESDAY_NINE, customer=BY_MAIL_ONLY)
    assert only_row(garage, kind="reminder").channel == "email"


def test_two_rules_that_come_to_the_same_e_mail_send_it_once(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=24, channel="sms")
    add_reminder(garage, hours_before=24, channel="email")
    book(garage, WEDNESDAY_NINE, customer=BY_MAIL_ONLY)
    assert len(list_rows(garage, kind="reminder")) == 1


def test_a_rule_inside_the_last_two_hours_still_has_time_to_be_sent(garage: MadeGarage) -> None:
    add_reminder(garage, hours_before=2)
    book(garage, WEDNESDAY_NINE)
    assert only_row(garage, kind="reminder").useful_until == WEDNESDAY_NINE - timedelta(hours=1)


@pytest.mark.time
@pytest.mark.parametrize(
    ("timezone", "arrives_at", "day_before", "a_day_before"),
    [
        # Monday 09:00 after the Sunday on which the clocks changed: forward, forward, back.
        (
            "Pacific/Auckland",
            datetime(2026, 9, 27, 20, 0, tzinfo=UTC),
            datetime(2026, 9, 27, 4, 0, tzinfo=UTC),
            datetime(2026, 9, 26, 20, 0, tzinfo=UTC),
        ),
        (
            "Australia/Lord_Howe",
            datetime(2026, 10, 4, 22, 0, tzinfo=UTC),
            datetime(2026, 10, 4, 6, 0, tzinfo=UTC),
            datetime(2026, 10, 3, 22, 0, tzinfo=UTC),
        ),
        (
            "America/St_Johns",
            datetime(2026, 11, 2, 12, 30, tzinfo=UTC),
            datetime(2026, 11, 1, 20, 30, tzinfo=UTC),
            datetime(2026, 11, 1, 12, 30, tzinfo=UTC),
        ),
    ],
)
def test_reminders_are_right_over_a_clock_change(
    app_context: Flask,
    clock: MovableClock,
    timezone: str,
    arrives_at: datetime,
    day_before: datetime,
    a_day_before: datetime,
) -> None:
    clock.move_to(arrives_at - timedelta(days=10))
    garage = make_garage(timezone=timezone)
    add_reminder(garage, day_before_at="17:00")
    add_reminder(garage, hours_before=24)
    book(garage, arrives_at)
    due = {row.rule_key: row.due_at for row in list_rows(garage, kind="reminder")}
    assert due == {"day-before-17:00": day_before, "24h": a_day_before}


# --- quiet hours ---------------------------------------------------------------------------------


def test_a_reminder_inside_quiet_hours_moves_to_their_end(garage: MadeGarage) -> None:
    set_quiet_hours(garage, "21:00", "08:00")
    add_reminder(garage, hours_before=12)
    book(garage, WEDNESDAY_NINE + timedelta(hours=2))  # due 23:00, moved to 08:00 for 11:00
    row = only_row(garage, kind="reminder")
    assert (row.state, row.due_at) == (State.PLANNED, datetime(2026, 12, 9, 7, 0, tzinfo=UTC))


def test_a_reminder_that_quiet_hours_leave_less_than_two_hours_expires(garage: MadeGarage) -> None:
    set_quiet_hours(garage, "21:00", "08:00")
    add_reminder(garage, hours_before=10)
    book(garage, WEDNESDAY_NINE)  # due 23:00, could ring at 08:00 for 09:00
    row = only_row(garage, kind="reminder")
    assert (row.state, row.reason) == (State.EXPIRED, "quiet_hours")


def test_two_hours_left_are_enough(garage: MadeGarage) -> None:
    set_quiet_hours(garage, "21:00", "08:00")
    add_reminder(garage, hours_before=10)
    book(garage, WEDNESDAY_NINE + timedelta(hours=1))  # 10:00
    assert only_row(garage, kind="reminder").state == State.PLANNED


def test_the_answer_to_the_customers_own_booking_ignores_quiet_hours(
    garage: MadeGarage, clock: MovableClock
) -> None:
    set_quiet_hours(garage, "21:00", "08:00")
    night = datetime(2026, 12, 7, 22, 30, tzinfo=UTC)
    with clock.at(night):
        book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
    assert only_row(garage).due_at == night


def test_what_the_desk_books_at_night_waits_for_the_morning(garage: MadeGarage, clock: MovableClock) -> None:
    set_quiet_hours(garage, "21:00", "08:00")
    with clock.at(datetime(2026, 12, 7, 22, 30, tzinfo=UTC)):
        book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY, source="desk")
    assert only_row(garage).due_at == datetime(2026, 12, 8, 7, 0, tzinfo=UTC)


def test_a_workshop_without_message_rules_texts_numbers_of_its_own_country(garage: MadeGarage) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        session.execute(delete(MessageRules).where(MessageRules.garage_id == garage.id))
    book(garage, WEDNESDAY_NINE)
    book(garage, WEDNESDAY_NINE + timedelta(hours=1), customer=ANN)
    assert {row.recipient for row in list_rows(garage, channel="sms")} == {CAMILLE.phone}
