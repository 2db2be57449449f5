"""Moving the work alone: the arrival and the promise stand as long as they can, and nobody is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.db.unit_of_work import reading
from app.errors import StaleVersionError
from app.tenancy.scope import scoped_to
from booking.appointments.history import list_history
from booking.appointments.life_cycle import Status
from booking.appointments.moving import arrival_for
from booking.errors import InTheWayError, MoveNotAllowedError, SoftRulesError
from notifications.outbox.models import State
from tests.factories.appointments import book, plan_later
from tests.factories.closings import resource_id
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import list_rows
from tests.factories.moves import move_work, undo_last
from tests.factories.moves import plan_later as give_back
from tests.factories.steps import put_in, step, view_of
from tests.support.clock import MovableClock

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
WORK = 45 * MINUTE
OIL: dict[str, Any] = {"modes": ["wait", "drop_off"]}


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(EIGHT - 6 * DAY)
    return make_garage(bays=2, technicians=2, courtesy_cars=1, services=[OIL])


def clocks(garage: MadeGarage, number: int) -> tuple[datetime, datetime | None, datetime]:
    """Arrival, start of the work, and promise."""
    visit = view_of(garage, number).appointment
    return visit.arrives_at, visit.work_starts_at, visit.ready_at


def who(garage: MadeGarage, number: int) -> dict[str, str]:
    """The names of what the visit takes, by kind."""
    return {place.kind: place.name for place in view_of(garage, number).places}


def leave_car(garage: MadeGarage, arrives_at: datetime = EIGHT, **changes: Any) -> int:
    return book(garage, arrives_at, mode="drop_off", **changes)


class TestPromises:
    def test_later_work_leaves_the_arrival_and_moves_the_promise(self, garage: MadeGarage) -> None:
        number = leave_car(garage)
        told = [(row.id, row.state) for row in list_rows(garage)]
        move_work(garage, number, EIGHT + 2 * HOUR)
        assert clocks(garage, number) == (EIGHT, EIGHT + 2 * HOUR, EIGHT + 2 * HOUR + WORK)
        assert [(row.id, row.state) for row in list_rows(garage)] == told

    def test_a_promise_that_can_be_kept_stands(self, garage: MadeGarage) -> None:
        number = leave_car(garage)
        move_work(garage, number, EIGHT + 2 * HOUR)
        promised = clocks(garage, number)[2]
        move_work(garage, number, EIGHT + HOUR)
        assert clocks(garage, number) == (EIGHT, EIGHT + HOUR, promised)

    def test_work_before_the_arrival_takes_the_arrival_along(self, garage: MadeGarage) -> None:
        number = leave_car(garage, EIGHT + 2 * HOUR)
        move_work(garage, number, EIGHT + HOUR)
        assert clocks(garage, number)[:2] == (EIGHT + HOUR, EIGHT + HOUR)
        told = list_rows(garage, state=State.PLANNED)
        assert {row.arrives_at for row in told} == {EIGHT + HOUR}

    def test_who_waits_comes_when_the_work_starts(self, garage: MadeGarage) -> None:
        number = book(garage, EIGHT)
        move_work(garage, number, EIGHT + 2 * HOUR)
        assert clocks(garage, number)[:2] == (EIGHT + 2 * HOUR, EIGHT + 2 * HOUR)

    def test_on_another_day_one_comes_at_the_same_time_of_day(self, garage: MadeGarage) -> None:
        number = leave_car(garage)
        move_work(garage, number, EIGHT + DAY + 2 * HOUR)
        assert clocks(garage, number)[:2] == (EIGHT + DAY, EIGHT + DAY + 2 * HOUR)

    def test_but_never_after_the_work_starts(self, garage: MadeGarage) -> None:
        number = leave_car(garage, EIGHT + 3 * HOUR)
        move_work(garage, number, EIGHT + DAY + HOUR)
        assert clocks(garage, number)[:2] == (EIGHT + DAY + HOUR, EIGHT + DAY + HOUR)

    def test_the_same_time_of_day_is_the_walls(self, garage: MadeGarage) -> None:
        """Three days later the clocks have been put forward."""
        view = view_of(garage, leave_car(garage))
        view.appointment.arrives_at = datetime(2027, 3, 26, 8, 0, tzinfo=UTC)
        works_at = datetime(2027, 3, 29, 12, 0, tzinfo=UTC)
        expected = datetime(2027, 3, 29, 7, 0, tzinfo=UTC)
        assert arrival_for(view, works_at, timezone="Europe/Paris") == expected


class TestTeam:
    def test_whoever_has_it_stays_if_nobody_is_named(self, garage: MadeGarage) -> None:
        book(garage, EIGHT)
        number = book(garage, EIGHT)
        before = who(garage, number)
        move_work(garage, number, EIGHT + 3 * HOUR)
        assert who(garage, number) == before

    def test_another_bay_keeps_the_technician(self, garage: MadeGarage) -> None:
        number = book(garage, EIGHT)
        before = who(garage, number)
        other = {"Bay 1": "Bay 2", "Bay 2": "Bay 1"}[before["bay"]]
        move_work(garage, number, EIGHT, bay_id=resource_id(garage, other))
        assert who(garage, number) == before | {"bay": other}
        assert clocks(garage, number)[0] == EIGHT

    def test_a_technician_who_is_busy_gives_it_to_a_colleague(self, garage: MadeGarage) -> None:
        other, number = book(garage, EIGHT + 3 * HOUR), book(garage, EIGHT)
        busy = who(garage, other)
        move_work(garage, number, EIGHT, technician_id=resource_id(garage, busy["technician"]))
        move_work(garage, number, EIGHT + 3 * HOUR)
        assert who(garage, number)["technician"] != busy["technician"]

    def test_a_place_that_is_taken_is_refused_by_name(self, garage: MadeGarage) -> None:
        other, number = book(garage, EIGHT + 3 * HOUR), book(garage, EIGHT)
        bay_id = resource_id(garage, who(garage, other)["bay"])
        with pytest.raises(InTheWayError) as refused:
            move_work(garage, number, EIGHT + 3 * HOUR, bay_id=bay_id)
        assert (refused.value.place, refused.value.plate) == (who(garage, other)["bay"], "GA-482-QT")
        assert clocks(garage, number)[0] == EIGHT

    def test_the_lunch_break_is_asked_about(self, garage: MadeGarage) -> None:
        number = leave_car(garage)
        with pytest.raises(SoftRulesError) as refused:
            move_work(garage, number, EIGHT + 4 * HOUR + 15 * MINUTE)
        assert refused.value.passed == ("closed",)
        move_work(garage, number, EIGHT + 4 * HOUR + 15 * MINUTE, anyway=("closed",))
        assert clocks(garage, number)[1] == EIGHT + 4 * HOUR + 15 * MINUTE


class TestLength:
    def test_longer_work_takes_more_of_bay_and_technician(self, garage: MadeGarage) -> None:
        number = book(garage, EIGHT)
        move_work(garage, number, EIGHT, work_minutes=90)
        view = view_of(garage, number)
        assert {place.ends_at for place in view.places} == {EIGHT + 90 * MINUTE}
        assert (view.appointment.work_minutes, view.appointment.ready_at) == (90, EIGHT + 90 * MINUTE)

    def test_the_history_says_so_and_undoing_takes_it_back(self, garage: MadeGarage) -> None:
        number = book(garage, EIGHT)
        before = view_of(garage, number)
        move_work(garage, number, EIGHT, work_minutes=90)
        with scoped_to(garage.id), reading() as session:
            line = list_history(session, garage.id, number)[0]
        assert (line.changed_minutes, line.moved_work) == ((45, 90), None)
        undo_last(garage, number)
        after = view_of(garage, number)
        assert (after.appointment.work_minutes, after.places) == (45, before.places)

    def test_not_into_the_next_car(self, garage: MadeGarage) -> None:
        number = book(garage, EIGHT)
        bay_id = resource_id(garage, who(garage, number)["bay"])
        next_one = book(garage, EIGHT + HOUR)
        move_work(garage, next_one, EIGHT + HOUR, bay_id=bay_id)
        with pytest.raises(InTheWayError) as refused:
            move_work(garage, number, EIGHT, work_minutes=90, bay_id=bay_id)
        assert refused.value.place == who(garage, number)["bay"]

    def test_work_in_progress_becomes_longer_where_it_is(
        self, garage: MadeGarage, clock: MovableClock
    ) -> None:
        number = book(garage, EIGHT)
        clock.move_to(EIGHT + 10 * MINUTE)
        step(garage, number, Status.ARRIVED, Status.IN_PROGRESS)
        move_work(garage, number, EIGHT, work_minutes=120)
        assert view_of(garage, number).appointment.work_ends_at == EIGHT + 2 * HOUR
        with pytest.raises(MoveNotAllowedError):
            move_work(garage, number, EIGHT + HOUR, work_minutes=120)

    def test_it_may_go_on_tomorrow(self, garage: MadeGarage, clock: MovableClock) -> None:
        """The car is here: that its service promises the same day holds nobody up."""
        number = leave_car(garage, EIGHT + 9 * HOUR)
        clock.move_to(EIGHT + 9 * HOUR + 5 * MINUTE)
        step(garage, number, Status.ARRIVED, Status.IN_PROGRESS)
        move_work(garage, number, EIGHT + 9 * HOUR, work_minutes=120)
        assert view_of(garage, number).appointment.work_ends_at == EIGHT + DAY + HOUR


class TestHere:
    def test_the_arrival_of_a_car_that_is_here_stands(self, garage: MadeGarage, clock: MovableClock) -> None:
        number = book(garage, EIGHT)
        clock.move_to(EIGHT)
        step(garage, number, Status.ARRIVED)
        move_work(garage, number, EIGHT + DAY)
        assert clocks(garage, number)[:2] == (EIGHT, EIGHT + DAY)

    def test_its_courtesy_car_stays_out(self, garage: MadeGarage, clock: MovableClock) -> None:
        number = leave_car(garage, courtesy_car=True)
        clock.move_to(EIGHT)
        step(garage, number, Status.ARRIVED)
        before = view_of(garage, number).place("courtesy_car")
        move_work(garage, number, EIGHT + DAY)
        after = view_of(garage, number).place("courtesy_car")
        assert before is not None
        assert after is not None
        assert (after.resource_id, after.starts_at) == (before.resource_id, before.starts_at)
        assert after.ends_at > EIGHT + DAY

    @pytest.mark.parametrize("status", [Status.IN_PROGRESS, Status.WAITING_PARTS, Status.READY])
    def test_work_that_has_begun_stays_where_it_is(self, garage: MadeGarage, status: Status) -> None:
        number = book(garage, EIGHT)
        put_in(garage, number, status=status.value)
        with pytest.raises(MoveNotAllowedError):
            move_work(garage, number, EIGHT + HOUR)


class TestTray:
    def test_a_wished_visit_is_placed_where_it_is_dropped(self, garage: MadeGarage) -> None:
        number = plan_later(garage, EIGHT - 8 * HOUR)  # a day, at any time
        move_work(garage, number, EIGHT + 2 * HOUR, bay_id=resource_id(garage, "Bay 2"))
        assert clocks(garage, number)[:2] == (EIGHT + 2 * HOUR, EIGHT + 2 * HOUR)
        assert who(garage, number)["bay"] == "Bay 2"
        assert not view_of(garage, number).appointment.is_wish

    def test_a_promised_arrival_stands_when_the_work_finds_its_place(self, garage: MadeGarage) -> None:
        number = plan_later(garage, EIGHT, is_wish=False, mode="drop_off")
        move_work(garage, number, EIGHT + 2 * HOUR)
        assert clocks(garage, number)[:2] == (EIGHT, EIGHT + 2 * HOUR)

    def test_given_back_it_takes_nothing_and_its_arrival_stands(self, garage: MadeGarage) -> None:
        number = leave_car(garage, courtesy_car=True)
        told = len(list_rows(garage))
        give_back(garage, number)
        view = view_of(garage, number)
        assert (view.places, view.status, view.appointment.arrives_at) == ((), Status.CONFIRMED, EIGHT)
        assert (view.appointment.work_starts_at, view.appointment.promises_ready) == (None, False)
        assert len(list_rows(garage)) == told

    def test_that_can_be_undone(self, garage: MadeGarage) -> None:
        number = leave_car(garage, courtesy_car=True)
        before = view_of(garage, number)
        give_back(garage, number)
        undo_last(garage, number)
        after = view_of(garage, number)
        assert (after.places, clocks(garage, number)) == (
            before.places,
            (EIGHT, EIGHT, before.appointment.ready_at),
        )

    def test_from_an_old_page_nothing_is_given_back(self, garage: MadeGarage) -> None:
        number = leave_car(garage)
        with pytest.raises(StaleVersionError):
            give_back(garage, number, version=7)
        assert view_of(garage, number).places

    def test_not_once_the_courtesy_car_is_out_or_the_work_has_begun(
        self, garage: MadeGarage, clock: MovableClock
    ) -> None:
        number, other = leave_car(garage, courtesy_car=True), leave_car(garage)
        clock.move_to(EIGHT)
        step(garage, number, Status.ARRIVED)
        step(garage, other, Status.IN_PROGRESS)
        for each in (number, other):
            with pytest.raises(MoveNotAllowedError):
                give_back(garage, each)
