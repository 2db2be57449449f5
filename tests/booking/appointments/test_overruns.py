"""Work that is not done when it should be keeps its place while that is free, and is a conflict else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.db.unit_of_work import reading
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.appointments.history import HistoryLine, list_history
from booking.appointments.jobs import prolong_late
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.queries import get_appointment
from booking.errors import SlotTakenError
from tests.factories.appointments import book
from tests.factories.closings import conflicts
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.moves import move_desk, undo_last
from tests.factories.steps import cancel, step, view_of
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Eight in the morning in Paris; open until noon, and from half past one to six."""
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
HOUR_LONG = {"minutes": 60, "turnaround_minutes": 10}
PLANNED = MONDAY + 60 * MINUTE


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    return make_garage(services=[HOUR_LONG], rules={"slot_minutes": 5})


def begin(garage: MadeGarage, clock: MovableClock, *states: Status, at: datetime = MONDAY) -> int:
    """A visit at ``at`` that is in one of the states with its work to be done."""
    number = book(garage, at)
    with clock.at(at):
        step(garage, number, Status.ARRIVED, *states)
    return number


def tick(clock: MovableClock, at: datetime) -> None:
    """One run of the job at that moment."""
    with clock.at(at):
        prolong_late()


def ends(garage: MadeGarage, number: int) -> dict[str, int]:
    """Minutes after eight at which each resource is free again."""
    places = view_of(garage, number).places
    return {place.kind: (place.ends_at - MONDAY) // MINUTE for place in places}


def visit_of(garage: MadeGarage, number: int) -> Appointment:
    with scoped_to(garage.id), reading() as session:
        return get_appointment(session, garage.id, number)


def lines(garage: MadeGarage, number: int, kind: str) -> list[HistoryLine]:
    with scoped_to(garage.id), reading() as session:
        return [line for line in list_history(session, garage.id, number) if line.kind == kind]


def version(garage: MadeGarage) -> int:
    with scoped_to(garage.id), reading() as session:
        return get_version(session, garage.id, garage.workshop.id)


@pytest.mark.parametrize(
    ("states", "technician"),
    [((), 75), ((Status.IN_PROGRESS,), 75), ((Status.IN_PROGRESS, Status.WAITING_PARTS), 60)],
    ids=["arrived", "in progress", "waiting for parts"],
)
def test_what_is_not_done_keeps_its_place_for_a_quarter_of_an_hour(
    garage: MadeGarage, clock: MovableClock, states: tuple[Status, ...], technician: int
) -> None:
    number, before = begin(garage, clock, *states), version(garage)
    tick(clock, PLANNED - MINUTE)
    assert (ends(garage, number), version(garage)) == ({"bay": 70, "technician": 60}, before)
    tick(clock, PLANNED)
    assert ends(garage, number) == {"bay": 85, "technician": technician}
    assert version(garage) == before + 1
    visit = visit_of(garage, number)
    assert (visit.overran_at, visit.work_ends_at, visit.ready_at) == (PLANNED, PLANNED + 15 * MINUTE, PLANNED)


def test_it_is_prolonged_again_and_again_with_one_line_of_history(
    garage: MadeGarage, clock: MovableClock
) -> None:
    number = begin(garage, clock, Status.IN_PROGRESS)
    own_version = visit_of(garage, number).version
    for minute in range(60, 91):
        tick(clock, MONDAY + minute * MINUTE)
        assert ends(garage, number)["technician"] > minute + 4
    assert ends(garage, number) == {"bay": 115, "technician": 105}
    (line,) = lines(garage, number, "overran")
    assert (line.due, line.kept_until, line.actor) == (PLANNED, PLANNED + 45 * MINUTE, "system")
    assert visit_of(garage, number).version == own_version


@pytest.mark.parametrize("state", [Status.CONFIRMED, Status.READY])
def test_who_has_not_come_or_is_ready_is_not_prolonged(
    garage: MadeGarage, clock: MovableClock, state: Status
) -> None:
    number = book(garage, MONDAY)
    if state == Status.READY:
        with clock.at(PLANNED):
            step(garage, number, Status.ARRIVED, state)
    before, known = ends(garage, number), version(garage)
    tick(clock, PLANNED + 20 * MINUTE)
    assert (ends(garage, number), version(garage)) == (before, known)


def test_time_on_which_a_car_still_stands_is_not_offered(garage: MadeGarage, clock: MovableClock) -> None:
    begin(garage, clock, Status.IN_PROGRESS)
    tick(clock, PLANNED + 10 * MINUTE)
    with clock.at(PLANNED + 10 * MINUTE):
        with pytest.raises(SlotTakenError):
            book(garage, PLANNED + 15 * MINUTE)
        book(garage, PLANNED + 35 * MINUTE)


def test_being_ready_gives_what_was_kept_back(garage: MadeGarage, clock: MovableClock) -> None:
    number = begin(garage, clock, Status.IN_PROGRESS)
    tick(clock, PLANNED)
    with clock.at(PLANNED + 3 * MINUTE):
        step(garage, number, Status.READY)
        undo_last(garage, number)
        assert ends(garage, number) == {"bay": 85, "technician": 75}
        step(garage, number, Status.READY)
    assert ends(garage, number) == {"bay": 65, "technician": 65}


def test_a_step_is_undone_though_time_has_left_a_line_since(garage: MadeGarage, clock: MovableClock) -> None:
    number = begin(garage, clock, Status.IN_PROGRESS)
    tick(clock, PLANNED)
    undo_last(garage, number, at_any_time=True)
    assert view_of(garage, number).status == Status.ARRIVED


def test_the_next_car_is_in_conflict_and_free_again_once_it_is_moved(
    garage: MadeGarage, clock: MovableClock
) -> None:
    late = begin(garage, clock, Status.IN_PROGRESS)
    following = book(garage, PLANNED + 10 * MINUTE)
    with clock.at(PLANNED):
        assert conflicts(garage) == {}
        prolong_late()
        assert ends(garage, late) == {"bay": 70, "technician": 70}
        assert conflicts(garage) == {following: [("overrun", "Bay 1"), ("overrun", "Tech 1")]}
        known = version(garage)
        prolong_late()
        assert version(garage) == known
        move_desk(garage, following, PLANNED + 120 * MINUTE)
        assert conflicts(garage) == {}
    tick(clock, PLANNED + 6 * MINUTE)
    assert ends(garage, late) == {"bay": 85, "technician": 85}


@pytest.mark.parametrize("ended", ["ready", "cancelled"])
def test_the_conflict_ends_with_either_of_the_two(
    garage: MadeGarage, clock: MovableClock, ended: str
) -> None:
    late = begin(garage, clock, Status.IN_PROGRESS)
    following = book(garage, PLANNED + 10 * MINUTE)
    tick(clock, PLANNED)
    with clock.at(PLANNED + MINUTE):
        assert list(conflicts(garage)) == [following]
        step(garage, late, Status.READY) if ended == "ready" else cancel(garage, following)
        assert conflicts(garage) == {}


def test_a_technician_who_has_had_another_car_goes_on_with_the_first(
    garage: MadeGarage, clock: MovableClock
) -> None:
    made = make_garage(slug="two", bays=2, services=[{"minutes": 60}])
    first = begin(made, clock, Status.IN_PROGRESS, Status.WAITING_PARTS)
    between = book(made, PLANNED)
    with clock.at(PLANNED):
        prolong_late()
        step(made, between, Status.ARRIVED)
    for minute in (70, 80, 90, 100, 110):
        tick(clock, MONDAY + minute * MINUTE)
    with clock.at(MONDAY + 110 * MINUTE):
        step(made, between, Status.READY)
    with clock.at(MONDAY + 115 * MINUTE):
        step(made, first, Status.IN_PROGRESS)
    rows = [place for place in view_of(made, first).places if place.kind == "technician"]
    assert [((row.starts_at - MONDAY) // MINUTE, (row.ends_at - MONDAY) // MINUTE) for row in rows] == [
        (0, 60),
        (110, 130),
    ]


def test_a_forgotten_visit_takes_nothing_of_tomorrow_and_is_listed_then(
    garage: MadeGarage, clock: MovableClock
) -> None:
    number = begin(garage, clock, Status.IN_PROGRESS, at=MONDAY + 510 * MINUTE)
    for minute in range(570, 720, 10):
        tick(clock, MONDAY + minute * MINUTE)
    assert ends(garage, number) == {"bay": 610, "technician": 600}
    with clock.at(MONDAY + 700 * MINUTE):
        assert conflicts(garage) == {}
    with clock.at(MONDAY + DAY):
        prolong_late()
        assert ends(garage, number)["technician"] == 600
        assert conflicts(garage) == {number: [("unfinished", "")]}
        step(garage, number, Status.READY)
        assert conflicts(garage) == {}


def test_it_goes_on_through_the_break(garage: MadeGarage, clock: MovableClock) -> None:
    number = begin(garage, clock, Status.IN_PROGRESS, at=MONDAY + 180 * MINUTE)
    for minute in range(240, 320, 10):
        tick(clock, MONDAY + minute * MINUTE)
    assert ends(garage, number)["technician"] > 310
