"""What is kept of a set-up: never older than what stands, whoever changed it and whatever became of that."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.calendar import get_versions, lock_calendar
from app.tenancy.kept import forget_kept
from app.tenancy.queries import WorkshopView
from app.tenancy.scope import scoped_to
from booking.appointments import set_up
from booking.appointments.set_up import MOST_RANGES, SetUp, load_set_up
from booking.resources.operations import close_range
from booking.resources.queries import get_rules
from booking.resources.requests import ClosingRequest
from tests.factories.closings import closing, store
from tests.factories.garages import MadeGarage, make_garage
from tests.support.api import WORKSHOP
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

TUESDAY = date(2026, 12, 1)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 7, tzinfo=UTC))
    return make_garage(bays=1, technicians=1)


@pytest.fixture
def martins(app: Flask, clock: MovableClock) -> MadeGarage:
    """The same, for tests that ask by HTTP."""
    clock.move_to(datetime(2026, 12, 1, 7, tzinfo=UTC))
    with app.app_context():
        return make_garage(bays=1, technicians=1)


def load(session: Session, garage: MadeGarage, *, on: date = TUESDAY) -> SetUp:
    return load_set_up(session, garage.workshop, first_on=on, last_on=on)


def loaded(garage: MadeGarage) -> SetUp:
    """As a request of its own finds it."""
    with scoped_to(garage.id), reading() as session:
        return load(session, garage)


def arrivals(app: Flask) -> list[str]:
    """What an application offers on the Tuesday."""
    query = {"service": "oil", "mode": "wait", "from": str(TUESDAY), "to": str(TUESDAY)}
    answer = app.test_client().get(f"{WORKSHOP}/availability", query_string=query)
    assert answer.status_code == 200, answer.text
    days: Any = answer.json
    return [slot["arrives_at"][11:16] for slot in days["days"][0]["slots"]]


def test_what_one_process_changes_the_other_knows_at_once(
    app: Flask, database: Database, martins: MadeGarage
) -> None:
    other = database.another_app()
    seen = [(arrivals(app), arrivals(other))]
    for change in (
        "UPDATE workshop_rules SET slot_minutes = 60",
        "UPDATE service_type SET minutes = 90",
        "UPDATE workshop SET timezone = 'Europe/London'",
        "UPDATE workshop_rules SET hours = '{}'",
    ):
        with database.engine.begin() as connection:
            connection.execute(text(change))
        seen.append((arrivals(app), arrivals(other)))
    assert all(mine == theirs for mine, theirs in seen)
    assert len({tuple(mine) for mine, _ in seen}) == len(seen)
    assert seen[-1][0] == []


def test_a_closing_of_one_process_counts_in_the_other(
    app: Flask, database: Database, martins: MadeGarage
) -> None:
    other = database.another_app()
    assert arrivals(other) != []
    with app.app_context():
        store(martins, closing(TUESDAY))
    assert arrivals(other) == []


def test_while_it_stands_it_costs_one_statement(database: Database, garage: MadeGarage) -> None:
    forget_kept()
    counts = []
    for _ in range(2):
        with count_statements(database.engine) as seen:
            loaded(garage)
        counts.append(seen.count)
    assert counts == [4, 1]


def test_under_the_lock_it_costs_none(database: Database, garage: MadeGarage) -> None:
    loaded(garage)
    with scoped_to(garage.id), unit_of_work() as session:
        lock_calendar(session, garage.id, garage.workshop.id)
        with count_statements(database.engine) as seen:
            load(session, garage)
    assert seen.count == 0


def test_what_is_taken_back_is_kept_by_nobody(garage: MadeGarage) -> None:
    """The closing raises the version within its transaction; another change then raises it to the same."""
    before = loaded(garage)

    def close_and_fail() -> None:
        with scoped_to(garage.id), unit_of_work() as session:
            close_range(
                session, garage_id=garage.id, workshop_id=garage.workshop.id, request=closing(TUESDAY)
            )
            assert load(session, garage).plain.hours.exceptions != ()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        close_and_fail()
    assert loaded(garage) is before
    with scoped_to(garage.id), unit_of_work() as session:
        get_rules(session, garage.id, garage.workshop.id).slot_minutes = 60
    assert loaded(garage).plain.hours.exceptions == ()
    assert loaded(garage).plain.rules.slot_minutes == 60


def test_a_change_without_flush_is_seen_by_its_own_transaction_as_the_database_is(
    garage: MadeGarage,
) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        get_rules(session, garage.id, garage.workshop.id).slot_minutes = 60
        session.flush()
        assert load(session, garage).plain.rules.slot_minutes == 60
    assert loaded(garage).plain.rules.slot_minutes == 60


def test_its_own_change_is_read_once_and_again_after_the_next(database: Database, garage: MadeGarage) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        rules = get_rules(session, garage.id, garage.workshop.id)
        counts = []
        for minutes in (60, 60, 15):
            rules.slot_minutes = minutes
            session.flush()
            with count_statements(database.engine) as seen:
                assert load(session, garage).plain.rules.slot_minutes == minutes
            counts.append(seen.count)
    assert counts == [4, 1, 4]


def test_what_a_savepoint_takes_back_is_not_taken_for_what_the_next_does(garage: MadeGarage) -> None:
    """Both raise the version to the same number."""
    with scoped_to(garage.id), unit_of_work() as session:
        rules = get_rules(session, garage.id, garage.workshop.id)
        rules.slot_minutes = 60
        session.flush()
        for minutes in (15, 10):
            savepoint = session.begin_nested()
            rules.slot_minutes = minutes
            session.flush()
            assert load(session, garage).plain.rules.slot_minutes == minutes
            savepoint.rollback()
            assert load(session, garage).plain.rules.slot_minutes == 60


def test_a_change_between_version_and_rows_is_not_kept_as_what_was_before(
    database: Database, garage: MadeGarage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process commits at the worst moment: after the version was read, before the rows are."""
    forget_kept()
    read = set_up._read

    def read_late(session: Session, workshop: WorkshopView) -> Any:
        monkeypatch.setattr(set_up, "_read", read)
        with database.engine.begin() as connection:
            connection.execute(text("UPDATE workshop_rules SET slot_minutes = 60"))
        return read(session, workshop)

    monkeypatch.setattr(set_up, "_read", read_late)
    loaded(garage)
    assert loaded(garage).plain.rules.slot_minutes == 60


def test_another_garage_has_its_own(garage: MadeGarage) -> None:
    other = make_garage(slug="petit", rules={"slot_minutes": 60})
    assert [loaded(each).plain.rules.slot_minutes for each in (garage, other, garage)] == [30, 60, 30]


def test_a_garage_made_anew_under_the_old_numbers_is_another(database: Database, garage: MadeGarage) -> None:
    loaded(garage)
    database.wipe()
    fresh = make_garage(rules={"slot_minutes": 60})
    assert loaded(fresh).plain.rules.slot_minutes == 60


def test_years_far_apart_do_not_heap_up(garage: MadeGarage) -> None:
    with scoped_to(garage.id), reading() as session:
        for year in range(2026, 2026 + 3 * MOST_RANGES):
            load(session, garage, on=date(year, 1, 1))
        version = get_versions(session, garage.id, garage.workshop.id).set_up
    kept = set_up._kept.find((garage.id, garage.workshop.id), version=version)
    assert kept is not None
    assert len(kept.made) <= MOST_RANGES


def test_a_request_that_closes_hears_of_it_in_its_own_transaction(garage: MadeGarage) -> None:
    loaded(garage)
    request = ClosingRequest(TUESDAY, TUESDAY)
    with scoped_to(garage.id), unit_of_work() as session:
        lock_calendar(session, garage.id, garage.workshop.id)
        before = load(session, garage)
        close_range(session, garage_id=garage.id, workshop_id=garage.workshop.id, request=request)
        after = load(session, garage)
    assert (before.plain.hours.exceptions, len(after.plain.hours.exceptions)) == ((), 1)
