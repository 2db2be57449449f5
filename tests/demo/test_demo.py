"""The demo garage, made once on each database on a Tuesday at 10:42 in Rennes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock as app_clock
from app.auth.sign_in import sign_in
from app.db.unit_of_work import reading
from app.localtime import local_date, to_local
from app.tenancy.queries import WorkshopView, find_garage, get_workshop
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import ENDED_WITHOUT_WORK, Status
from booking.appointments.models import Appointment, AppointmentEvent
from booking.appointments.requests import VisitQuestion
from booking.appointments.slots import list_offered
from booking.catalog.queries import list_service_types
from booking.customers.models import Customer
from booking.resources.models import Occupancy
from demo.commands import load_demo
from demo.operations import OWNER, PASSWORD, SIGN_IN, SLUG, WORKSHOP
from notifications.outbox.models import Message, State
from tests.support import walls
from tests.support.databases import KINDS, DatabaseStock
from tests.support.search_terms import stored_terms, true_terms

NOW = datetime(2026, 11, 24, 9, 42, tzinfo=UTC)
TODAY = date(2026, 11, 24)
BAYS, DAY_MINUTES, SATURDAY_MINUTES = 5, 540, 210


@pytest.fixture(scope="module", params=KINDS)
def made(request: pytest.FixtureRequest, database_stock: DatabaseStock) -> Iterator[int]:
    """The number of visits of a demo garage; its making is too dear to repeat for every fact."""
    with (
        walls.databases_allowed(),
        database_stock.own(request.param, name="demo") as database,
        database.app.app_context(),
        app_clock.at(NOW),
    ):
        yield load_demo() or 0


@pytest.fixture
def rows(made: int) -> Iterator[Session]:
    """A reading session in the demo garage's scope, the clock at the moment of its making."""
    with app_clock.at(NOW), reading() as session:
        garage = find_garage(session, SLUG)
    assert garage is not None
    with app_clock.at(NOW), scoped_to(garage.id), reading() as session:
        yield session


@pytest.fixture
def workshop(rows: Session) -> WorkshopView:
    garage = find_garage(rows, SLUG)
    assert garage is not None
    return get_workshop(rows, garage.id, WORKSHOP)


@pytest.fixture
def visits(rows: Session, workshop: WorkshopView) -> list[Appointment]:
    return list(rows.scalars(select(Appointment).where(Appointment.garage_id == workshop.garage_id)))


def arrival_on(visit: Appointment) -> date:
    return local_date(visit.arrives_at, "Europe/Paris")


def list_all(rows: Session, workshop: WorkshopView, model: Any) -> list[Any]:
    return list(rows.scalars(select(model).where(model.garage_id == workshop.garage_id)))


def test_the_fortnight_is_lively(visits: list[Appointment]) -> None:
    days = Counter(arrival_on(visit) for visit in visits)
    assert (min(days), max(days)) == (TODAY - timedelta(days=7), TODAY + timedelta(days=8))


def test_near_days_are_busy_and_not_full(visits: list[Appointment]) -> None:
    live = [visit for visit in visits if visit.status not in ENDED_WITHOUT_WORK]
    for days in (*range(-7, -3), *range(-1, 4)):
        day = TODAY + timedelta(days=days)
        minutes = BAYS * (SATURDAY_MINUTES if day.weekday() == 5 else DAY_MINUTES)
        work = sum(visit.work_minutes for visit in live if arrival_on(visit) == day)
        assert day.weekday() == 6 or 0.5 <= work / minutes <= 0.9, day


def test_no_resource_is_taken_twice(rows: Session, workshop: WorkshopView) -> None:
    taken = sorted(
        list_all(rows, workshop, Occupancy), key=lambda row: (row.resource_id, row.starts_at, row.ends_at)
    )
    assert taken
    for before, after in pairwise(taken):
        assert before.resource_id != after.resource_id or before.ends_at <= after.starts_at


def test_today_is_in_full_swing(visits: list[Appointment]) -> None:
    states = {visit.status for visit in visits if arrival_on(visit) == TODAY}
    assert states >= {Status.COLLECTED, Status.IN_PROGRESS, Status.CONFIRMED}
    assert len(states) >= 4


def test_past_days_are_done(visits: list[Appointment]) -> None:
    states = {visit.status for visit in visits if arrival_on(visit) < TODAY - timedelta(days=1)}
    assert states == {Status.COLLECTED, Status.CANCELLED, Status.NO_SHOW}


def test_days_to_come_are_confirmed_or_given_back(visits: list[Appointment]) -> None:
    assert {visit.status for visit in visits if arrival_on(visit) > TODAY} == {
        Status.CONFIRMED,
        Status.CANCELLED,
    }


def test_every_visit_was_booked_before_it_began(visits: list[Appointment]) -> None:
    assert all(visit.created_at < visit.arrives_at for visit in visits)


def test_nothing_happened_after_now(rows: Session, workshop: WorkshopView) -> None:
    assert max(event.at for event in list_all(rows, workshop, AppointmentEvent)) <= NOW


def test_each_history_goes_forward(rows: Session, workshop: WorkshopView) -> None:
    told: dict[int, list[datetime]] = {}
    for event in sorted(list_all(rows, workshop, AppointmentEvent), key=lambda event: event.id):
        told.setdefault(event.appointment_id, []).append(event.at)
    assert all(moments == sorted(moments) for moments in told.values())


def test_some_wait_some_leave_the_car_some_take_a_courtesy_car(visits: list[Appointment]) -> None:
    kinds = Counter((visit.mode, visit.courtesy_car) for visit in visits)
    assert min(kinds[("wait", False)], kinds[("drop_off", False)], kinds[("drop_off", True)]) >= 10


def test_every_public_service_has_slots_within_a_week(rows: Session, workshop: WorkshopView) -> None:
    for service in list_service_types(rows, workshop.garage_id, online_only=True):
        for mode in service.modes:
            question = VisitQuestion((service.code,), "wait" if mode == "wait" else "drop_off")
            found = list_offered(rows, workshop, question, first_on=TODAY, last_on=TODAY + timedelta(days=7))
            assert found, (service.code, mode)


def test_an_oil_change_finds_a_slot_on_every_open_day(rows: Session, workshop: WorkshopView) -> None:
    slots = list_offered(
        rows, workshop, VisitQuestion(("oil",), "wait"), first_on=TODAY, last_on=TODAY + timedelta(days=7)
    )
    days = {to_local(slot.arrives_at, workshop.timezone).date() for slot in slots}
    assert days == {TODAY + timedelta(days=days) for days in (0, 1, 2, 3, 4, 6, 7)}


def test_messages_whose_time_has_passed_are_settled(rows: Session, workshop: WorkshopView) -> None:
    messages = list_all(rows, workshop, Message)
    assert Counter(message.state for message in messages if message.due_at <= NOW).keys() <= {
        State.ACCEPTED,
        State.EXPIRED,
        State.CANCELLED,
    }


def test_past_reminders_were_sent_and_later_ones_are_planned(rows: Session, workshop: WorkshopView) -> None:
    states = Counter(
        message.state for message in list_all(rows, workshop, Message) if message.kind == "reminder"
    )
    assert min(states[State.ACCEPTED], states[State.PLANNED]) >= 20


def test_every_number_is_from_a_range_kept_for_fiction(rows: Session, workshop: WorkshopView) -> None:
    phones = [customer.phone for customer in list_all(rows, workshop, Customer)]
    assert all(phone.startswith(("+3363998", "+447700900")) for phone in phones)


@pytest.mark.usefixtures("made")
def test_a_second_load_leaves_it_alone() -> None:
    assert load_demo() is None


@pytest.mark.usefixtures("made")
def test_every_load_tells_the_addresses() -> None:
    result = current_app.test_cli_runner().invoke(args=("demo", "load", "--if-empty"))
    assert result.exit_code == 0
    for told in (f"/g/{SLUG}/{WORKSHOP}", SIGN_IN, OWNER, PASSWORD, "/dev/phone"):
        assert told in result.output


@pytest.mark.usefixtures("made")
def test_the_receptionist_signs_in_with_the_demo_word() -> None:
    for email in (SIGN_IN, OWNER):
        assert sign_in(email=email, password=PASSWORD, keep=False)


def test_the_load_says_how_many_visits_it_made(made: int, rows: Session, workshop: WorkshopView) -> None:
    count = rows.scalar(
        select(func.count()).select_from(Appointment).where(Appointment.garage_id == workshop.garage_id)
    )
    assert count == made


def test_everybody_of_the_fortnight_is_found(rows: Session) -> None:
    engine = rows.get_bind().engine
    stored = stored_terms(engine)
    assert all(stored)
    assert stored == true_terms(engine)
