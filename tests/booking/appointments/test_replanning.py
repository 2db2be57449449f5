"""New places for what leave, a block or a closing touches: proposed and moved together, or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.db.session import db
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.operations.replan import Accepted, Replanned, set_aside_and_move
from booking.appointments.replanning import Proposed, propose_places
from booking.appointments.requests import Actor, MoveRequest
from booking.appointments.touched import Request, list_touched
from booking.errors import PlaceLostError
from notifications.outbox.models import State
from tests.factories.appointments import book
from tests.factories.closings import away, closing, conflicts
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import list_rows
from tests.factories.moves import move_work
from tests.factories.steps import step, view_of
from tests.support.clock import MovableClock
from tests.support.statements import count_statements

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OIL: dict[str, Any] = {"modes": ["wait", "drop_off"]}
DESK = Actor("staff")


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    """Two bays and two technicians; Monday's visits are booked the week before, and now it is eight."""
    clock.move_to(EIGHT - 6 * DAY)
    return make_garage(bays=2, technicians=2, services=[OIL])


def propose(garage: MadeGarage, request: Request) -> list[Proposed]:
    with scoped_to(garage.id), reading() as session:
        touched = list_touched(session, garage.workshop, request)
        return propose_places(session, garage.workshop, request, touched=touched)


def accept(garage: MadeGarage, request: Request, proposed: list[Proposed], *leave: int) -> Replanned:
    """Confirm the first place of each, but leave these visits."""
    accepted = [
        Accepted(
            each.view.id,
            each.view.appointment.version,
            MoveRequest(
                each.places[0].arrives_at,
                bay_id=each.places[0].bay_id,
                technician_id=each.places[0].technician_id,
                works_at=each.places[0].works_at,
                keeps_team=True,
            ),
        )
        for each in proposed
        if each.places and each.view.id not in leave
    ]
    with scoped_to(garage.id), unit_of_work() as session:
        return set_aside_and_move(
            session,
            workshop=garage.workshop,
            request=request,
            seen_ids=[each.view.id for each in proposed],
            accepted=accepted,
            actor=DESK,
        )


def technician(garage: MadeGarage, number: int) -> str:
    place = view_of(garage, number).place("technician")
    return place.name if place else ""


def ill(garage: MadeGarage, name: str, *, at: datetime = EIGHT) -> Request:
    """Away for the rest of the day."""
    return away(garage, name, at, EIGHT + 16 * HOUR)


def test_a_colleague_takes_it_at_the_same_time_and_nobody_is_told(garage: MadeGarage) -> None:
    number = book(garage, EIGHT)
    name = technician(garage, number)
    told = [(row.id, row.state) for row in list_rows(garage)]
    request = ill(garage, name)
    (proposed,) = propose(garage, request)
    assert proposed.places[0].works_at == EIGHT
    assert accept(garage, request, [proposed]) == Replanned(moved=1, left=0)
    assert technician(garage, number) not in {name, ""}
    assert view_of(garage, number).appointment.arrives_at == EIGHT
    assert [(row.id, row.state) for row in list_rows(garage)] == told
    assert conflicts(garage) == {}


def test_what_is_proposed_to_one_is_not_proposed_to_the_next(garage: MadeGarage) -> None:
    """Both technicians are busy at eight; of the ill one's visits only one fits a time of the other's."""
    numbers = [book(garage, EIGHT + hours * HOUR) for hours in (0, 0, 1, 1, 2, 2)]
    name = technician(garage, numbers[0])
    mine = [number for number in numbers if technician(garage, number) == name]
    request = ill(garage, name)
    proposed = propose(garage, request)
    assert [each.view.id for each in proposed] == mine
    firsts = [(each.places[0].works_at, each.places[0].technician_id) for each in proposed]
    assert len(set(firsts)) == len(mine)
    assert accept(garage, request, proposed) == Replanned(moved=3, left=0)
    assert conflicts(garage) == {}


def test_a_new_time_is_told(garage: MadeGarage) -> None:
    numbers = [book(garage, EIGHT), book(garage, EIGHT)]
    name = technician(garage, numbers[0])
    request = ill(garage, name)
    (proposed,) = propose(garage, request)
    assert proposed.places[0].arrives_at > EIGHT
    accept(garage, request, [proposed])
    arrivals = {row.arrives_at for row in list_rows(garage, state=State.PLANNED)}
    assert proposed.places[0].arrives_at in arrivals


def test_what_is_left_waits_as_a_conflict(garage: MadeGarage) -> None:
    numbers = [book(garage, EIGHT + hours * HOUR) for hours in (0, 0, 1, 1)]
    name = technician(garage, numbers[0])
    request = ill(garage, name)
    proposed = propose(garage, request)
    left = proposed[0].view.id
    assert accept(garage, request, proposed, left) == Replanned(moved=1, left=1)
    assert conflicts(garage) == {left: [("leave", name)]}


def test_a_closed_day_moves_its_visits_to_the_next(garage: MadeGarage) -> None:
    number = book(garage, EIGHT + 2 * HOUR, mode="drop_off")
    request = closing(date(2026, 12, 7))
    (proposed,) = propose(garage, request)
    place = proposed.places[0]
    assert (place.arrives_at, place.works_at) == (EIGHT + DAY, EIGHT + DAY)
    accept(garage, request, [proposed])
    assert view_of(garage, number).appointment.arrives_at == EIGHT + DAY
    assert conflicts(garage) == {}


def test_a_place_that_was_taken_meanwhile_undoes_all_of_it(garage: MadeGarage) -> None:
    numbers = [book(garage, EIGHT + hours * HOUR) for hours in (0, 1)]
    request = ill(garage, technician(garage, numbers[0]))
    proposed = propose(garage, request)
    place = proposed[-1].places[0]
    other = book(garage, EIGHT + 4 * DAY)
    move_work(garage, other, place.works_at, technician_id=place.technician_id)
    with pytest.raises(PlaceLostError) as refused:
        accept(garage, request, proposed)
    assert refused.value.appointment_id == proposed[-1].view.id
    assert conflicts(garage) == {}
    assert all(view_of(garage, number).appointment.version == 1 for number in numbers)


def test_from_an_old_page_nothing_is_stored(garage: MadeGarage) -> None:
    number = book(garage, EIGHT)
    request = ill(garage, technician(garage, number))
    proposed = propose(garage, request)
    move_work(garage, number, EIGHT, work_minutes=60)
    with pytest.raises(PlaceLostError):
        accept(garage, request, proposed)
    assert conflicts(garage) == {}


def test_work_that_has_begun_is_proposed_nothing(garage: MadeGarage, clock: MovableClock) -> None:
    number = book(garage, EIGHT)
    clock.move_to(EIGHT)
    step(garage, number, Status.ARRIVED, Status.IN_PROGRESS)
    (proposed,) = propose(
        garage, ill(garage, technician(garage, number), at=EIGHT + 5 * timedelta(minutes=1))
    )
    assert proposed.places == ()


def test_where_nothing_is_free_it_is_said(garage: MadeGarage) -> None:
    number = book(garage, EIGHT)
    request = away(garage, technician(garage, number), EIGHT, EIGHT + 60 * DAY)
    other = ({"Tech 1", "Tech 2"} - {technician(garage, number)}).pop()
    long_away = away(garage, other, EIGHT, EIGHT + 60 * DAY)
    with scoped_to(garage.id), unit_of_work() as session:
        set_aside_and_move(
            session, workshop=garage.workshop, request=long_away, seen_ids=[], accepted=[], actor=DESK
        )
    (proposed,) = propose(garage, request)
    assert proposed.places == ()


def test_proposals_cost_the_same_number_of_statements(garage: MadeGarage) -> None:
    number = book(garage, EIGHT)
    request = ill(garage, technician(garage, number))
    propose(garage, request)
    with count_statements(db.engine) as few:
        propose(garage, request)
    for hours in (1, 1, 2, 2, 3, 3):
        book(garage, EIGHT + hours * HOUR)
    propose(garage, request)
    with count_statements(db.engine) as many:
        assert len(propose(garage, request)) > 2
    assert many.count == few.count, many
