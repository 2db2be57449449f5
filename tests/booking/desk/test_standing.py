"""The sentence that says where a visit stands, and the way back to the day it was opened from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from booking.appointments.history import HistoryLine
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.desk.standing import Reader, Standing, standing_of
from booking.desk.ways import way_back

NINE = datetime(2026, 12, 7, 8, 0, tzinfo=UTC)
"""Nine o'clock in Paris."""
HOUR = timedelta(hours=1)


def standing(
    app: Flask, status: str, *, arrives: float = 0, since: float = 0, locale: str = "en"
) -> Standing:
    """How a visit in that state reads at nine; hours are counted from then."""
    row = Appointment(
        status=status,
        arrives_at=NINE + HOUR * arrives,
        work_starts_at=NINE + HOUR * arrives,
        ready_at=NINE + HOUR * (arrives + 2),
        updated_at=NINE,
    )
    line = HistoryLine("status", "confirmed", status, "staff", None, NINE + HOUR * since)
    with app.test_request_context("/", headers={"Accept-Language": locale}):
        return standing_of(row, [line], Reader(NINE, "Europe/Paris"))


def test_a_car_of_today_is_expected_at_its_hour(app: Flask) -> None:
    assert standing(app, "confirmed", arrives=1.5) == Standing("Expected today at 10:30")


def test_a_car_of_another_day_is_expected_on_its_date(app: Flask) -> None:
    assert standing(app, "confirmed", arrives=24).text == "Expected Tue 8 Dec at 9:00"


def test_a_car_that_should_be_here_is_late(app: Flask) -> None:
    assert standing(app, "confirmed", arrives=-1) == Standing(
        "Expected today at 8:00 and not here yet", is_late=True
    )


def test_a_request_says_that_nobody_has_decided(app: Flask) -> None:
    assert "has not decided yet" in standing(app, "requested", arrives=5).text


def test_work_says_since_when_and_until_when(app: Flask) -> None:
    said = standing(app, "in_progress", arrives=-1, since=-0.5).text
    assert said == "In work since 8:30, promised for 10:00"


def test_what_happened_on_another_day_bears_its_date(app: Flask) -> None:
    assert standing(app, "collected", since=-24).text == "Collected: Sun 6 Dec at 9:00"


@pytest.mark.parametrize("status", list(Status))
def test_every_state_has_a_sentence(app: Flask, status: Status) -> None:
    assert standing(app, status.value).text


@pytest.mark.parametrize(
    ("args", "on", "query"),
    [
        ({}, date(2026, 12, 7), {}),
        (
            {"on": "2026-12-08", "by": "technician"},
            date(2026, 12, 8),
            {"on": "2026-12-08", "by": "technician"},
        ),
        ({"on": "tomorrow", "as": "list"}, date(2026, 12, 7), {"as": "list"}),
        ({"by": "//evil.example", "as": "board"}, date(2026, 12, 7), {}),
    ],
)
def test_the_way_back_takes_only_what_a_day_knows(
    args: dict[str, str], on: date, query: dict[str, str]
) -> None:
    way = way_back(args, arrives_on=date(2026, 12, 7))
    assert (way.on, way.query) == (on, query)
