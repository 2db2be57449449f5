"""Any order of bookings, steps, moves and undoings on a real database does what the model says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from app import clock
from app.db.unit_of_work import reading, unit_of_work
from app.errors import DomainError
from app.tenancy.scope import scoped_to
from booking.appointments.kept_refusals import WishRefusedError
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment, AppointmentEvent
from booking.appointments.operations.cancel_online import cancel_online
from booking.appointments.requests import CUSTOMER, Actor
from booking.errors import SlotTakenError
from booking.resources.models import Occupancy, Resource
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.moves import DESK, move_desk, move_online, undo_last
from tests.factories.steps import step
from tests.property.life_cycle_model import STATES, WORK, Garage, Refused, Visit
from tests.support.clock import MovableClock
from tests.support.databases import KINDS

MONDAY = datetime(2026, 12, 7, tzinfo=UTC)
ARRIVALS = [MONDAY + timedelta(days=day, hours=hour) for day in (0, 1) for hour in (7, 8, 9)]
MOST_VISITS = 5
LONG_CHUNKS, EXAMPLES, STEPS = 20, 2_000, 50
ON_EACH_IN_TURN = [(KINDS[chunk % len(KINDS)], chunk) for chunk in range(LONG_CHUNKS)]
"""All examples are different ones: half of them on either database."""

SLUGS = count()

Seen = dict[int, tuple[Any, ...]]
numbers = st.integers(0, MOST_VISITS - 1)
arrivals = st.sampled_from(ARRIVALS)
some_visit = precondition(lambda machine: machine.numbers)


class LifeCycle(RuleBasedStateMachine):
    """A garage of one bay and one technician; each rule asks the model first, then the product."""

    tally: Counter[str]
    garage: MadeGarage
    model: Garage

    def __init__(self, tally: Counter[str]) -> None:
        super().__init__()
        self.tally = tally
        self.numbers: list[int] = []
        self.is_known = False  # that the database was looked at since it was last touched

    @initialize(approval=st.booleans())
    def open_garage(self, approval: bool) -> None:
        self.model = Garage(now=ARRIVALS[0] - timedelta(hours=2), approval=approval)
        rules = {"slot_minutes": 60, "approval": approval}
        self.garage = make_garage(slug=f"garage-{next(SLUGS)}", rules=rules)

    @precondition(lambda machine: len(machine.numbers) < MOST_VISITS)
    @rule(arrives_at=arrivals, source=st.sampled_from(["page", "desk"]))
    def books(self, arrives_at: datetime, source: str) -> None:
        told: list[int] = []
        self.attempt(
            lambda: told.append(book(self.garage, arrives_at, source=source)),
            lambda model: model.book(told[0] if told else 0, arrives_at, by=source),
        )
        self.numbers.extend(told)

    @some_visit
    @rule(which=numbers, to=st.sampled_from(STATES))
    def steps(self, which: int, to: str) -> None:
        number = self.pick(which)
        self.attempt(lambda: step(self.garage, number, Status(to)), lambda model: model.step(number, to))

    @some_visit
    @rule(which=numbers)
    def customer_cancels(self, which: int) -> None:
        number = self.pick(which)
        self.attempt(lambda: self.cancel(number), lambda model: model.cancel_online(number))

    @some_visit
    @rule(which=numbers, arrives_at=arrivals)
    def customer_moves(self, which: int, arrives_at: datetime) -> None:
        number = self.pick(which)
        self.attempt(
            lambda: move_online(self.garage, number, arrives_at),
            lambda model: model.move_online(number, arrives_at),
        )

    @some_visit
    @rule(which=numbers, arrives_at=arrivals, agrees=st.booleans())
    def desk_moves(self, which: int, arrives_at: datetime, agrees: bool) -> None:
        number = self.pick(which)
        local = self.model.now + timedelta(hours=1)  # Paris in December
        midnight = local.replace(hour=0, minute=0, second=0) - timedelta(hours=1)
        self.attempt(
            lambda: move_desk(self.garage, number, arrives_at, anyway=("notice",) if agrees else ()),
            lambda model: model.move_at_desk(number, arrives_at, today_at=midnight, agrees=agrees),
        )

    @some_visit
    @rule(which=numbers, actor=st.sampled_from([DESK, CUSTOMER]), is_manager=st.booleans())
    def takes_back(self, which: int, actor: Actor, is_manager: bool) -> None:
        number = self.pick(which)
        self.attempt(
            lambda: undo_last(self.garage, number, actor=actor, at_any_time=is_manager),
            lambda model: model.undo(number, by=actor.kind, is_manager=is_manager),
        )

    @some_visit
    @rule(which=numbers, to=st.sampled_from(STATES))
    def second_desk_comes_late(self, which: int, to: str) -> None:
        number = self.pick(which)
        version = self.model.visits[number].version - 1
        with clock.at(self.model.now), pytest.raises(DomainError) as refused:
            step(self.garage, number, Status(to), version=version)
        assert type(refused.value).__name__ == self.model.late(number)

    @rule(passed=st.sampled_from([5, 11, 60, 3600, 7200]))
    def time_passes(self, passed: int) -> None:
        self.model.now = min(self.model.now + timedelta(seconds=passed), MONDAY + timedelta(days=2))
        self.is_known = True

    def pick(self, which: int) -> int:
        return self.numbers[which % len(self.numbers)]

    def cancel(self, number: int) -> None:
        with scoped_to(self.garage.id), unit_of_work() as session:
            cancel_online(session, garage_id=self.garage.id, appointment_id=number, actor=CUSTOMER)

    def attempt(self, act: Callable[[], object], expect: Callable[[Garage], None]) -> None:
        """The product must do it and the model follow, or both must refuse, for the same reason."""
        refusal = ""
        with clock.at(self.model.now):
            try:
                act()
            except DomainError as error:
                told_as = SlotTakenError if type(error) is WishRefusedError else type(error)
                refusal = told_as.__name__
        after = deepcopy(self.model)
        expected = ""
        try:
            expect(after)
        except Refused as refused:
            expected = str(refused)
        else:
            self.model = after
        assert refusal == expected
        self.tally[refusal or "done"] += 1

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        if self.is_known:
            self.is_known = False
            return
        expected = {
            number: (
                visit.status,
                visit.arrives_at,
                visit.answer_by,
                visit.version,
                held(visit),
                visit.history,
            )
            for number, visit in self.model.visits.items()
        }
        assert read_visits(self.garage) == expected


def held(visit: Visit) -> list[tuple[str, datetime, datetime]]:
    """The rows of who holds a place: bay and technician, both or none."""
    if visit.place is None:
        return []
    return [(kind, visit.place, visit.until or visit.place + WORK) for kind in ("bay", "technician")]


def read_visits(garage: MadeGarage) -> Seen:
    """Each visit as its rows tell it: state, arrival, time for an answer, version, what it holds, history."""
    seen = Appointment
    kept = AppointmentEvent
    with scoped_to(garage.id), reading() as session:
        visits = session.execute(
            select(seen.id, seen.status, seen.arrives_at, seen.expires_at, seen.version).where(
                seen.garage_id == garage.id
            )
        ).all()
        rows = session.execute(
            select(Occupancy.appointment_id, Resource.kind, Occupancy.starts_at, Occupancy.ends_at)
            .join(
                Resource, (Resource.garage_id == Occupancy.garage_id) & (Resource.id == Occupancy.resource_id)
            )
            .where(Occupancy.garage_id == garage.id)
            .order_by(Resource.kind, Occupancy.starts_at)
        ).all()
        events = session.execute(
            select(kept.appointment_id, kept.kind, kept.from_status, kept.to_status, kept.actor)
            .where(kept.garage_id == garage.id)
            .order_by(kept.id)
        ).all()
    places: dict[int | None, list[Any]] = {number: [] for number, *_ in visits}
    lines: dict[int | None, list[Any]] = {number: [] for number, *_ in visits}
    for rows_of, read in ((places, rows), (lines, events)):
        for number, *row in read:
            rows_of[number].append(tuple(row))
    return {number: (*visit, places[number], tuple(lines[number])) for number, *visit in visits}


def run(examples: int, *, steps: int, chosen: int, shrinks: bool = True) -> Counter[str]:
    """So many runs of up to so many steps, always the same for ``chosen``; what came of the steps."""
    tally: Counter[str] = Counter()

    @seed(chosen)
    def machine() -> LifeCycle:
        return LifeCycle(tally)

    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if shrinks else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=how)  # type: ignore[arg-type]  # it takes any factory
    return tally


@pytest.mark.usefixtures("clock")
def test_visits_live_as_the_model_says(app_context: Flask) -> None:
    tally = run(10, steps=30, chosen=1)
    assert tally["done"] > 30
    assert tally.keys() >= {"done", "SlotTakenError", "MoveNotAllowedError"}


@pytest.mark.long
@pytest.mark.parametrize(("database_kind", "chunk"), ON_EACH_IN_TURN)
def test_visits_live_as_the_model_says_at_length(
    app_context: Flask, clock: MovableClock, record_property: Callable[[str, object], None], chunk: int
) -> None:
    tally = run(EXAMPLES // LONG_CHUNKS, steps=STEPS, chosen=chunk)
    record_property("steps", dict(tally))
    refusals = {"SlotTakenError", "MoveNotAllowedError", "TooLateToCancelError", "InTheWayError"}
    assert tally.keys() >= refusals | {"done", "UndoNotAllowedError"}  # PlaceGoneError is rarer than a chunk


def test_a_product_that_keeps_a_place_too_long_is_found(
    app_context: Flask, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.appointments.operations.change_status.free_resources", lambda *_: [])
    with pytest.raises(AssertionError):
        run(50, steps=30, chosen=1, shrinks=False)
