"""Conflicts that the day makes: who comes where a car stands longer, or is to have one that is out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, TextClause, select, text
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


def find_overruns(session: Session, asked: Asked) -> Iterator[Found]:
    """Visits whose work is to begin where that of another goes on; one statement."""
    late = _late(asked, text(IN_WORK_SQL), Appointment.overran_at.is_not(None))
    works_on = (Resource.kind == "bay") | (Appointment.status != Status.WAITING_PARTS.value)
    statement = _those_after(late, kinds=WORK_KINDS, states=WAITING).where(works_on)
    yield from _each(session, statement, OVERRUN)


def find_late_cars(session: Session, asked: Asked) -> Iterator[Found]:
    """Visits that are to have a courtesy car which another customer has still; one statement."""
    late = _late(asked, text(CAR_OUT_SQL), Appointment.courtesy_car_due_at <= clock.now())
    yield from _each(session, _those_after(late, kinds=COURTESY_CAR, states=TO_COME), CAR_LATE)


def find_forgotten(session: Session, asked: Asked) -> Iterator[Found]:
    """Work and loans that were to end before today and have not; two statements."""
    oldest = asked.since - FORGOTTEN_DAYS
    ends_at, due_at = Appointment.work_ends_at, Appointment.courtesy_car_due_at
    for visit_id in session.scalars(_late(asked, text(IN_WORK_SQL), ends_at < asked.since, ends_at > oldest)):
        yield Found(visit_id, Reason(UNFINISHED))
    out = _late(asked, text(CAR_OUT_SQL), due_at < asked.since, due_at > oldest)
    cars = session.execute(
        select(Occupancy.appointment_id, Resource.name)
        .join(Resource, (Resource.garage_id == Occupancy.garage_id) & (Resource.id == Occupancy.resource_id))
        .where(
            Occupancy.garage_id == asked.garage_id,
            Occupancy.appointment_id.in_(out),
            Resource.kind.in_(COURTESY_CAR),
        )
        .distinct()
    )
    for row in cars:
        assert row.appointment_id is not None
        yield Found(row.appointment_id, Reason(CAR_OUT, row.name))


def _late(asked: Asked, *conditions: ColumnElement[bool] | TextClause) -> Select[int]:
    """Ids of the visits asked about that this is true of."""
    return select(Appointment.id).where(
        Appointment.garage_id == asked.garage_id,
        Appointment.workshop_id.in_(asked.workshop_ids),
        *conditions,
    )


def _those_after(
    late: Select[int], *, kinds: Sequence[str], states: Sequence[Status]
) -> Select[int, str, str, str, str]:
    """Visits in these states that take a resource from the moment on at which a late one is cut short."""
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
            Appointment.id.in_(late),
            Resource.kind.in_(kinds),
            visit.status.in_([state.value for state in states]),
        )
    )


def _each(session: Session, statement: Select[int, str, str, str, str], kind: str) -> Iterator[Found]:
    for visit_id, name, plate, country, reference in session.execute(statement):
        car = show_plate(plate, country) if plate else reference
        yield Found(visit_id, Reason(kind, name, car))
