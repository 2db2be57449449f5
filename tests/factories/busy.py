"""A busy calendar, written straight into the tables: for tests of cost, where a thousand bookings one by
one would take too long."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment, AppointmentLine
from booking.appointments.references import ALPHABET
from booking.catalog.models import ServiceType
from booking.customers.models import Customer, Vehicle
from booking.resources.models import Occupancy, Resource
from tests.factories.garages import MadeGarage

HALF_AN_HOUR = timedelta(minutes=30)


def fill_calendar(garage: MadeGarage, count: int, *, first_at: datetime, first_number: int = 0) -> None:
    """``count`` confirmed visits of half an hour each, one after the other from ``first_at``, day and
    night, all on the first bay and the first technician. ``first_number`` keeps references apart."""
    with scoped_to(garage.id), unit_of_work() as session:
        car = _add_car(session, garage)
        visits = [
            _visit(garage, car, first_at + number * HALF_AN_HOUR, reference_of(first_number + number))
            for number in range(count)
        ]
        session.add_all(visits)
        session.flush()
        resource_ids, service_id = _resource_ids(session, garage), _service_id(session, garage)
        session.add_all(row for visit in visits for row in _rows_of(visit, resource_ids, service_id))


def _add_car(session: Session, garage: MadeGarage) -> Vehicle:
    customer = Customer(garage_id=garage.id, name="Busy Body", phone="+33639980000", locale="fr")
    session.add(customer)
    session.flush()
    vehicle = Vehicle(garage_id=garage.id, customer_id=customer.id, plate="AA001AA")
    session.add(vehicle)
    session.flush()
    return vehicle


def _visit(garage: MadeGarage, car: Vehicle, starts_at: datetime, reference: str) -> Appointment:
    return Appointment(
        garage_id=garage.id,
        workshop_id=garage.workshop.id,
        customer_id=car.customer_id,
        vehicle_id=car.id,
        reference=reference,
        status="confirmed",
        mode="wait",
        source="desk",
        locale="fr",
        arrives_at=starts_at,
        work_starts_at=starts_at,
        work_ends_at=starts_at + HALF_AN_HOUR,
        ready_at=starts_at + HALF_AN_HOUR,
        work_minutes=30,
    )


def _rows_of(visit: Appointment, resource_ids: list[int], service_id: int) -> list[object]:
    """The visit's line, and the rows of its bay and technician."""
    keys = {"garage_id": visit.garage_id, "appointment_id": visit.id}
    line = AppointmentLine(**keys, service_type_id=service_id, minutes=30, price_from_cents=0)
    rows = [
        Occupancy(
            **keys,
            workshop_id=visit.workshop_id,
            resource_id=resource_id,
            kind="job",
            starts_at=visit.work_starts_at,
            ends_at=visit.work_ends_at,
        )
        for resource_id in resource_ids
    ]
    return [line, *rows]


def _resource_ids(session: Session, garage: MadeGarage) -> list[int]:
    statement = select(Resource.id).where(
        Resource.garage_id == garage.id, Resource.kind.in_(["bay", "technician"]), Resource.position == 0
    )
    return list(session.scalars(statement))


def _service_id(session: Session, garage: MadeGarage) -> int:
    first = select(ServiceType.id).where(ServiceType.garage_id == garage.id).order_by(ServiceType.id)
    return session.scalars(first.limit(1)).one()


def reference_of(number: int) -> str:
    """Six characters, each visit its own."""
    text = ""
    for _ in range(6):
        number, rest = divmod(number, len(ALPHABET))
        text = ALPHABET[rest] + text
    return text
