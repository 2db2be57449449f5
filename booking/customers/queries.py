"""Recognising whom the desk speaks with. For staff only: the public is never told what is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from booking.customers.models import Customer, Vehicle

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

    Where plate and number together point to somebody, only the plate's are named, those of both
    first; else those of the plate come before those of the number. One statement, and each of its
    halves reads by an index: what it costs does not grow with the garage.
    """
    if not plate and not phone:
        return []
    pairs = union_all(*_pairs(garage_id, plate=plate, phone=phone)).subquery()
    rows = session.execute(
        select(Customer, Vehicle)
        .select_from(pairs)
        # Outer though none is missing: so SQLite, too, begins with the few pairs.
        .outerjoin(Customer, (Customer.garage_id == garage_id) & (Customer.id == pairs.c.customer_id))
        .outerjoin(Vehicle, (Vehicle.garage_id == garage_id) & (Vehicle.id == pairs.c.vehicle_id))
        .order_by(pairs.c.vehicle_id.desc(), pairs.c.customer_id.desc())
        .limit(MOST_READ)
    )
    found = list(dict.fromkeys(KnownCar(customer, vehicle) for customer, vehicle in rows))
    of_plate = [car for car in found if plate and car.vehicle is not None and car.vehicle.plate == plate]
    of_both = [car for car in of_plate if phone and car.customer.phone == phone]
    others = [car for car in found if car not in of_plate]
    of_plate = [*of_both, *(car for car in of_plate if car not in of_both)]
    return of_plate if of_both else [*of_plate, *others]


def _pairs(garage_id: int, *, plate: str, phone: str | None) -> Iterable[Select[int, int]]:
    """Ids of customer and vehicle: by the plate, and by the number."""
    if plate:
        yield select(Vehicle.customer_id.label("customer_id"), Vehicle.id.label("vehicle_id")).where(
            Vehicle.garage_id == garage_id, Vehicle.plate == plate
        )
    if phone:
        yield (
            select(Customer.id.label("customer_id"), Vehicle.id.label("vehicle_id"))
            .outerjoin(
                Vehicle, (Vehicle.garage_id == Customer.garage_id) & (Vehicle.customer_id == Customer.id)
            )
            .where(Customer.garage_id == garage_id, Customer.phone == phone)
        )


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
