"""The board's geometry: what is shown, where a card lies, how full a column is. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.localtime import day_bounds
from calendars.board.day import Frame, Interval, frame_of, minutes_within, percent, shut_around

PARIS = "Europe/Paris"
EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
DAY = day_bounds(EIGHT.date(), PARIS)
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    """Hours after eight o'clock in Paris."""
    return EIGHT + HOUR * hours


def frame(*, opens: list[Interval] | None = None, jobs: list[Interval] | None = None) -> Frame:
    return frame_of(DAY, open_times=opens or [], jobs=jobs or [], timezone=PARIS)


OFFICE = [(at(0), at(4)), (at(5.5), at(10))]


def test_the_frame_runs_from_the_first_opening_to_the_last() -> None:
    assert frame(opens=OFFICE) == Frame(at(0), at(10))


def test_the_frame_is_cut_on_whole_local_hours() -> None:
    assert frame(opens=[(at(0.5), at(9.25))]) == Frame(at(0), at(10))


def test_a_job_before_opening_and_one_after_closing_stretch_the_day() -> None:
    assert frame(opens=OFFICE, jobs=[(at(-1), at(1)), (at(9), at(11.5))]) == Frame(at(-1), at(12))


@pytest.mark.parametrize("job", [(-30, 2), (8, 30), (-30, 30)], ids=["begun before", "goes on", "both"])
def test_a_night_in_the_workshop_does_not_stretch_the_day(job: tuple[float, float]) -> None:
    assert frame(opens=OFFICE, jobs=[(at(job[0]), at(job[1]))]) == Frame(at(0), at(10))


@pytest.mark.parametrize("jobs", [[], [(at(-30), at(30))]], ids=["empty", "passed through"])
def test_a_day_on_which_nothing_opens_shows_eight_to_six(jobs: list[Interval]) -> None:
    shown = frame(jobs=jobs)
    assert shown.hours(PARIS)[0] == "8:00"
    assert shown.steps == 120


def test_a_card_is_cut_to_the_frame() -> None:
    shown = Frame(at(0), at(10))
    assert shown.span(at(-2), at(1)) == (0, 12)
    assert shown.span(at(9), at(30)) == (108, 12)
    assert shown.span(at(11), at(12)) == (120, 0)


def test_what_is_not_open_is_shut() -> None:
    frame = Frame(at(0), at(10))
    parts = shut_around([(at(0), at(4)), (at(5.5), at(9))], frame=frame, label="Closed")
    assert [(part.at, part.length) for part in parts] == [(48, 18), (108, 12)]


def test_a_closed_day_is_shut_all_through() -> None:
    parts = shut_around([], frame=Frame(at(0), at(10)), label="Closed")
    assert [(part.at, part.length) for part in parts] == [(0, 120)]


def test_load_counts_only_what_lies_in_open_time() -> None:
    assert minutes_within([(at(-1), at(1)), (at(3), at(6))], [(at(0), at(4)), (at(5), at(9))]) == 180


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(0, 0, 0), (30, 0, 100), (60, 120, 50), (200, 100, 100), (1, 480, 0)]
)
def test_percent_is_honest_at_the_ends(part: int, whole: int, shown: int) -> None:
    assert percent(part, whole) == shown


@pytest.mark.time
def test_the_hours_of_a_clock_change_are_those_of_the_wall() -> None:
    bounds = day_bounds(datetime(2026, 10, 25, 12, tzinfo=UTC).date(), PARIS)
    shown = frame_of(bounds, open_times=[bounds], jobs=[], timezone=PARIS)
    assert shown.hours(PARIS)[:5] == ["0:00", "1:00", "2:00", "2:00", "3:00"]
    assert shown.steps == 25 * 12
