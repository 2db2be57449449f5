"""How the API reads and writes times and dates (RFC 3339)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import Babel

from app.api.moments import parse_day, parse_moment, write_moment


@pytest.fixture(autouse=True)
def _speaking() -> object:
    """Sentences need an application to be translated in; it has no database."""
    app = Flask("moments")
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01T08:00:00+01:00", datetime(2026, 12, 1, 7, tzinfo=UTC)),
        ("2026-12-01T08:00:00Z", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("2026-12-01t08:00:00z", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("2026-12-01 08:00:00-03:30", datetime(2026, 12, 1, 11, 30, tzinfo=UTC)),
        ("2026-12-01T08:00:00.250Z", datetime(2026, 12, 1, 8, 0, 0, 250_000, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_offset_is_read(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01T08:00:00",
        "2026-12-01T08:00+01:00",
        "2026-12-01",
        "2026-02-30T08:00:00Z",
        "2026-12-01T25:00:00Z",
        "2026-12-01T08:00:00+0100",
        "2026-12-01T08:00:00+25:00",
        "20261201T080000Z",
        "0000-01-01T00:00:00Z",
        "２０２６-12-01T08:00:00Z",
        " 2026-12-01T08:00:00Z",
        "2026-12-01T08:00:00Z\n",
        "tomorrow",
        "",
        7,
        None,
        True,
        ["2026-12-01T08:00:00Z"],
    ],
)
def test_a_time_out_of_shape_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"time"):
        parse_moment(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_beyond_the_calendar_is_its_end(text: str) -> None:
    assert parse_moment(text).year in {1, 9999}


def test_a_date_is_read() -> None:
    assert parse_day("2028-02-29") == date(2028, 2, 29)


@pytest.mark.parametrize(
    "text", ["20261201", "2026-W49-2", "2026-2-1", "2027-02-29", "0000-01-01", "", None, 7]
)
def test_a_date_out_of_shape_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"date"):
        parse_day(text)


def test_a_repeated_hour_is_written_with_two_offsets() -> None:
    first = write_moment(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Paris")
    second = write_moment(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/Paris")
    assert (first, second) == ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
