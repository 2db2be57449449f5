"""The last line of defence: the database itself refuses two jobs on one resource."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now as clock_now
from app.db.session import db
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.models import Hold
from booking.errors import SlotTakenError
from booking.resources.models import Occupancy, Resource
from booking.resources.no_overlap import check_no_overlap_guard
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    made = make_garage()
    book(made, MONDAY)  # takes 08:00-08:45
    return made


def put(
    garage: MadeGarage, starts_at: datetime, minutes: int, *, kind: str = "hold", resource: str = "bay"
) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        resource_id = session.scalar(
            select(Resource.id).where(Resource.garage_id == garage.id, Resource.kind == resource)
        )
        ends_at = starts_at + timedelta(minutes=minutes)
        session.add(
            Occupancy(
                garage_id=garage.id,
                workshop_id=garage.workshop.id,
                resource_id=resource_id,
                hold_id=_hold(session, garage, starts_at) if kind == "hold" else None,
                kind=kind,
                starts_at=starts_at,
                ends_at=ends_at,
            )
        )


def _hold(session: Session, garage: MadeGarage, arrives_at: datetime) -> int:
    row = Hold(
        garage_id=garage.id,
        workshop_id=garage.workshop.id,
        arrives_at=arrives_at,
        work_minutes=45,
        service_type_ids=[],
        source="page",
        address_hash="somebody",
        taken_at=clock_now(),
        expires_at=clock_now() + QUARTER,
    )
    session.add(row)
    session.flush()
    return row.id


@pytest.mark.parametrize(
    ("starts_at", "minutes"),
    [
        (MONDAY, 45),
        (MONDAY + QUARTER, 15),
        (MONDAY - QUARTER, 75),
        (MONDAY - QUARTER, 20),
        (MONDAY + 2 * QUARTER, 60),
    ],
)
def test_an_overlapping_row_is_refused_by_name(garage: MadeGarage, starts_at: datetime, minutes: int) -> None:
    with pytest.raises(SlotTakenError):
        put(garage, starts_at, minutes)


@pytest.mark.parametrize(("starts_at", "minutes"), [(MONDAY - QUARTER, 15), (MONDAY + 3 * QUARTER, 30)])
def test_rows_that_only_touch_are_welcome(garage: MadeGarage, starts_at: datetime, minutes: int) -> None:
    put(garage, starts_at, minutes)


@pytest.mark.parametrize("kind", ["leave", "block", "imported"])
def test_leave_and_blocks_may_lie_over_existing_work(garage: MadeGarage, kind: str) -> None:
    put(garage, MONDAY, 60, kind=kind)


def test_moving_a_row_onto_another_is_refused(garage: MadeGarage) -> None:
    put(garage, MONDAY + timedelta(hours=2), 30)
    with scoped_to(garage.id), pytest.raises(SlotTakenError), unit_of_work() as session:
        session.execute(
            update(Occupancy)
            .where(Occupancy.garage_id == garage.id, Occupancy.kind == "hold")
            .values(starts_at=MONDAY)
        )


def test_turning_a_leave_into_a_hold_over_work_is_refused(garage: MadeGarage) -> None:
    put(garage, MONDAY, 60, kind="leave")
    with scoped_to(garage.id), pytest.raises(SlotTakenError), unit_of_work() as session:
        session.execute(
            update(Occupancy)
            .where(Occupancy.garage_id == garage.id, Occupancy.kind == "leave")
            .values(kind="hold", hold_id=_hold(session, garage, MONDAY))
        )


def test_another_resource_is_free(garage: MadeGarage) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        keys = {"garage_id": garage.id, "workshop_id": garage.workshop.id}
        session.add(Resource(**keys, kind="courtesy_car", name="Clio"))
    put(garage, MONDAY, 45, resource="courtesy_car")


@pytest.mark.parametrize("days", [15, -1, 0])
def test_a_row_is_longer_than_nothing_and_at_most_fourteen_days(garage: MadeGarage, days: int) -> None:
    with pytest.raises(IntegrityError):
        put(garage, MONDAY + timedelta(days=30), days * 24 * 60)


def test_a_row_of_exactly_fourteen_days_stands(garage: MadeGarage) -> None:
    put(garage, MONDAY + timedelta(days=30), 14 * 24 * 60)
    with pytest.raises(SlotTakenError):
        put(garage, MONDAY + timedelta(days=43), 60)


def test_the_guard_stands_in_a_migrated_database(garage: MadeGarage) -> None:
    with db.engine.connect() as connection:
        check_no_overlap_guard(connection)
    with scoped_to(garage.id), reading() as session:
        assert session.scalars(select(Occupancy.id).where(Occupancy.garage_id == garage.id)).all()
