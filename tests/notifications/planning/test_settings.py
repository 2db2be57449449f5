"""What is kept of a workshop's rules of messages: never older than what stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.db.unit_of_work import reading, unit_of_work
from app.errors import NotFoundError
from app.tenancy.calendar import lock_calendar
from app.tenancy.kept import forget_kept
from app.tenancy.scope import scoped_to
from notifications.planning.settings import MessageSettings, load_settings
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder, list_rows, set_quiet_hours, set_sms_countries
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, tzinfo=UTC)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    forget_kept()
    return make_garage(email="desk@martin.example")


def loaded(garage: MadeGarage) -> MessageSettings:
    with scoped_to(garage.id), reading() as session:
        return load_settings(session, garage.id, garage.workshop.id)


def test_they_are_read_once_and_under_the_lock_not_even_asked_for(
    database: Database, garage: MadeGarage
) -> None:
    counts = []
    for _ in range(2):
        with count_statements(database.engine) as seen:
            loaded(garage)
        counts.append(seen.count)
    with scoped_to(garage.id), unit_of_work() as session:
        lock_calendar(session, garage.id, garage.workshop.id)
        with count_statements(database.engine) as seen:
            load_settings(session, garage.id, garage.workshop.id)
    assert (counts, seen.count) == ([3, 1], 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda garage: add_reminder(garage, hours_before=48),
        lambda garage: set_quiet_hours(garage, "21:00", "08:00"),
        lambda garage: set_sms_countries(garage, ["BE"]),
    ],
    ids=["reminder", "quiet hours", "countries"],
)
def test_a_change_counts_at_once(garage: MadeGarage, change: Callable[[MadeGarage], None]) -> None:
    def facts() -> list[object]:
        found = loaded(garage)
        rules = found.rules
        assert rules is not None
        return [len(found.reminders), rules.quiet_from, rules.sms_countries]

    before = facts()
    change(garage)
    assert facts() != before


def test_what_is_taken_back_is_kept_by_nobody(garage: MadeGarage) -> None:
    before = loaded(garage)

    def change_and_fail() -> None:
        with scoped_to(garage.id), unit_of_work() as session:
            statement = "UPDATE workshop SET email = 'new@martin.example' WHERE garage_id = :id"
            session.execute(text(statement), {"id": garage.id})
            inside = load_settings(session, garage.id, garage.workshop.id)
            assert inside.workshop.email == "new@martin.example"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert loaded(garage) is before


def test_the_workshops_new_address_hears_of_the_next_booking(database: Database, garage: MadeGarage) -> None:
    book(garage, MONDAY + timedelta(days=1))
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE workshop SET email = 'new@martin.example'"))
    book(garage, MONDAY + timedelta(days=2))
    told = [row.recipient for row in list_rows(garage, kind="garage_booked")]
    assert told == ["desk@martin.example", "new@martin.example"]


def test_a_workshop_that_is_not_there_has_none(garage: MadeGarage) -> None:
    with pytest.raises(NotFoundError), scoped_to(garage.id), reading() as session:
        load_settings(session, garage.id, 999)
