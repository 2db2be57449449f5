"""Minutes that the database reckons are those that Python does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import literal, select

from app.db.minutes import in_minutes, in_minutes_up
from app.db.types import UtcDateTime
from app.localtime import to_minutes, to_minutes_up
from tests.support.databases import Database

AT = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment",
    [
        AT,
        AT + timedelta(microseconds=1),
        AT - timedelta(microseconds=1),
        AT + timedelta(seconds=30),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_database_rounds_minutes_as_python_does(database: Database, moment: datetime) -> None:
    at = literal(moment, UtcDateTime)
    with database.engine.connect() as connection:
        row = connection.execute(select(in_minutes(at), in_minutes_up(at))).one()
    assert tuple(row) == (to_minutes(moment), to_minutes_up(moment))
