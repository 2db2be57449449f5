"""The desk is warned while messages do not go out, each role in the words it can act on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import unit_of_work
from app.jobs.ticks import record_tick
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import text_of

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
SILENT, LATE = "are not going out at the moment", "are leaving late"


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    with app.app_context():
        garage = make_garage(garage={"locale": "en"})
        for role in Role:
            make_member(garage, f"{role}@martin.example", role)
    return garage


def tick(app: Flask) -> None:
    with app.app_context(), unit_of_work() as session:
        record_tick(session, "end_leases")


def day(client: CarefulClient, role: Role = Role.RECEPTIONIST) -> str:
    return text_of(signed_in(client, f"{role}@martin.example").get("/desk/lyon/day"))


def test_while_a_scheduler_runs_there_is_no_warning(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    tick(app)
    clock.advance(seconds=119)
    words = day(client)
    assert SILENT not in words
    assert LATE not in words


def test_two_minutes_without_any_scheduler_are_a_warning(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    tick(app)
    clock.advance(minutes=2)
    assert (
        "Texts and e-mails are not going out at the moment: nothing has left since 8:00. They wait and leave "
        "by themselves later. Please tell your manager"
    ) in day(client)


def test_the_warning_goes_with_the_next_tick(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    tick(app)
    clock.advance(hours=2)
    tick(app)
    assert SILENT not in day(client)


def test_a_message_that_waits_too_long_is_a_warning_though_a_scheduler_runs(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    with app.app_context():
        book(garage, WEDNESDAY_NINE)
    clock.advance(minutes=4, seconds=59)
    tick(app)
    assert LATE not in day(client)
    clock.advance(seconds=1)
    assert "leaving late: the oldest has waited since 8:00" in text_of(client.get("/desk/lyon/day"))


def test_another_garages_late_message_is_nobodys_news(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    with app.app_context():
        book(make_garage(slug="other"), WEDNESDAY_NINE)
    clock.advance(minutes=10)
    tick(app)
    assert LATE not in day(client)


def test_an_installation_where_no_scheduler_ever_ran_is_told_once_something_is_due(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    clock.advance(days=1)
    assert SILENT not in day(client)
    with app.app_context():
        book(garage, WEDNESDAY_NINE)
    clock.advance(minutes=2)
    assert SILENT in text_of(client.get("/desk/lyon/day"))


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER])
@pytest.mark.parametrize(
    ("ticks", "said"), [(False, "no scheduler has run since 8:00"), (True, "log and the provider")]
)
def test_those_in_charge_read_what_to_do(
    app: Flask,
    client: CarefulClient,
    garage: MadeGarage,
    clock: MovableClock,
    role: Role,
    ticks: bool,
    said: str,
) -> None:
    tick(app)
    with app.app_context():
        book(garage, WEDNESDAY_NINE)
    clock.advance(hours=1)
    if ticks:
        tick(app)
    words = day(client, role)
    assert said in words
    assert "docs/operations.md" in words


def test_a_technician_has_other_cares(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    tick(app)
    clock.advance(days=1)
    assert SILENT not in day(client, Role.TECHNICIAN)


def test_a_pause_that_began_on_another_day_bears_its_date(
    app: Flask, client: CarefulClient, garage: MadeGarage, clock: MovableClock
) -> None:
    tick(app)
    clock.advance(days=1)
    assert "since Mon 7 Dec at 8:00" in day(client)
