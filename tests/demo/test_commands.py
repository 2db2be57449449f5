"""Where the demo garage is refused, and how it is taken down."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import func, select

from app.auth.roles import Role
from app.db.base import Base
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.queries import list_garages
from app.tenancy.scope import across_garages, scoped_to
from demo.operations import remove_demo
from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.factories.staff import make_member
from tests.support.clock import MovableClock
from tests.support.databases import Database

MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)


def test_production_refuses_the_demo(database: Database) -> None:
    app = database.another_app(env="production", clock_offset_file="")
    result = app.test_cli_runner().invoke(args=("demo", "load"))
    with app.app_context(), reading() as session:
        assert (result.exit_code, list_garages(session)) == (1, [])


def test_an_installation_with_a_garage_of_its_own_gets_no_demo_unasked(app_context: Flask) -> None:
    make_garage(slug="other")
    result = app_context.test_cli_runner().invoke(args=("demo", "load", "--if-empty"))
    with reading() as session:
        slugs = [garage.slug for garage in list_garages(session)]
    assert (result.exit_code, slugs) == (0, ["other"])
    assert "no demo garage beside other" in result.output


def test_taking_the_demo_down_leaves_no_row_of_it(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(MONDAY)
    garage, other = make_garage(), make_garage(slug="other")
    for one in (garage, other):
        book(one, datetime(2026, 11, 24, 9, tzinfo=UTC))
    make_member(garage, "camille@martin.example", Role.RECEPTIONIST)
    with scoped_to(garage.id), unit_of_work() as session:
        remove_demo(session, garage_id=garage.id)
    owned = [table for table in Base.metadata.sorted_tables if "garage_id" in table.c]
    with across_garages("the test looks at all rows"), reading() as session:
        left = {
            name: session.scalar(
                select(func.count()).select_from(table).where(table.c.garage_id == garage.id)
            )
            for name, table in ((table.name, table) for table in owned)
        }
        kept = session.scalar(select(func.count()).select_from(Base.metadata.tables["appointment"]))
    assert (set(left.values()), kept) == ({0}, 1)
