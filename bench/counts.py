"""P12: statements that a page or call costs at 10 and at 1,000 bookings; they must be the same."""

from __future__ import annotations

from flask.testing import FlaskClient

from app.auth.roles import Role
from bench import case
from bench.case import Size
from bench.filling import fill, make_case
from bench.measuring import Goal, Row
from bench.report import Report
from bench.stage import Stage
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.databases import Database
from tests.support.statements import Statements, count_statements

FEW, MANY = 10, 1_000
DAY = "2027-03-02"
WORKSHOP = "/api/v1/garages/martin/workshops/lyon"
MONTH = f"{WORKSHOP}/availability?service=oil&mode=wait&from=2027-03-01&to=2027-03-31"
PAGES = {
    "month of availability, API": MONTH,
    "first page of the workshop": "/g/martin/lyon",
    "board of a day": f"/desk/lyon/day?on={DAY}",
    "list of a day": f"/desk/lyon/day?on={DAY}&as=list",
    "sheet of a day": f"/desk/lyon/sheet?date={DAY}",
}


def measure_counts(report: Report, stage: Stage) -> None:
    """One row a page: statements among many bookings by those among few."""
    size = Size()
    with stage.database("counts") as database:
        garage = make_case(database, size)
        with database.app.app_context():
            make_member(garage, "desk@martin.example", Role.RECEPTIONIST)
        client = database.app.test_client()
        assert isinstance(client, CarefulClient)
        signed_in(client, "desk@martin.example")
        bookings = sorted(case.draw(MANY, size), key=lambda each: each.day != 1)  # those of DAY first
        fill(database.engine, garage, bookings[:FEW])
        few = {page: count(database, client, path) for page, path in PAGES.items()}
        fill(database.engine, garage, bookings[FEW:])
        for page, path in PAGES.items():
            many = count(database, client, path)
            report.add(_row(page, few[page].count, many, kind=stage.kind))


def _row(page: str, few: int, many: Statements, *, kind: str) -> Row:
    return Row(
        topic="P12",
        what=f"statements, {page}",
        anchor=f"the same with {FEW} bookings",
        ratios=[many.count / few],
        database=kind,
        goal=Goal(1),
        note=f"{many.count} statements, {many.rows:,} rows at {MANY:,} bookings",
    )


def count(database: Database, client: FlaskClient, path: str) -> Statements:
    """What a second request of the page runs; the first fills what is kept between requests."""
    _open(client, path)
    with count_statements(database.engine) as seen:
        _open(client, path)
    return seen


def _open(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
