"""A kept answer is the one that would be made anew: over bookings, holds, changes, rollbacks and time.

One application keeps what it has answered, another forgets everything before each question; both are asked
at one moment, after each of many random steps.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.db.unit_of_work import unit_of_work
from app.errors import DomainError
from app.tenancy.kept import forget_kept
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.operations.hold import release_hold
from tests.factories.appointments import book
from tests.factories.closings import away, closing, store
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.holds import hold
from tests.factories.moves import move_online, undo_last
from tests.factories.steps import cancel, step
from tests.support.api import WORKSHOP
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

BEGIN = datetime(2026, 12, 1, 7, 0, 20, tzinfo=UTC)
SEEDS, STEPS = 3, 30
LONG_SEEDS, LONG_STEPS = 30, 80
QUESTIONS: list[dict[str, Any]] = [
    {"service": "oil", "mode": "wait", "from": "2026-12-01", "to": "2026-12-05"},
    {"service": ["mot", "oil"], "mode": "drop_off", "from": "2026-12-01", "to": "2026-12-03"},
    {"service": "oil", "mode": "wait", "from": "2026-12-02", "to": "2026-12-02", "energy": "electric"},
]
CHANGES = (
    "UPDATE workshop_rules SET slot_minutes = 90 - slot_minutes",
    "UPDATE workshop_rules SET notice_minutes = 120 - notice_minutes",
    "UPDATE workshop_rules SET online_share = 140 - online_share",
    "UPDATE workshop_rules SET release_hours = 24 - release_hours",
    "UPDATE workshop_rules SET horizon_days = 4 - horizon_days",
    "UPDATE workshop_rules SET arrivals_per_slot = 1 - arrivals_per_slot",
    "UPDATE service_type SET max_per_day = 2 - max_per_day WHERE code = 'oil'",
    "UPDATE service_type SET minutes = 105 - minutes WHERE code = 'oil'",
)
RULES = {"slot_minutes": 30, "online_share": 60, "release_hours": 24, "horizon_days": 3}


class TakenBackError(Exception):
    """Ends a transaction that is to leave nothing."""


@dataclass
class Shop:
    """A workshop, what has been made of it so far, and the two who are asked."""

    random: Random
    database: Database
    garage: MadeGarage
    keeps: Flask
    forgets: Flask
    now: datetime = BEGIN
    booked: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    answers: set[str] = field(default_factory=set)
    warm: int = 0

    def compare(self) -> None:
        """Each question twice to the one who keeps: what it has just made counts as well."""
        with self.forgets.app_context():
            forget_kept()
        for question in QUESTIONS:
            with count_statements(self.database.engine) as spent:
                kept = self.ask(self.keeps, question)
            self.warm += spent.count == 1
            fresh = self.ask(self.forgets, question)
            assert kept == fresh == self.ask(self.keeps, question), (self.now, question)
            self.answers.add(kept)

    def ask(self, app: Flask, question: dict[str, Any]) -> str:
        answer = app.test_client().get(f"{WORKSHOP}/availability", query_string=question)
        assert answer.status_code == 200, answer.text
        return answer.text

    def arrival(self) -> datetime:
        day, step_number = self.random.randrange(3), self.random.randrange(20)
        return datetime(2026, 12, 1 + day, 7, tzinfo=UTC) + timedelta(minutes=30 * step_number)

    def book(self) -> None:
        mode = self.random.choice(("wait", "drop_off"))
        self.booked.append(book(self.garage, self.arrival(), mode=mode))

    def book_and_take_back(self) -> None:
        """The version rises within the transaction, and is the next one's afterwards."""
        with suppress(TakenBackError), scoped_to(self.garage.id), unit_of_work() as session:
            session.execute(text("UPDATE workshop_calendar SET version = version + 1"))
            session.execute(text("DELETE FROM occupancy"))
            raise TakenBackError

    def cancel(self) -> None:
        cancel(self.garage, self.random.choice(self.booked))

    def move(self) -> None:
        move_online(self.garage, self.random.choice(self.booked), self.arrival())

    def finish_early(self) -> None:
        step(self.garage, self.random.choice(self.booked), Status.ARRIVED, Status.READY)

    def undo(self) -> None:
        undo_last(self.garage, self.random.choice(self.booked), at_any_time=True)

    def hold(self) -> None:
        own = self.random.choice((None, *self.held))
        address = f"address {self.random.randrange(4)}"
        held = hold(self.garage, self.arrival(), address=address, own=own)
        self.held += [held] if held is not None else []

    def release(self) -> None:
        with scoped_to(self.garage.id), unit_of_work() as session:
            release_hold(session, workshop=self.garage.workshop, hold_id=self.random.choice(self.held))

    def set_aside(self) -> None:
        on = date(2026, 12, 1 + self.random.randrange(3))
        begin = self.arrival()
        leave = away(self.garage, "Tech 1", begin, begin + timedelta(hours=3))
        store(self.garage, self.random.choice((leave, closing(on, span=(900, 1020)))))

    def change_set_up(self) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(text(self.random.choice(CHANGES)))

    def pass_time(self) -> None:
        """Seconds and minutes about the ends of holds and notices; a night; a clock that is set back."""
        parts = (20, 60, 170, 300, 600, 1_500, -60, -900, 3_600, 40_000)
        self.now = max(BEGIN, self.now + timedelta(seconds=self.random.choice(parts)))

    def go_on(self) -> None:
        steps: list[Callable[[], None]] = [self.book, self.book, self.hold, self.hold, self.pass_time]
        steps += [self.pass_time, self.set_aside, self.change_set_up, self.book_and_take_back]
        steps += [self.cancel, self.move, self.finish_early, self.undo] if self.booked else []
        steps += [self.release] if self.held else []
        with suppress(DomainError):
            self.random.choice(steps)()


def play(database: Database, clock: MovableClock, seed: int, *, steps: int) -> Shop:
    database.wipe()
    with database.app.app_context(), clock.at(BEGIN):
        forget_kept()
        services = [{}, {"code": "mot", "minutes": 75, "stay_days": 1}]
        garage = make_garage(bays=2, technicians=2, rules=RULES, services=services)
        shop = Shop(Random(seed), database, garage, database.app, database.another_app())
    for _number in range(steps):
        with clock.at(shop.now):
            with database.app.app_context():
                shop.go_on()
            shop.compare()
    return shop


def check(database: Database, clock: MovableClock, seeds: range, *, steps: int) -> None:
    shops = [play(database, clock, seed, steps=steps) for seed in seeds]
    asked = len(QUESTIONS) * steps * len(shops)
    assert sum(shop.warm for shop in shops) > asked / 10, "hardly anything was kept"
    assert sum(len(shop.answers) for shop in shops) > asked / 20, "hardly anything changed"


def test_what_is_kept_is_what_would_be_made_anew(database: Database, clock: MovableClock) -> None:
    check(database, clock, range(SEEDS), steps=STEPS)


@pytest.mark.long
def test_what_is_kept_is_what_would_be_made_anew_at_full_size(
    database: Database, clock: MovableClock
) -> None:
    check(database, clock, range(SEEDS, SEEDS + LONG_SEEDS), steps=LONG_STEPS)
