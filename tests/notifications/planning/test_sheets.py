"""Tomorrow's day sheet: due at 18:00 of each workshop's clock, planned once, sent in the same evening."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.db.unit_of_work import unit_of_work
from app.tenancy.models import Workshop
from app.tenancy.scope import scoped_to
from notifications.channels.protocol import Refused
from notifications.outbox.models import Message, State
from notifications.outbox.sending import send_due
from notifications.planning.jobs import plan_day_sheets
from notifications.planning.sheets import find_due_time
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, add_workshop, make_garage
from tests.factories.messages import FakeChannel, list_rows
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY_SIX = datetime(2026, 12, 7, 17, 0, tzinfo=UTC)  # 18:00 in Paris
TUESDAY = date(2026, 12, 8)
TUESDAY_NINE = datetime(2026, 12, 8, 8, 0, tzinfo=UTC)
SATURDAY_SIX = datetime(2026, 12, 12, 17, 0, tzinfo=UTC)
DESK = "desk@martin.example"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY_SIX)
    return make_garage(email=DESK)


def sheets(garage: MadeGarage) -> list[Message]:
    return list_rows(garage, kind="day_sheet")


def evening(clock: MovableClock, at: datetime) -> FakeChannel:
    """What the scheduler sends at a moment."""
    clock.move_to(at)
    plan_day_sheets()
    channel = FakeChannel()
    send_due(channel.channels)
    return channel


def test_before_six_nothing_is_planned(garage: MadeGarage, clock: MovableClock) -> None:
    clock.move_to(MONDAY_SIX - MINUTE)
    plan_day_sheets()
    assert sheets(garage) == []


def test_at_six_tomorrows_sheet_goes_to_the_workshop(garage: MadeGarage, clock: MovableClock) -> None:
    (letter,) = evening(clock, MONDAY_SIX).sent
    (row,) = sheets(garage)
    assert (row.sheet_on, row.due_at, row.state) == (TUESDAY, MONDAY_SIX, State.ACCEPTED)
    assert (letter.recipient, letter.subject) == (
        DESK,
        "Demain, mardi 8 décembre\u202f: aucune voiture (Workshop martin)",
    )


def test_it_is_planned_once_an_evening(garage: MadeGarage, clock: MovableClock) -> None:
    for minutes in range(3):
        clock.move_to(MONDAY_SIX + MINUTE * minutes)
        plan_day_sheets()
    assert len(sheets(garage)) == 1


def test_the_text_is_written_when_it_is_sent(garage: MadeGarage, clock: MovableClock) -> None:
    plan_day_sheets()
    book(garage, TUESDAY_NINE, source="desk")
    channel = FakeChannel()
    send_due(channel.channels)
    (sheet,) = [letter for letter in channel.sent if letter.recipient == DESK]
    assert "GA-482-QT" in sheet.text
    assert "1 voiture" in sheet.subject


def test_a_closed_day_on_which_nobody_comes_is_left_out(garage: MadeGarage, clock: MovableClock) -> None:
    assert evening(clock, SATURDAY_SIX).sent == []
    (row,) = sheets(garage)
    assert (row.state, row.reason) == (State.CANCELLED, "closed")


def test_a_closed_day_with_a_car_in_the_house_is_told(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY_SIX)
    long_work = {"code": "clutch", "minutes": 600, "stay_days": 2, "modes": ["drop_off"]}
    garage = make_garage(email=DESK, services=[long_work])
    friday = datetime(2026, 12, 11, 12, 30, tzinfo=UTC)
    book(garage, friday, services=("clutch",), mode="drop_off", source="desk")
    sent = [letter for letter in evening(clock, SATURDAY_SIX).sent if letter.recipient == DESK]
    assert [("GA-482-QT" in letter.text) for letter in sent] == [True]


@pytest.mark.parametrize("late", [timedelta(hours=1), timedelta(hours=5, minutes=59)])
def test_after_an_outage_it_goes_out_late_once_in_the_same_evening(
    garage: MadeGarage, clock: MovableClock, late: timedelta
) -> None:
    assert len(evening(clock, MONDAY_SIX + late).sent) == 1
    assert evening(clock, MONDAY_SIX + late).sent == []


def test_by_the_morning_it_is_of_no_more_use(garage: MadeGarage, clock: MovableClock) -> None:
    plan_day_sheets()
    channel = evening(clock, MONDAY_SIX + timedelta(hours=13))
    assert channel.sent == []
    assert [(row.state, row.reason) for row in sheets(garage)] == [(State.EXPIRED, "too_late")]


def test_a_mail_server_that_is_away_all_night_gets_no_sheet_in_the_morning(
    garage: MadeGarage, clock: MovableClock
) -> None:
    plan_day_sheets()
    away = FakeChannel([Refused("cut", is_temporary=True)])
    for hours in range(14):
        clock.move_to(MONDAY_SIX + timedelta(hours=hours))
        send_due(away.channels)
    (row,) = sheets(garage)
    assert row.state in {State.EXPIRED, State.FAILED}
    assert all(row.useful_until >= MONDAY_SIX + timedelta(hours=number) for number in range(len(away.sent)))


def test_a_workshop_without_an_address_or_archived_gets_none(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY_SIX)
    silent, closed = make_garage(), make_garage(slug="closed", email="desk@closed.example")
    with scoped_to(closed.id), unit_of_work() as session:
        session.execute(
            update(Workshop).where(Workshop.garage_id == closed.id).values(archived_at=MONDAY_SIX)
        )
    plan_day_sheets()
    assert (sheets(silent), sheets(closed)) == ([], [])


def test_each_workshop_has_its_own_sheet(garage: MadeGarage, clock: MovableClock) -> None:
    add_workshop(garage, "nantes")
    with scoped_to(garage.id), unit_of_work() as session:
        session.execute(
            update(Workshop)
            .where(Workshop.garage_id == garage.id, Workshop.slug == "nantes")
            .values(email="nantes@martin.example")
        )
    sent = evening(clock, MONDAY_SIX).sent
    assert {letter.recipient for letter in sent} == {DESK, "nantes@martin.example"}


def test_a_minute_on_which_nothing_is_due_costs_one_statement(
    garage: MadeGarage, clock: MovableClock, database: Database
) -> None:
    add_workshop(garage, "nantes")
    plan_day_sheets()
    for moment in (MONDAY_SIX - timedelta(hours=1), MONDAY_SIX + MINUTE):
        clock.move_to(moment)
        with count_statements(database.engine) as seen:
            plan_day_sheets()
        assert seen.count == 1, seen


@contextmanager
def running(app: Flask, count: int) -> Iterator[None]:
    """So many schedulers that plan at the same moment."""
    ready = Barrier(count)

    def work() -> None:
        with app.app_context():
            ready.wait()
            plan_day_sheets()

    threads = [Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


def test_two_schedulers_at_once_plan_one_sheet(app: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY_SIX)
    with app.app_context():
        garage = make_garage(email=DESK)
    with running(app, 4):
        pass
    with app.app_context():
        assert len(sheets(garage)) == 1


@pytest.mark.parametrize("columns", [{"appointment_id": None, "sheet_on": None}, {"sheet_on": TUESDAY}])
def test_a_message_is_about_a_visit_or_a_day_never_both_or_neither(
    garage: MadeGarage, columns: dict[str, object]
) -> None:
    book(garage, TUESDAY_NINE)
    with pytest.raises(IntegrityError), scoped_to(garage.id), unit_of_work() as session:
        session.execute(update(Message).where(Message.garage_id == garage.id).values(**columns))


@pytest.mark.time
@pytest.mark.parametrize(
    ("timezone", "on", "due_at"),
    [
        # The evenings before, of and after a clock change; half-hour zones; both sides of the date line.
        ("Europe/Paris", date(2026, 10, 24), datetime(2026, 10, 24, 16, 0, tzinfo=UTC)),
        ("Europe/Paris", date(2026, 10, 25), datetime(2026, 10, 25, 17, 0, tzinfo=UTC)),
        ("Europe/Paris", date(2027, 3, 28), datetime(2027, 3, 28, 16, 0, tzinfo=UTC)),
        ("America/St_Johns", date(2026, 11, 1), datetime(2026, 11, 1, 21, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2026, 10, 4), datetime(2026, 10, 4, 7, 0, tzinfo=UTC)),
        ("Asia/Kathmandu", date(2026, 12, 7), datetime(2026, 12, 7, 12, 15, tzinfo=UTC)),
        ("Pacific/Kiritimati", date(2026, 12, 7), datetime(2026, 12, 7, 4, 0, tzinfo=UTC)),
        ("Pacific/Pago_Pago", date(2026, 12, 7), datetime(2026, 12, 8, 5, 0, tzinfo=UTC)),
    ],
)
def test_six_is_six_on_the_workshops_wall(
    app_context: Flask, clock: MovableClock, timezone: str, on: date, due_at: datetime
) -> None:
    every_day = {day: [[480, 1080]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    garage = make_garage(email=DESK, timezone=timezone, hours=every_day)
    assert find_due_time(due_at - timedelta(seconds=1), timezone) is None
    for moment in (due_at - MINUTE, due_at, due_at + MINUTE):
        clock.move_to(moment)
        plan_day_sheets()
    rows = sheets(garage)
    tomorrow = on + timedelta(days=1)
    assert [(row.sheet_on, row.due_at) for row in rows if row.sheet_on == tomorrow] == [(tomorrow, due_at)]
