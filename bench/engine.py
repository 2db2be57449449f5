"""P2 and P4: a month of availability by the engine alone, and cold with all that it reads.

P2 is held against the bit-mask floor from rows in memory; P4 against reading the same rows by Core
and then P2.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.unit_of_work import reading
from app.localtime import from_minutes, to_minutes
from app.tenancy.scope import scoped_to
from bench import case
from bench.case import FIRST, NEED, Size
from bench.filling import fill, make_case
from bench.measuring import Goal, Pace, Row, compare
from bench.report import Report
from bench.stage import Stage
from booking.appointments.loading import Prepared, prepare
from booking.appointments.models import Appointment
from booking.appointments.requests import VisitQuestion
from booking.appointments.slots import list_offered
from booking.availability.engine.model import Demand
from booking.resources.models import Occupancy
from tests.factories.garages import MadeGarage

FILLS = (0, 500, 5_000)
WAIT = VisitQuestion(service_codes=("oil",), mode="wait")


def measure_engine(report: Report, pace: Pace) -> None:
    """P2, without any database: both modes at every fill."""
    size = Size()
    for fill_count in FILLS:
        bookings = case.draw(fill_count, size)
        workshop = case.plain_workshop(bookings, size)
        wait, drop_off = Demand("wait", NEED), Demand("drop_off", NEED)
        answer = case.engine(workshop, wait, size)
        assert answer == case.naive(bookings, size) == case.floor(bookings, size), "the answers differ"
        # The goal is set for a full month; drop-off is told beside it.
        for demand, goal in ((wait, Goal(3) if fill_count == max(FILLS) else None), (drop_off, None)):
            work = partial(case.engine, workshop, demand, size)
            report.add(
                Row(
                    topic="P2",
                    what=f"engine, {demand.mode.replace('_', '-')}, {fill_count:,} bookings a month",
                    anchor="bit masks alone",
                    ratios=compare(work, partial(case.floor, bookings, size), pace),
                    goal=goal,
                    note=f"{len(work())} slots",
                )
            )


def measure_cold(report: Report, stage: Stage) -> None:
    """P4: what a first request costs in process, at every fill."""
    size = Size()
    with stage.database("cold") as database, database.app.app_context():
        before = 0
        garage = make_case(database, size)
        bookings = case.draw(max(FILLS), size)
        for fill_count in FILLS:
            fill(database.engine, garage, bookings[before:fill_count])
            before = fill_count
            with scoped_to(garage.id):
                report.add(_cold_row(stage, garage, bookings[:fill_count]))


def _cold_row(stage: Stage, garage: MadeGarage, bookings: list[case.Booking]) -> Row:
    size = Size()
    with reading() as session:
        prepared = prepare(session, garage.workshop, WAIT, first_on=FIRST, last_on=size.last)

    def anchor() -> list[int]:
        with reading() as session:
            _read_rows(session, garage, prepared)
        return case.engine(prepared.state, prepared.demand, size)

    work = partial(month, garage, size)
    assert work() == anchor() == case.naive(bookings, size), "the answers differ"
    return Row(
        topic="P4",
        what=f"cold month, wait, {len(bookings):,} bookings",
        anchor="Core read of the same rows + P2",
        ratios=compare(work, anchor, stage.pace, on_the_wall=stage.on_the_wall),
        database=stage.kind,
        goal=Goal(1.5) if len(bookings) == max(FILLS) else None,
    )


def month(garage: MadeGarage, size: Size) -> list[int]:
    """The product's own way to a month of slots, in a transaction of its own."""
    with reading() as session:
        slots = list_offered(session, garage.workshop, WAIT, first_on=FIRST, last_on=size.last)
    return [to_minutes(slot.arrives_at) for slot in slots]


def _read_rows(session: Session, garage: MadeGarage, prepared: Prepared) -> None:
    """The rows of busy time and visits that the question needs, as Core gives them."""
    instants = [each.starts_at for each in prepared.state.busy] or [0]
    first, last = from_minutes(min(instants)), from_minutes(max(instants))
    busy = select(Occupancy.resource_id, Occupancy.starts_at, Occupancy.ends_at, Occupancy.kind)
    visits = select(Appointment.id, Appointment.arrives_at, Appointment.work_minutes, Appointment.source)
    connection = session.connection()
    for statement, table, moment in (
        (busy, Occupancy, Occupancy.starts_at),
        (visits, Appointment, Appointment.arrives_at),
    ):
        own = (table.garage_id == garage.id, table.workshop_id == garage.workshop.id)
        connection.execute(statement.where(*own, moment >= first, moment <= last)).all()
