"""A busy calendar, written straight into the tables: for tests of cost, where a thousand bookings one by
one would take too long."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select
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
        starts = [first_at + number * HALF_AN_HOUR for number in range(count)]
        rows = [
            _visit_row(garage, car, starts_at, reference_of(number))
            for number, starts_at in enumerate(starts, first_number)
        ]
        written = insert(Appointment).returning(Appointment.id, sort_by_parameter_order=True)
        visits = list(zip(session.scalars(written, rows), starts, strict=True))
        service_id, resource_ids = _service_id(session, garage), _resource_ids(session, garage)
        session.execute(insert(AppointmentLine), [_line_row(garage, id_, service_id) for id_, _ in visits])
        session.execute(
            insert(Occupancy),
            [
                _held_row(garage, id_, resource_id, starts_at)
                for id_, starts_at in visits
                for resource_id in resource_ids
            ],
        )


def _add_car(session: Session, garage: MadeGarage) -> Vehicle:
    customer = Customer(garage_id=garage.id, name="Busy Body", phone="+33639980000", locale="fr")
    session.add(customer)
    session.flush()
    vehicle = Vehicle(garage_id=garage.id, customer_id=customer.id, plate="AA001AA")
    session.add(vehicle)
    session.flush()
    return vehicle


def _visit_row(garage: MadeGarage, car: Vehicle, starts_at: datetime, reference: str) -> dict[str, object]:
    return {
        "garage_id": garage.id,
        "workshop_id": garage.workshop.id,
        "customer_id": car.customer_id,
        "vehicle_id": car.id,
        "reference": reference,
        "status": "confirmed",
        "mode": "wait",
        "source": "desk",
        "locale": "fr",
        "arrives_at": starts_at,
        "work_starts_at": starts_at,
        "work_ends_at": starts_at + HALF_AN_HOUR,
        "ready_at": starts_at + HALF_AN_HOUR,
        "work_minutes": 30,
    }


def _line_row(garage: MadeGarage, appointment_id: int, service_id: int) -> dict[str, object]:
    return {
        "garage_id": garage.id,
        "appointment_id": appointment_id,
        "service_type_id": service_id,
        "minutes": 30,
        "price_from_cents": 0,
    }


def _held_row(
    garage: MadeGarage, appointment_id: int, resource_id: int, starts_at: datetime
) -> dict[str, object]:
    return {
        "garage_id": garage.id,
        "workshop_id": garage.workshop.id,
        "appointment_id": appointment_id,
        "resource_id": resource_id,
        "kind": "job",
        "starts_at": starts_at,
        "ends_at": starts_at + HALF_AN_HOUR,
    }


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
