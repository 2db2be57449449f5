"""Recognising whom the desk speaks with. For staff only: the public is never told what is known."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import false, select
from sqlalchemy.orm import Session

from booking.customers.models import Customer, Vehicle

MOST_KNOWN = 6
MOST_READ = 60


@dataclass(frozen=True, slots=True)
class KnownCar:
    """A customer of the garage with one of their vehicles; None where no vehicle is known."""

    customer: Customer
    vehicle: Vehicle | None

    @property
    def key(self) -> str:
        """Names the pair in a form."""
        return f"{self.customer.id}-{self.vehicle.id if self.vehicle else 0}"


def list_known(session: Session, garage_id: int, *, plate: str, phone: str | None) -> list[KnownCar]:
    """Whom a plate (normalised) or a phone number (E.164) belongs to, the latest vehicles first.

    Where plate and number together point to somebody, nobody else is named; else those of the
    plate come before those of the number. One statement.
    """
    if not plate and not phone:
        return []
    same_plate = Vehicle.plate == plate if plate else false()
    same_phone = Customer.phone == phone if phone else false()
    rows = session.execute(
        select(Customer, Vehicle)
        .outerjoin(Vehicle, (Vehicle.garage_id == Customer.garage_id) & (Vehicle.customer_id == Customer.id))
        .where(Customer.garage_id == garage_id, same_plate | same_phone)
        .order_by(Vehicle.id.desc(), Customer.id.desc())
        .limit(MOST_READ)
    )
    found = [KnownCar(customer, vehicle) for customer, vehicle in rows]
    of_plate = [car for car in found if plate and car.vehicle is not None and car.vehicle.plate == plate]
    of_both = [car for car in of_plate if phone and car.customer.phone == phone]
    others = [car for car in found if car not in of_plate]
    return (of_both or [*of_plate, *others])[:MOST_KNOWN]


def find_known(session: Session, garage_id: int, key: str) -> KnownCar | None:
    """The pair that a form names by its key, if it is the garage's."""
    customer_id, _, vehicle_id = key.partition("-")
    if not (customer_id + vehicle_id).isascii() or not (customer_id.isdigit() and vehicle_id.isdigit()):
        return None
    if len(key) > 2 * len(str(2**63)):
        return None
    row = session.execute(
        select(Customer, Vehicle)
        .outerjoin(
            Vehicle,
            (Vehicle.garage_id == Customer.garage_id)
            & (Vehicle.customer_id == Customer.id)
            & (Vehicle.id == int(vehicle_id)),
        )
        .where(Customer.garage_id == garage_id, Customer.id == int(customer_id))
    ).one_or_none()
    return KnownCar(*row) if row else None
