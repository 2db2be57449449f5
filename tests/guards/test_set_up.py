"""What is kept of a set-up: read from watched tables alone, and raised by every change, whoever makes it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from app.db.session import db
from app.db.unit_of_work import reading
from app.tenancy.kept import forget_kept
from app.tenancy.scope import scoped_to
from app.tenancy.set_up_watch import WatchMissingError, check_set_up_watch, list_watched
from booking.appointments.set_up import load_set_up
from booking.resources.requests import ClosingRequest
from notifications.planning.settings import SETTINGS_TABLES, load_settings
from tests.factories.closings import store
from tests.factories.garages import add_workshop, make_garage
from tests.factories.messages import add_reminder
from tests.support.databases import Database
from tests.support.statements import count_statements

CALENDAR = "workshop_calendar"
OF_THE_GARAGE = {"garage", "service_type"}
"""Tables whose rows are of all the garage's workshops."""


def versions(connection: Connection) -> dict[tuple[str, str], int]:
    """Of every workshop, by the slugs."""
    rows = connection.execute(
        text(
            "SELECT g.slug, w.slug, c.set_up_version FROM workshop_calendar c"
            " JOIN garage g ON g.id = c.garage_id JOIN workshop w ON w.id = c.workshop_id"
        )
    )
    return {(row[0], row[1]): row[2] for row in rows}


@pytest.fixture
def garages(app: Flask) -> None:
    """Martin's with two workshops and rows in every watched table, and Petit's."""
    with app.app_context():
        martin = make_garage(slug="martin")
        add_workshop(martin, "nice")
        make_garage(slug="petit")
        store(martin, ClosingRequest(date(2026, 12, 24), date(2026, 12, 24)))
        add_reminder(martin, hours_before=24)


def test_every_change_of_a_watched_table_raises_its_own_workshops_alone(
    garages: None, database: Database
) -> None:
    told = {}
    for table in list_watched():
        garage = "id" if table == "garage" else "garage_id"
        with database.engine.connect() as connection:
            own = "SELECT id FROM garage WHERE slug = 'martin'"
            row = connection.execute(
                text(f'SELECT * FROM "{table}" WHERE {garage} = ({own}) ORDER BY 1, 2')
            ).first()
            assert row is not None, f"nothing in {table} to change"
            before = versions(connection)
            key = next(name for name in ("id", "workshop_id") if name in row._mapping)
            connection.execute(
                text(f'UPDATE "{table}" SET {garage} = {garage} WHERE {key} = :id'), {"id": row._mapping[key]}
            )
            after = versions(connection)
            connection.rollback()
        told[table] = {place for place in after if after[place] != before[place]}
    lyon, nice = ("martin", "lyon"), ("martin", "nice")
    assert told == {table: {lyon, nice} if table in OF_THE_GARAGE else {lyon} for table in list_watched()}


def test_a_row_that_comes_or_goes_raises_it_too(garages: None, database: Database) -> None:
    with database.engine.connect() as connection:
        seen = [versions(connection)]
        inserted = (
            "INSERT INTO resource (garage_id, workshop_id, kind, name, tags, plate, position, version)"
            " SELECT garage_id, id, 'bay', 'Pit', '[]', '', 9, 1 FROM workshop WHERE slug = 'nice'"
        )
        for statement in (inserted, "DELETE FROM resource WHERE name = 'Pit'"):
            connection.execute(text(statement))
            seen.append(versions(connection))
        connection.rollback()
    nice = ("martin", "nice")
    assert seen[0][nice] < seen[1][nice] < seen[2][nice]
    assert all({place: row[place] for place in row if place != nice} for row in seen)


def test_a_set_up_is_read_from_watched_tables_alone(app: Flask, database: Database) -> None:
    with app.app_context():
        garage = make_garage()
        forget_kept()
        with count_statements(database.engine) as seen, scoped_to(garage.id), reading() as session:
            load_set_up(session, garage.workshop, first_on=date(2026, 12, 1), last_on=date(2026, 12, 1))
    read = {name for each in seen.texts for name in re.findall(r"(?:FROM|JOIN) (\w+)", each)}
    assert read - {CALENDAR} <= set(list_watched())
    assert read >= {CALENDAR, "workshop_rules", "resource", "service_type"}


def test_settings_of_messages_are_read_from_watched_tables_alone(app: Flask, database: Database) -> None:
    with app.app_context():
        garage = make_garage()
        forget_kept()
        with count_statements(database.engine) as seen, scoped_to(garage.id), reading() as session:
            load_settings(session, garage.id, garage.workshop.id)
    read = {name for each in seen.texts for name in re.findall(r"(?:FROM|JOIN) (\w+)", each)}
    assert read - {CALENDAR} == SETTINGS_TABLES <= set(list_watched())


def test_a_lost_trigger_is_noticed_at_start(own_database: Database) -> None:
    with own_database.app.app_context(), db.engine.begin() as connection:
        check_set_up_watch(connection)
        on = " ON resource" if own_database.kind == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER tr_resource_set_up_update{on}"))
        with pytest.raises(WatchMissingError, match="tr_resource_set_up_update"):
            check_set_up_watch(connection)
