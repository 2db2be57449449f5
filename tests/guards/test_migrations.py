"""Migrations: up and down on both databases, no drift from the models, the guard created."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

import migrations.all_models  # noqa: F401  # fills the metadata
from app.db.base import Base
from app.db.session import db
from booking.resources.no_overlap import GuardMissingError, check_no_overlap_guard
from notifications.planning.jobs import plan_day_sheets
from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.factories.messages import list_rows
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql
from tests.support.search_terms import stored_terms, true_terms


def test_up_leaves_no_difference_to_the_models(unmigrated_database: Database) -> None:
    with unmigrated_database.app.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []


def test_down_takes_everything_back(unmigrated_database: Database) -> None:
    with unmigrated_database.app.app_context():
        flask_migrate.upgrade()
        flask_migrate.downgrade(revision="base")
        with db.engine.connect() as connection:
            assert set(inspect(connection).get_table_names()) <= {"alembic_version"}


def test_up_again_after_down_works(unmigrated_database: Database) -> None:
    with unmigrated_database.app.app_context():
        flask_migrate.upgrade()
        flask_migrate.downgrade(revision="base")
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            check_no_overlap_guard(connection)


def test_messages_outlive_the_way_back_and_only_day_sheets_go(
    unmigrated_database: Database, clock: MovableClock
) -> None:
    evening = datetime(2026, 12, 7, 17, 0, tzinfo=UTC)
    clock.move_to(evening)
    with unmigrated_database.app.app_context():
        flask_migrate.upgrade()
        garage = make_garage(email="desk@martin.example")
        book(garage, evening + timedelta(days=1, hours=-9))
        plan_day_sheets()
        before = {row.id for row in list_rows(garage) if row.sheet_on is None}
        assert len(before) + 1 == len(list_rows(garage))
        flask_migrate.downgrade(revision="0003")
        flask_migrate.upgrade()
        assert {row.id for row in list_rows(garage)} == before


def test_customers_from_before_the_search_are_found(
    unmigrated_database: Database, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 7, 6, 0, tzinfo=UTC))
    with unmigrated_database.app.app_context():
        flask_migrate.upgrade()
        book(make_garage(), datetime(2026, 12, 7, 8, 0, tzinfo=UTC))
        before = stored_terms(db.engine)
        assert all(before)
        flask_migrate.downgrade(revision="0011")
        flask_migrate.upgrade()
        assert stored_terms(db.engine) == before == true_terms(db.engine)


def test_a_database_without_the_guard_is_noticed(unmigrated_database: Database) -> None:
    app = unmigrated_database.app
    with app.app_context(), db.engine.connect() as connection, pytest.raises(GuardMissingError):
        check_no_overlap_guard(connection)


@on_postgresql
def test_no_lock_is_left_on_the_connection(unmigrated_database: Database) -> None:
    with unmigrated_database.app.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            held = connection.scalar(
                text(
                    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                    " WHERE locktype = 'advisory' AND datname = current_database()"
                )
            )
    assert held == 0
