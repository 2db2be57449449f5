"""Conflicts that the day makes: who comes where a car stands longer, or is to have one that is out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, select, text
from sqlalchemy.orm import Session, aliased

from app import clock
from booking.appointments.found import Asked, Found, Reason
from booking.appointments.lengths import COURTESY_CAR, WORK_KINDS
from booking.appointments.life_cycle import Status
from booking.appointments.models import CAR_OUT_SQL, IN_WORK_SQL, Appointment
from booking.customers.models import Vehicle
from booking.customers.plates import show_plate
from booking.resources.models import Occupancy, Resource

OVERRUN, CAR_LATE = "overrun", "car_late"
"""The work before, on the same bay or by the same technician, is not done; the courtesy car is out."""
UNFINISHED, CAR_OUT = "unfinished", "car_out"
"""What should have been over by yesterday and is not: the work itself, the loan itself."""

TO_COME = (Status.REQUESTED, Status.CONFIRMED)
WAITING = (*TO_COME, Status.ARRIVED)
"""States in which the work has not begun, so that its place can still be found taken."""

FORGOTTEN_DAYS = timedelta(days=14)
"""What has been over for longer is no news to anybody."""

_After = Select[int, str, str, str, str]

_THERE = (
    Appointment.garage_id == bindparam("garage_id"),
    Appointment.workshop_id.in_(bindparam("workshop_ids", expanding=True)),
)


def _after(kinds: Sequence[str], states: Sequence[Status], *conditions: ColumnElement[bool]) -> _After:
    """Visits in these states that take a resource from the moment on at which one of ``late_ids`` is cut
    short."""
    row, following, visit = aliased(Occupancy), aliased(Occupancy), aliased(Appointment)
    return (
        select(visit.id, Resource.name, Vehicle.plate, Vehicle.plate_country, Appointment.reference)
        .select_from(Appointment)
        .join(Vehicle, (Vehicle.garage_id == Appointment.garage_id) & (Vehicle.id == Appointment.vehicle_id))
        .join(row, (row.garage_id == Appointment.garage_id) & (row.appointment_id == Appointment.id))
        .join(Resource, (Resource.garage_id == row.garage_id) & (Resource.id == row.resource_id))
        .join(
            following,
            (following.garage_id == row.garage_id)
            & (following.resource_id == row.resource_id)
            & (following.starts_at == row.ends_at)
            & (following.appointment_id != row.appointment_id),
        )
        .join(visit, (visit.garage_id == following.garage_id) & (visit.id == following.appointment_id))
        .where(
            Appointment.garage_id == bindparam("garage_id"),
            Appointment.id.in_(bindparam("late_ids", expanding=True)),
            Resource.kind.in_(kinds),
            visit.status.in_([state.value for state in states]),
            *conditions,
        )
    )


# Made once: making them takes longer than the answer, and every screen of the desk waits for it.
_OVERRAN = select(Appointment.id).where(*_THERE, text(IN_WORK_SQL), Appointment.overran_at.is_not(None))
_AFTER_WORK = _after(
    WORK_KINDS,
    WAITING,
    (Resource.kind == "bay") | (Appointment.status != Status.WAITING_PARTS.value),
)
_STILL_OUT = select(Appointment.id).where(
    *_THERE, text(CAR_OUT_SQL), Appointment.courtesy_car_due_at <= bindparam("now")
)
_AFTER_LOAN = _after(COURTESY_CAR, TO_COME)
_UNFINISHED = select(Appointment.id).where(
    *_THERE,
    text(IN_WORK_SQL),
    Appointment.work_ends_at < bindparam("since"),
    Appointment.work_ends_at > bindparam("oldest"),
)
_OUT_FOR_DAYS = select(Appointment.id).where(
    *_THERE,
    text(CAR_OUT_SQL),
    Appointment.courtesy_car_due_at < bindparam("since"),
    Appointment.courtesy_car_due_at > bindparam("oldest"),
)
_CARS_OUT = (
    select(Occupancy.appointment_id, Resource.name)
    .join(Resource, (Resource.garage_id == Occupancy.garage_id) & (Resource.id == Occupancy.resource_id))
    .where(
        Occupancy.garage_id == bindparam("garage_id"),
        Occupancy.appointment_id.in_(bindparam("late_ids", expanding=True)),
        Resource.kind.in_(COURTESY_CAR),
    )
    .distinct()
)


def find_overruns(session: Session, asked: Asked) -> Iterator[Found]:
    """Visits whose work is to begin where that of another goes on; two statements, one where none does."""
    late = _late(session, _OVERRAN, asked)
    yield from _each(session, _AFTER_WORK, asked, late=late, kind=OVERRUN)


def find_late_cars(session: Session, asked: Asked) -> Iterator[Found]:
    """Visits that are to have a courtesy car which another customer has still; two statements, or one."""
    late = _late(session, _STILL_OUT, asked, now=clock.now())
    yield from _each(session, _AFTER_LOAN, asked, late=late, kind=CAR_LATE)


def find_forgotten(session: Session, asked: Asked) -> Iterator[Found]:
    """Work and loans that were to end before today and have not; three statements, or two."""
    times = {"since": asked.since, "oldest": asked.since - FORGOTTEN_DAYS}
    for visit_id in _late(session, _UNFINISHED, asked, **times):
        yield Found(visit_id, Reason(UNFINISHED))
    late = _late(session, _OUT_FOR_DAYS, asked, **times)
    if not late:
        return
    for row in session.execute(_CARS_OUT, {"garage_id": asked.garage_id, "late_ids": late}):
        assert row.appointment_id is not None
        yield Found(row.appointment_id, Reason(CAR_OUT, row.name))


def _late(session: Session, statement: Select[int], asked: Asked, **times: datetime) -> Sequence[int]:
    """Ids of the visits asked about that the statement finds."""
    return session.scalars(statement, asked.ids | times).all()


def _each(
    session: Session, statement: _After, asked: Asked, *, late: Sequence[int], kind: str
) -> Iterator[Found]:
    if not late:
        return
    rows = session.execute(statement, {"garage_id": asked.garage_id, "late_ids": late})
    for visit_id, name, plate, country, reference in rows:
        car = show_plate(plate, country) if plate else reference
        yield Found(visit_id, Reason(kind, name, car))
