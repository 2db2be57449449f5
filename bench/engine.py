"""P2 and P4: a month of availability by the engine alone, and cold with all that it reads.

P2 is held against the bit-mask floor from rows in memory; P4 against reading the same rows by Core
and then P2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.db.minutes import in_minutes, in_minutes_up
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
Reads = Callable[[Session, MadeGarage, Prepared], None]
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
                for row in _cold_rows(stage, garage, bookings[:fill_count]):
                    report.add(row)


def _cold_rows(stage: Stage, garage: MadeGarage, bookings: list[case.Booking]) -> Iterator[Row]:
    """To rows whose bounds are datetimes, as their columns give them, and to bounds that are numbers.

    The goal is set for the first. The second is the stricter: it reads no more than ours does.
    """
    size = Size()
    with reading() as session:
        prepared = prepare(session, garage.workshop, WAIT, first_on=FIRST, last_on=size.last)
    work = partial(month, garage, size)
    for reads, what, has_goal in ((_read_rows, "rows", True), (_read_numbers, "rows in minutes", False)):
        anchor = partial(_read_and_search, reads, garage, prepared, size=size)
        assert work() == anchor() == case.naive(bookings, size), "the answers differ"
        yield Row(
            topic="P4",
            what=f"cold month, wait, {len(bookings):,} bookings",
            anchor=f"Core read of the same {what} + P2",
            ratios=compare(work, anchor, stage.pace, on_the_wall=stage.on_the_wall),
            database=stage.kind,
            goal=Goal(1.5) if has_goal and len(bookings) == max(FILLS) else None,
        )


def _read_and_search(reads: Reads, garage: MadeGarage, prepared: Prepared, *, size: Size) -> list[int]:
    with reading() as session:
        reads(session, garage, prepared)
    return case.engine(prepared.state, prepared.demand, size)


def month(garage: MadeGarage, size: Size) -> list[int]:
    """The product's own way to a month of slots, in a transaction of its own."""
    with reading() as session:
        slots = list_offered(session, garage.workshop, WAIT, first_on=FIRST, last_on=size.last)
    return [to_minutes(slot.arrives_at) for slot in slots]


def _read_rows(session: Session, garage: MadeGarage, prepared: Prepared) -> None:
    """The rows of busy time that the question needs, and of visits if it counts them, as Core gives them."""
    connection = session.connection()
    busy = select(Occupancy.resource_id, Occupancy.starts_at, Occupancy.ends_at, Occupancy.kind)
    connection.execute(
        busy.where(*_within(Occupancy, Occupancy.starts_at, garage=garage, prepared=prepared))
    ).all()
    if prepared.state.visits:
        visits = select(Appointment.id, Appointment.arrives_at, Appointment.work_minutes, Appointment.source)
        connection.execute(
            visits.where(*_within(Appointment, Appointment.arrives_at, garage=garage, prepared=prepared))
        ).all()


def _read_numbers(session: Session, garage: MadeGarage, prepared: Prepared) -> None:
    """The rows of busy time with their bounds in minutes; the case counts no visits."""
    assert not prepared.state.visits
    starts_at, ends_at = in_minutes(Occupancy.starts_at), in_minutes_up(Occupancy.ends_at)
    busy = select(Occupancy.resource_id, starts_at, ends_at, Occupancy.kind)
    within = _within(Occupancy, Occupancy.starts_at, garage=garage, prepared=prepared)
    session.connection().execute(busy.where(*within)).all()


def _within(
    table: type[Occupancy | Appointment], moment: Any, *, garage: MadeGarage, prepared: Prepared
) -> list[ColumnElement[bool]]:
    instants = [each.starts_at for each in prepared.state.busy] or [0]
    first, last = from_minutes(min(instants)), from_minutes(max(instants))
    own = [table.garage_id == garage.id, table.workshop_id == garage.workshop.id]
    return [*own, moment >= first, moment <= last]
