"""The day's figures, and where a visit of several days lies. Made of plain rows, no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from booking.appointments.models import Appointment
from booking.appointments.queries import AppointmentView, PlaceView
from booking.customers.models import Customer, Vehicle
from calendars.board.day import NOTE, Frame, cards_of
from calendars.board.totals import count_live, facts_of, is_late

NOON = datetime(2026, 12, 7, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FRAME = Frame(NOON - 4 * HOUR, NOON + 6 * HOUR)
BAY = 7


def visit(
    status: str,
    *,
    number: int = 1,
    arrives: float = 0,
    work: tuple[float, float] = (0, 1),
    mode: str = "wait",
) -> AppointmentView:
    """A visit in bay 7; hours are counted from noon, ten minutes of turnaround follow the work."""
    starts_at, ends_at = NOON + HOUR * work[0], NOON + HOUR * work[1]
    row = Appointment(
        id=number,
        status=status,
        mode=mode,
        arrives_at=NOON + HOUR * arrives,
        work_starts_at=starts_at,
        work_ends_at=ends_at,
    )
    place = PlaceView(BAY, "bay", "Bay 7", starts_at, ends_at + timedelta(minutes=10))
    return AppointmentView(row, Customer(), Vehicle(), (), (place,))


def done_before_its_turn(at: float, *, number: int = 9) -> AppointmentView:
    """A visit that was to be done in bay 7 and was ready at ``at``, in hours from noon."""
    row = Appointment(id=number, status="ready", mode="drop_off", arrives_at=NOON)
    place = PlaceView(BAY, "bay", "Bay 7", NOON + HOUR * at, NOON + HOUR * at)
    return AppointmentView(row, Customer(), Vehicle(), (), (), former=(place,))


def facts(app: Flask, *visits: AppointmentView) -> dict[str, int]:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        return {fact.word: fact.count for fact in facts_of(visits, now=NOON)}


def test_a_confirmed_car_past_its_time_is_late() -> None:
    assert is_late(visit("confirmed", arrives=-0.5), NOON)


def test_a_car_that_is_here_or_not_yet_due_is_not_late() -> None:
    assert not is_late(visit("arrived", arrives=-0.5), NOON)
    assert not is_late(visit("confirmed", arrives=0.5), NOON)


def test_the_figures_name_what_asks_for_hands(app: Flask) -> None:
    shown = facts(
        app,
        visit("confirmed", arrives=-1),
        visit("confirmed", arrives=2),
        visit("requested", arrives=3),
        visit("arrived", arrives=-1),
        visit("in_progress", arrives=-2, mode="drop_off"),
        visit("ready", arrives=-3),
    )
    assert shown == {"late": 1, "to decide": 1, "waiting here": 1, "to collect": 1, "to come": 2}


def test_a_day_without_visits_has_no_figures(app: Flask) -> None:
    assert facts(app) == {}


def test_what_was_called_off_does_not_count_as_a_visit() -> None:
    assert count_live([visit("cancelled"), visit("no_show"), visit("confirmed"), visit("collected")]) == 2


def test_turnaround_follows_the_work_in_the_bay() -> None:
    (card,) = cards_of([visit("confirmed")], resource_id=BAY, kind="bay", frame=FRAME)
    assert (card.at, card.length, card.turnaround) == (48, 12, 2)


def test_a_car_that_stays_over_night_says_so_on_each_day() -> None:
    (card,) = cards_of([visit("confirmed", work=(2, 30))], resource_id=BAY, kind="bay", frame=FRAME)
    assert (card.at, card.length, card.is_carried_over, card.goes_on) == (72, 48, False, True)
    tomorrow = Frame(FRAME.starts_at + 24 * HOUR, FRAME.ends_at + 24 * HOUR)
    (card,) = cards_of([visit("confirmed", work=(2, 30))], resource_id=BAY, kind="bay", frame=tomorrow)
    assert (card.at, card.length, card.is_carried_over, card.goes_on) == (0, 120, True, False)


def test_a_car_in_another_bay_is_not_in_this_column() -> None:
    assert cards_of([visit("confirmed")], resource_id=BAY + 1, kind="bay", frame=FRAME) == ()


@pytest.mark.parametrize(
    ("at", "shown_at"),
    [(3, 84), (0.75, 62), (0.25, 43), (-9, 0), (9, 115)],
    ids=["free", "after the work there", "before it", "before opening", "after closing"],
)
def test_what_was_done_before_its_turn_is_a_note_beside_the_work(at: float, shown_at: int) -> None:
    cards = cards_of([visit("confirmed"), done_before_its_turn(at)], resource_id=BAY, kind="bay", frame=FRAME)
    (note,) = [card for card in cards if card.is_note]
    assert (note.at, note.length, note.turnaround) == (shown_at, NOTE, 0)


def test_notes_of_one_moment_stand_side_by_side() -> None:
    cards = cards_of(
        [done_before_its_turn(1, number=1), done_before_its_turn(1, number=2)],
        resource_id=BAY,
        kind="bay",
        frame=FRAME,
    )
    assert [card.at for card in cards] == [60 - NOTE, 60]


@pytest.mark.parametrize(("status", "is_note"), [("ready", True), ("in_progress", False)])
def test_what_is_done_too_soon_to_be_read_is_a_note(status: str, is_note: bool) -> None:
    (card,) = cards_of([visit(status, work=(0, 1 / 12))], resource_id=BAY, kind="bay", frame=FRAME)
    assert (card.is_note, card.at) == (is_note, 48)


def test_a_full_column_still_shows_what_was_done() -> None:
    cards = cards_of(
        [visit("confirmed", work=(-4, 6)), done_before_its_turn(1)], resource_id=BAY, kind="bay", frame=FRAME
    )
    assert [card.at for card in cards if card.is_note] == [60]
