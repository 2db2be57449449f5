"""P11: what ten thousand garages cost each other; one garage's month and booking, among few and many."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from itertools import count

from sqlalchemy import Connection, Table, text

from app.db.session import db
from app.tenancy.kept import forget_kept
from bench import case
from bench.case import SPANS, Size
from bench.filling import fill, make_case
from bench.measuring import Goal, Pace, Row, compare
from bench.report import Report
from bench.stage import Stage
from tests.factories.garages import MadeGarage
from tests.support.databases import Database
from tests.support.statements import count_statements

STEP = 1_000
"""How far the ids of one copy lie from those of the next."""

FEW = 10
SMALL = Size(bays=2, technicians=3)
MONTH_OF = (
    "/api/v1/garages/{}/workshops/lyon/availability?service=oil&mode=wait&from=2027-03-01&to=2027-03-31"
)
BOOK_AT = "/api/v1/garages/{}/workshops/lyon/appointments"
_numbers = count(1)


def measure_garages(report: Report, stage: Stage) -> None:
    """Two installations side by side, the large one filled by copying a garage of twenty visits."""
    many = 1_000 if stage.quick else 10_000
    with stage.database("few") as small, stage.database("many") as large:
        for database, number in ((small, FEW), (large, many)):
            garage = make_case(database, SMALL)
            fill(database.engine, garage, case.draw(20, SMALL))
            with database.engine.begin() as connection:
                copy_garage(connection, garage, copies=number - 1)
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
        for what, work in (("month of availability", _ask), ("booking", _book)):
            report.add(_row(stage, what, work, small=small, large=large, many=many))


def _row(
    stage: Stage,
    what: str,
    work: Callable[[Database, int], None],
    *,
    small: Database,
    large: Database,
    many: int,
) -> Row:
    few_work, many_work = partial(work, small, FEW), partial(work, large, many)
    statements = []
    for database, one in ((small, few_work), (large, many_work)):
        one()
        with count_statements(database.engine) as seen:
            one()
        statements.append(seen.count)
    assert statements[0] == statements[1], f"{what}: {statements} statements"
    pace = Pace(pairs=stage.pace.pairs, sample_seconds=0.3)
    return Row(
        topic="P11",
        what=f"{what}, one of {many:,} garages",
        anchor=f"one of {FEW} garages",
        ratios=compare(many_work, few_work, pace, on_the_wall=stage.on_the_wall),
        database=stage.kind,
        goal=Goal(1.25),
        note=f"{statements[0]} statements in both",
    )


def _ask(database: Database, garages: int) -> None:
    """A month that no process has kept: of ten garages all would be, of ten thousand hardly one."""
    _forget(database)
    answer = database.app.test_client().get(MONTH_OF.format(_slug(garages)))
    assert answer.status_code == 200, answer.text


def _book(database: Database, garages: int) -> None:
    """One visit at a random garage and hour of the days after the month; the hours are many, nothing kept."""
    _forget(database)
    number = next(_numbers)
    chooser = random.Random(number)
    minute = chooser.choice([start for opens, closes in SPANS for start in range(opens, closes, case.NEED)])
    arrives_at = case.arrival(40 + number % 300, minute)
    body = {
        "services": ["oil"],
        "mode": "wait",
        "arrives_at": arrives_at,
        "customer": {"name": f"Client {number}", "email": f"c{number}@bench.example"},
        "vehicle": {"plate": f"AA{number % 1000:03d}AA", "country": "FR"},
    }
    key = {"Idempotency-Key": f"one-of-its-own-{number}"}
    answer = database.app.test_client().post(BOOK_AT.format(_slug(garages)), json=body, headers=key)
    assert answer.status_code == 201, answer.text


def _forget(database: Database) -> None:
    with database.app.app_context():
        forget_kept()


def _slug(garages: int) -> str:
    number = random.randrange(garages)
    return f"martin-{number}" if number else "martin"


def copy_garage(connection: Connection, garage: MadeGarage, *, copies: int) -> None:
    """Store so many copies of a garage with all its rows, by one statement a table."""
    for table in db.metadata.sorted_tables:
        own = "id" if table.name == "garage" else "garage_id"
        if own not in table.columns:
            continue
        columns = [column.name for column in table.columns]
        values = [_copied(table, name) for name in columns]
        connection.execute(
            text(
                "WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :copies)"
                f' INSERT INTO "{table.name}" ({", ".join(columns)}) SELECT {", ".join(values)}'
                f' FROM "{table.name}" AS t CROSS JOIN series WHERE t.{own} = :garage'
            ),
            {"copies": copies, "garage": garage.id},
        )
        _settle(connection, table)


def _copied(table: Table, name: str) -> str:
    """A column of copy n: ids of the garage's own rows move on by n steps, all else stays."""
    if (table.name, name) == ("garage", "slug"):
        return "t.slug || '-' || n"
    targets = {key.column.table for key in table.columns[name].foreign_keys}
    moves = name == "id" or any(
        target.name == "garage" or "garage_id" in target.columns for target in targets
    )
    return f"t.{name} + n * {STEP}" if moves else f"t.{name}"


def _settle(connection: Connection, table: Table) -> None:
    """The next id comes after all that were given."""
    if connection.dialect.name == "postgresql" and "id" in table.columns:
        sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
        connection.execute(text(f'SELECT setval({sequence}, GREATEST(max(id), 1)) FROM "{table.name}"'))
