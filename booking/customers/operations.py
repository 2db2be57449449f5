"""Finding or making the customer and the vehicle of a booking."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from booking.customers.models import Customer, Vehicle


@dataclass(frozen=True, slots=True)
class CustomerDetails:
    """A person as a booking names them; ``phone`` in E.164. Phone or e-mail is there.

    ``sms_consent`` is None where nobody was asked. ``customer_id`` is whom the desk recognised.
    """

    name: str
    phone: str | None
    email: str | None
    locale: str
    sms_consent: bool | None = False
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class VehicleDetails:
    """A car as a booking names it; ``plate`` normalised or empty."""

    plate: str = ""
    country: str = ""
    make: str = ""
    model: str = ""
    vehicle_class: str | None = None
    energy: str | None = None


def find_or_create_customer(session: Session, *, garage_id: int, details: CustomerDetails) -> Customer:
    """The garage's customer of the same name and number, or a new one. Flushes.

    A number alone proves nothing: another name makes another customer, which the desk may merge,
    so that nobody changes or reads somebody else's record by knowing their phone.
    """
    customer = _find(session, garage_id, details)
    if customer is None:
        customer = Customer(
            garage_id=garage_id, name=details.name, phone=details.phone, locale=details.locale
        )
        session.add(customer)
    customer.email = details.email or customer.email
    customer.phone = details.phone or customer.phone
    customer.locale = details.locale
    _note_consent(customer, details.sms_consent)
    _flush_as_next_version(session, customer)
    return customer


def find_or_create_vehicle(
    session: Session, *, garage_id: int, customer_id: int, details: VehicleDetails
) -> Vehicle:
    """The customer's vehicle of that plate (without a plate, of that make and model), or a new one.

    What the booking says of it replaces what was known; what it leaves out stays. Flushes.
    """
    same = (
        [Vehicle.plate == details.plate]
        if details.plate
        else [Vehicle.plate == "", Vehicle.make == details.make, Vehicle.model == details.model]
    )
    vehicle = session.scalar(
        select(Vehicle)
        .where(Vehicle.garage_id == garage_id, Vehicle.customer_id == customer_id, *same)
        .order_by(Vehicle.id)
        .limit(1)
    )
    if vehicle is None:
        vehicle = Vehicle(garage_id=garage_id, customer_id=customer_id, plate=details.plate)
        session.add(vehicle)
    vehicle.plate_country = details.country or vehicle.plate_country
    vehicle.make = details.make or vehicle.make
    vehicle.model = details.model or vehicle.model
    vehicle.vehicle_class = details.vehicle_class or vehicle.vehicle_class
    vehicle.energy = details.energy or vehicle.energy
    _flush_as_next_version(session, vehicle)
    return vehicle


def _note_consent(customer: Customer, consents: bool | None) -> None:
    """A consent keeps the time at which it was first given."""
    if consents is None:
        return
    if not consents:
        customer.sms_consent_at = None
    elif customer.sms_consent_at is None:
        customer.sms_consent_at = clock.now()


def _flush_as_next_version(session: Session, row: Customer | Vehicle) -> None:
    """Store the row; a known one that has changed is its next version."""
    if row in session.dirty and session.is_modified(row):
        row.version += 1
    session.flush()


def _find(session: Session, garage_id: int, details: CustomerDetails) -> Customer | None:
    if details.customer_id is not None:
        known = session.scalar(
            select(Customer).where(Customer.garage_id == garage_id, Customer.id == details.customer_id)
        )
        if known is not None and known.name.casefold() == details.name.casefold():
            return known
    same = Customer.phone == details.phone if details.phone else Customer.email == details.email
    rows = session.scalars(
        select(Customer).where(Customer.garage_id == garage_id, same).order_by(Customer.id).limit(50)
    )
    return next((row for row in rows if row.name.casefold() == details.name.casefold()), None)
