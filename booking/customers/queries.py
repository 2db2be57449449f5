"""Recognising whom the desk speaks with. For staff only: the public is never told what is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from booking.customers.models import Customer, Vehicle

MOST_READ = 60


_KEY = re.compile(r"(\d{1,18})(?:\.(\d{1,9}))?-(\d{1,18})(?:\.(\d{1,9}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seen:
    """A customer and a vehicle as a form was filled with them; a version is None where the form has none."""

    customer_id: int
    vehicle_id: int = 0
    customer_version: int | None = None
    vehicle_version: int | None = None


def read_key(key: str) -> Seen | None:
    """What a form's key names: two ids, each with the version that was shown; None for what is no key."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    whose, shown, which, its = found.groups()
    return Seen(int(whose), int(which), int(shown) if shown else None, int(its) if its else None)


@dataclass(frozen=True, slots=True)
class KnownCar:
    """A customer of the garage with one of their vehicles; None where no vehicle is known."""

    customer: Customer
    vehicle: Vehicle | None

    @property
    def key(self) -> str:
        """Names the pair in a form, each with its version; :func:`read_key` reads it."""
        customer, vehicle = self.customer, self.vehicle
        car = f"{vehicle.id}.{vehicle.version}" if vehicle else "0"
        return f"{customer.id}.{customer.version}-{car}"


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
    seen = read_key(key)
    if seen is None:
        return None
    row = session.execute(
        select(Customer, Vehicle)
        .outerjoin(
            Vehicle,
            (Vehicle.garage_id == Customer.garage_id)
            & (Vehicle.customer_id == Customer.id)
            & (Vehicle.id == seen.vehicle_id),
        )
        .where(Customer.garage_id == garage_id, Customer.id == seen.customer_id)
    ).one_or_none()
    return KnownCar(*row) if row else None
