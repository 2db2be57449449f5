"""The belts of tenancy: every table names its garage, no reference or query crosses over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Executable, ForeignKeyConstraint, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

import migrations.all_models  # noqa: F401  # fills the metadata
from app.db.base import Base
from app.db.platform_tables import PLATFORM_TABLES
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.guards import ForeignRowError, UnscopedQueryError
from app.tenancy.models import Workshop
from app.tenancy.scope import NoScopeError, ScopeChangedError, across_garages, scoped_to
from booking.resources.models import Resource
from notifications.outbox.models import OptOut
from tests.factories.garages import make_garage

TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
OWNED = [table for table in TABLES if table.name not in PLATFORM_TABLES]


@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.name)
def test_every_table_carries_its_garage(table: Table) -> None:
    assert "garage_id" in table.c
    assert not table.c.garage_id.nullable


@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.name)
def test_references_between_owned_rows_are_composite(table: Table) -> None:
    single = [
        str(key)
        for constraint in table.constraints
        if isinstance(constraint, ForeignKeyConstraint)
        for key in [constraint.referred_table.name]
        if key not in PLATFORM_TABLES and "garage_id" not in constraint.column_keys
    ]
    assert single == []


def test_platform_tables_exist_and_own_nothing() -> None:
    names = {table.name for table in TABLES}
    assert PLATFORM_TABLES - {"alembic_version"} <= names
    assert [t.name for t in TABLES if t.name in PLATFORM_TABLES and "garage_id" in t.c] == []


def test_reading_an_owned_table_without_a_scope_raises(app: Flask) -> None:
    with app.app_context(), pytest.raises(NoScopeError), reading() as session:
        session.scalars(select(Workshop).where(Workshop.garage_id == 1)).all()


def test_an_orm_select_that_names_no_garage_raises(app: Flask) -> None:
    with app.app_context(), scoped_to(1), pytest.raises(UnscopedQueryError), reading() as session:
        session.scalars(select(Workshop)).all()


def test_a_core_select_that_names_no_garage_raises(app: Flask) -> None:
    with app.app_context(), scoped_to(1), pytest.raises(UnscopedQueryError), reading() as session:
        session.execute(select(Workshop.__table__.c.id)).all()


def test_a_bulk_update_that_names_no_garage_raises(app: Flask) -> None:
    with app.app_context(), scoped_to(1), pytest.raises(UnscopedQueryError), unit_of_work() as session:
        session.execute(update(Workshop).values(name="x"))


def test_a_bulk_delete_that_names_no_garage_raises(app: Flask) -> None:
    with app.app_context(), scoped_to(1), pytest.raises(UnscopedQueryError), unit_of_work() as session:
        session.execute(delete(Resource).where(Resource.id == 1))


OPT_OUT = Base.metadata.tables["opt_out"]
WORKSHOP = Base.metadata.tables["workshop"]
NAMING_ANOTHER: dict[str, Callable[[int], Executable]] = {
    "orm select": lambda other: select(Workshop).where(Workshop.garage_id == other),
    "core select": lambda other: select(WORKSHOP.c.id).where(WORKSHOP.c.garage_id == other),
    "orm update": lambda other: update(Workshop).where(Workshop.garage_id == other).values(name="x"),
    "core update": lambda other: update(WORKSHOP).where(WORKSHOP.c.garage_id == other).values(name="x"),
    "orm delete": lambda other: delete(Workshop).where(Workshop.garage_id == other),
    "core delete": lambda other: delete(WORKSHOP).where(WORKSHOP.c.garage_id == other),
    "core insert": lambda other: insert(OPT_OUT).values(garage_id=other, phone="+33639980001"),
    "orm insert": lambda other: insert(OptOut).values({"garage_id": other, "phone": "+33639980001"}),
    "insert of rows": lambda other: insert(OPT_OUT).values([{"garage_id": other, "phone": "+33639980001"}]),
    "insert of a select": lambda other: insert(OPT_OUT).from_select(
        ["garage_id", "phone"],
        select(WORKSHOP.c.garage_id, WORKSHOP.c.phone).where(WORKSHOP.c.garage_id == other),
    ),
}


@pytest.mark.parametrize("kind", NAMING_ANOTHER)
def test_a_statement_that_names_another_garage_raises(app: Flask, kind: str) -> None:
    with app.app_context():
        mine, theirs = make_garage(slug="mine"), make_garage(slug="theirs")
        with scoped_to(mine.id), pytest.raises(ForeignRowError), unit_of_work() as session:
            session.execute(NAMING_ANOTHER[kind](theirs.id))


def test_rows_given_beside_an_insert_are_looked_at_too(app: Flask) -> None:
    with app.app_context():
        mine, theirs = make_garage(slug="mine"), make_garage(slug="theirs")
        rows = [{"garage_id": garage.id, "phone": "+33639980001"} for garage in (mine, theirs)]
        with scoped_to(mine.id), pytest.raises(ForeignRowError), unit_of_work() as session:
            session.execute(insert(OptOut), rows)


def test_a_join_of_garages_without_an_id_raises(app: Flask) -> None:
    statement = select(WORKSHOP.c.id).join(OPT_OUT, OPT_OUT.c.garage_id == WORKSHOP.c.garage_id)
    with app.app_context(), scoped_to(1), pytest.raises(UnscopedQueryError), reading() as session:
        session.execute(statement)


def test_get_by_key_cannot_reach_an_owned_row(app: Flask) -> None:
    with app.app_context():
        mine, theirs = make_garage(slug="mine"), make_garage(slug="theirs")
        with scoped_to(mine.id), pytest.raises(UnscopedQueryError), reading() as session:
            session.get(Workshop, theirs.workshop.id)


def test_a_row_that_is_already_loaded_cannot_be_reached_from_another_scope(app: Flask) -> None:
    with app.app_context():
        mine, theirs = make_garage(slug="mine"), make_garage(slug="theirs")
        with scoped_to(theirs.id), reading() as session:
            session.scalars(select(Workshop).where(Workshop.garage_id == theirs.id)).all()
            with pytest.raises(ScopeChangedError), scoped_to(mine.id):
                session.get(Workshop, theirs.workshop.id)


def test_writing_a_row_of_another_garage_raises(app: Flask) -> None:
    with app.app_context():
        mine, theirs = make_garage(slug="mine"), make_garage(slug="theirs")
        row = Workshop(garage_id=theirs.id, slug="new", name="New", timezone="UTC")
        with scoped_to(mine.id), pytest.raises(ForeignRowError), unit_of_work() as session:
            session.add(row)


def test_the_database_refuses_a_reference_across_garages(app: Flask) -> None:
    with app.app_context():
        mine, theirs = make_garage(slug="mine"), make_garage(slug="theirs")
        values = {"garage_id": mine.id, "workshop_id": theirs.workshop.id, "kind": "bay", "name": "B"}
        crossing = across_garages("the test crosses over on purpose")
        with crossing, pytest.raises(IntegrityError), unit_of_work() as session:
            session.execute(insert(Resource).values(tags=[], plate="", position=0, version=1, **values))
