"""A busy calendar, written straight into the tables: for tests of cost, where a thousand bookings one by
one would take too long."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

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
    keys = {"garage_id": garage.id, "workshop_id": garage.workshop.id}
    with scoped_to(garage.id), unit_of_work() as session:
        customer = Customer(garage_id=garage.id, name="Busy Body", phone="+33639980000", locale="fr")
        session.add(customer)
        session.flush()
        vehicle = Vehicle(garage_id=garage.id, customer_id=customer.id, plate="AA001AA")
        session.add(vehicle)
        session.flush()
        resources = session.scalars(
            select(Resource).where(
                Resource.garage_id == garage.id,
                Resource.kind.in_(["bay", "technician"]),
                Resource.position == 0,
            )
        ).all()
        service = session.scalars(
            select(ServiceType).where(ServiceType.garage_id == garage.id).order_by(ServiceType.id)
        ).first()
        assert service is not None
        visits = [
            Appointment(
                **keys,
                customer_id=customer.id,
                vehicle_id=vehicle.id,
                reference=_reference(first_number + number),
                status="confirmed",
                mode="wait",
                source="desk",
                locale="fr",
                arrives_at=first_at + number * HALF_AN_HOUR,
                work_starts_at=first_at + number * HALF_AN_HOUR,
                work_ends_at=first_at + (number + 1) * HALF_AN_HOUR,
                ready_at=first_at + (number + 1) * HALF_AN_HOUR,
                work_minutes=30,
            )
            for number in range(count)
        ]
        session.add_all(visits)
        session.flush()
        session.add_all(
            AppointmentLine(
                garage_id=garage.id,
                appointment_id=visit.id,
                service_type_id=service.id,
                minutes=30,
                price_from_cents=0,
            )
            for visit in visits
        )
        session.add_all(
            Occupancy(
                **keys,
                resource_id=resource.id,
                appointment_id=visit.id,
                kind="job",
                starts_at=visit.work_starts_at,
                ends_at=visit.work_ends_at,
            )
            for visit in visits
            for resource in resources
        )


def _reference(number: int) -> str:
    """Six characters, each visit its own."""
    text = ""
    for _ in range(6):
        number, rest = divmod(number, len(ALPHABET))
        text = ALPHABET[rest] + text
    return text
