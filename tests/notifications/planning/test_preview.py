"""What a step would tell, shown before it is taken: the same texts that leave afterwards, or why none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.queries import get_appointment_view
from booking.customers.operations import CustomerDetails
from notifications.outbox.models import State
from notifications.outbox.opt_outs import keep_opt_out
from notifications.outbox.sending import send_due
from notifications.planning.preview import BACK, MOVE, StepNotice, load_step_notices
from tests.factories.appointments import CAMILLE, book, plan_later
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import FakeChannel, list_rows, set_quiet_hours
from tests.factories.moves import move_desk, undo_last
from tests.factories.steps import cancel, step
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
TARGETS = (Status.ARRIVED, Status.READY, Status.CANCELLED, MOVE, BACK)
TOLD = (Status.READY, Status.CANCELLED)


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY - timedelta(days=5))
    with app.app_context():
        return make_garage(garage={"locale": "en"})


def make_visit(app: Flask, garage: MadeGarage, customer: CustomerDetails = CAMILLE) -> int:
    """A visit on Monday at eight, its confirmation sent."""
    with app.app_context():
        number = book(garage, MONDAY, customer=customer)
        send_due(FakeChannel().channels)
    return number


def notices(app: Flask, garage: MadeGarage, number: int) -> dict[str, StepNotice]:
    with app.test_request_context("/?lang=en"), scoped_to(garage.id), reading() as session:
        view = get_appointment_view(session, garage.id, number)
        return load_step_notices(session, garage.workshop, view, steps=TARGETS)


@pytest.mark.parametrize("target", TOLD)
def test_what_is_shown_is_what_leaves(
    app: Flask, garage: MadeGarage, clock: MovableClock, target: Status
) -> None:
    number = make_visit(app, garage)
    shown = notices(app, garage, number)[target].previews
    channel = FakeChannel()
    with app.app_context():
        step(garage, number, *((Status.ARRIVED, target) if target == Status.READY else (target,)))
        clock.advance(seconds=31)
        assert send_due(channel.channels) == 2
    sent = sorted((message.text, message.subject) for message in channel.sent)
    for preview in shown:
        before, _, after = preview.text.partition("http")
        assert any(
            preview.text == subject or (text.startswith(before) and bool(after)) for text, subject in sent
        )
    assert [preview.said for preview in shown] == [
        "Camille gets a text thirty seconds later:",
        "Camille gets an e-mail thirty seconds later:",
    ]
    assert {preview.locale for preview in shown} == {"fr"}


def test_a_step_that_tells_nothing_shows_nothing(app: Flask, garage: MadeGarage) -> None:
    number = make_visit(app, garage)
    assert set(notices(app, garage, number)) == {"ready", "cancelled", "moved"}


def test_a_move_says_who_hears_of_the_new_time_and_when(app: Flask, garage: MadeGarage) -> None:
    number = make_visit(app, garage)
    assert [(each.said, each.text) for each in notices(app, garage, number)[MOVE].previews] == [
        ("Camille gets a text with the new time two minutes later.", ""),
        ("Camille gets an e-mail with the new time two minutes later.", ""),
    ]


def test_a_late_visit_can_still_be_told_a_new_time(
    app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    number = make_visit(app, garage, BY_SMS_ONLY)
    clock.move_to(MONDAY + timedelta(minutes=20))
    assert len(notices(app, garage, number)[MOVE].previews) == 1
    with app.app_context():
        move_desk(garage, number, MONDAY + timedelta(hours=2))
        assert len(list_rows(garage, kind="changed", state="planned")) == 1


def test_who_cannot_be_reached_has_the_reason_and_is_to_be_phoned(app: Flask, garage: MadeGarage) -> None:
    number = make_visit(app, garage, replace(CAMILLE, email=None, phone="+33472000000"))
    for shown in notices(app, garage, number).values():
        assert shown.previews == ()
        assert shown.gaps == (
            "The customer is not told, please phone.",
            "No text messages: this is not a mobile number.",
            "No e-mails: no address is known.",
        )


def test_an_opted_out_number_is_told_by_mail_alone(app: Flask, garage: MadeGarage) -> None:
    number = make_visit(app, garage)
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        keep_opt_out(session, garage_id=garage.id, phone="+33639981427")
    shown = notices(app, garage, number)["ready"]
    assert [preview.said for preview in shown.previews] == ["Camille gets an e-mail thirty seconds later:"]
    assert shown.gaps == ()


def test_quiet_hours_put_it_off_to_their_end(app: Flask, garage: MadeGarage, clock: MovableClock) -> None:
    number = make_visit(app, garage, BY_SMS_ONLY)
    with app.app_context():
        set_quiet_hours(garage, "19:00", "08:00")
    clock.move_to(datetime(2026, 12, 3, 19, 0, tzinfo=UTC))
    shown = notices(app, garage, number)
    assert shown["ready"].previews[0].said == (
        "Camille gets a text on Fri 4 Dec at 8:00, after the quiet hours:"
    )


def test_where_quiet_hours_leave_no_use_it_says_so(
    app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    number = make_visit(app, garage, BY_SMS_ONLY)
    with app.app_context():
        set_quiet_hours(garage, "19:00", "08:30")
    clock.move_to(datetime(2026, 12, 6, 22, 0, tzinfo=UTC))
    shown = notices(app, garage, number)["cancelled"]
    assert shown.gaps == ("Nothing is sent: the quiet hours leave no useful time for it.",)


def test_what_the_customer_knows_already_is_not_told_again(
    app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    number = make_visit(app, garage)
    with app.app_context():
        step(garage, number, Status.ARRIVED, Status.READY)
        clock.advance(seconds=31)
        send_due(FakeChannel().channels)
    assert notices(app, garage, number)["ready"].gaps == ("Nothing is sent: the customer knows it already.",)


def test_going_back_tells_the_customer_what_holds_again(
    app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    number = make_visit(app, garage, BY_SMS_ONLY)
    with app.app_context():
        cancel(garage, number)
        clock.advance(seconds=31)
        send_due(FakeChannel().channels)
    (shown,) = notices(app, garage, number)[BACK].previews
    assert shown.said == "Camille gets a text two minutes later:"
    assert "est maintenant attendue lun. 7 déc. à 8 h" in shown.text
    channel = FakeChannel()
    with app.app_context():
        undo_last(garage, number, at_any_time=True)
        clock.advance(seconds=121)
        assert send_due(channel.channels) == 1
    assert channel.sent[0].text.startswith(shown.text.partition("http")[0])


def test_going_back_from_ready_is_to_be_phoned_once_it_was_told(
    app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    number = make_visit(app, garage, BY_SMS_ONLY)
    with app.app_context():
        step(garage, number, Status.ARRIVED, Status.READY)
    assert BACK not in notices(app, garage, number)
    with app.app_context():
        clock.advance(seconds=31)
        send_due(FakeChannel().channels)
    assert notices(app, garage, number)[BACK] == StepNotice(
        (), ("Camille has been told of this already, please phone.",)
    )


def test_looking_stores_nothing_and_needs_few_statements(
    app: Flask, garage: MadeGarage, database: Database
) -> None:
    number = make_visit(app, garage)
    with app.app_context():
        before = len(list_rows(garage))
    with count_statements(database.engine) as seen:
        notices(app, garage, number)
    assert seen.count <= 11, seen
    with app.app_context():
        assert len(list_rows(garage)) == before


def test_placing_a_wish_tells_the_time_and_giving_it_up_tells_nothing(
    app: Flask, garage: MadeGarage, clock: MovableClock
) -> None:
    with app.app_context():
        number = plan_later(garage, MONDAY, customer=BY_SMS_ONLY)
    shown = notices(app, garage, number)
    assert [preview.said for preview in shown[MOVE].previews] == [
        "Camille gets a text with the time thirty seconds later."
    ]
    assert shown[Status.CANCELLED].gaps == ("Nothing is sent: no time was told yet.",)
    with app.app_context():
        move_desk(garage, number, MONDAY)
        clock.advance(seconds=31)
        assert send_due(FakeChannel().channels) == 1
        undo_last(garage, number, at_any_time=True)
        assert [row.kind for row in list_rows(garage) if row.state == State.PLANNED] == []
        move_desk(garage, number, MONDAY + timedelta(hours=1))
        assert [row.kind for row in list_rows(garage) if row.state == State.PLANNED] == ["changed"]
