"""Finding or making the customer and the vehicle of a booking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import StaleVersionError
from booking.customers.history import list_unwritten
from booking.customers.models import Customer, Vehicle
from booking.customers.queries import Seen

MOST_READ = 50


@dataclass(frozen=True, slots=True)
class CustomerDetails:
    """A person as a booking names them; ``phone`` in E.164. Phone or e-mail is there.

    ``sms_consent`` is None where nobody was asked. ``seen`` is whom the desk picked, with the vehicle,
    as its form was filled with them; it counts from staff alone.
    """

    name: str
    phone: str | None
    email: str | None
    locale: str
    sms_consent: bool | None = False
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class VehicleDetails:
    """A car as a booking names it; ``plate`` normalised or empty."""

    plate: str = ""
    country: str = ""
    make: str = ""
    model: str = ""
    vehicle_class: str | None = None
    energy: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Who comes with which car, and what of that which was known of either has changed by it.

    Changes are by field: before and since, as history keeps them.
    """

    customer: Customer
    vehicle: Vehicle
    customer_changes: Mapping[str, list[str]] = field(default_factory=dict)
    vehicle_changes: Mapping[str, list[str]] = field(default_factory=dict)
    is_picked: bool = False
    is_known: bool = False
    is_new_vehicle: bool = False

    @property
    def has_new_vehicle(self) -> bool:
        """Whether somebody known comes with a car that is not."""
        return self.is_known and self.is_new_vehicle

    @property
    def customer_changed(self) -> bool:
        """Whether whom the desk picked is known otherwise now, and shown so wherever they come."""
        return self.is_picked and bool(self.customer_changes)

    @property
    def vehicle_changed(self) -> bool:
        return bool(self.vehicle_changes)


def find_or_create_party(
    session: Session,
    *,
    garage_id: int,
    customer: CustomerDetails,
    vehicle: VehicleDetails,
    by_staff: bool,
) -> Party:
    """The garage's customer and vehicle as a booking names them, or new ones. Flushes.

    Knowing somebody's name, number or plate proves nothing. Whoever books for themselves finds a
    known row only if all of it is what they typed, what they left out being unknown here too: so
    nobody reads or changes more of another's record than they could have told. The desk finds
    whoever does not contradict what it typed. Only whom it has picked is changed by it: what it
    typed replaces what was known, what it left out stays. Everybody else is a new row, which the
    desk may merge. Raises StaleVersionError, with nothing stored, where that would replace what a
    colleague has stored since the desk's form was filled.
    """
    picked = _find_picked(session, garage_id, customer) if by_staff else None
    person = picked or _find_same(session, garage_id, customer, wholly=not by_staff)
    person = person or Customer(garage_id=garage_id, name=customer.name, locale=customer.locale)
    is_new, former_phone = person.id is None, person.phone
    if picked or is_new:
        _fill(person, {"phone": customer.phone, "email": customer.email, "locale": customer.locale})
    _note_consent(person, customer, is_same_number=person.phone == former_phone)
    customer_changes = list_unwritten(person)
    if picked and customer.seen:
        _check_seen(session, person, version=customer.seen.customer_version)
    _store(session, person)
    known = [] if is_new else _list_vehicles(session, person, vehicle)
    party = _choose_or_create_vehicle(
        session,
        (person, vehicle),
        known,
        wholly=not by_staff,
        is_picked=picked is not None,
        seen=customer.seen,
    )
    return replace(party, customer_changes=customer_changes, is_known=not is_new)


def _choose_or_create_vehicle(
    session: Session,
    named: tuple[Customer, VehicleDetails],
    known: Sequence[Vehicle],
    *,
    wholly: bool,
    is_picked: bool,
    seen: Seen | None,
) -> Party:
    """The customer with the one of their vehicles that is named, or a new one, and what has changed of it."""
    customer, details = named
    facts = asdict(details)
    facts["plate_country"] = facts.pop("country")
    vehicle = next((row for row in known if _agrees(row, facts, wholly=wholly)), None)
    if vehicle is None and is_picked and known:
        vehicle = known[0]
    if vehicle is None:
        vehicle = Vehicle(garage_id=customer.garage_id, customer_id=customer.id)
    if is_picked or vehicle.id is None:
        _fill(vehicle, facts)
    if is_picked and seen is not None and seen.vehicle_id == vehicle.id:
        _check_seen(session, vehicle, version=seen.vehicle_version)
    changes, is_new = list_unwritten(vehicle), vehicle.id is None
    _store(session, vehicle)
    return Party(customer, vehicle, vehicle_changes=changes, is_picked=is_picked, is_new_vehicle=is_new)


def _find_picked(session: Session, garage_id: int, details: CustomerDetails) -> Customer | None:
    """Whom the desk picked, unless it then typed another name: that is somebody else."""
    if details.seen is None:
        return None
    known = session.scalar(
        select(Customer).where(Customer.garage_id == garage_id, Customer.id == details.seen.customer_id)
    )
    return known if known is not None and _agrees(known, {"name": details.name}, wholly=True) else None


def _find_same(
    session: Session, garage_id: int, details: CustomerDetails, *, wholly: bool
) -> Customer | None:
    contact = {"phone": details.phone, "email": details.email}
    asked = {name: value for name, value in contact.items() if wholly or value is not None}
    known = {name: value for name, value in asked.items() if value is not None}
    statement = _same_contact(frozenset(asked), frozenset(known))
    rows = session.scalars(statement, {"garage_id": garage_id, **known})
    return next((row for row in rows if _agrees(row, {"name": details.name}, wholly=True)), None)


@cache
def _same_contact(asked: frozenset[str], known: frozenset[str]) -> Select[Customer]:
    """Customers of a garage by the ways to reach them that are ``asked``: those ``known``, and no others."""
    ways = [
        getattr(Customer, name) == bindparam(name) if name in known else getattr(Customer, name).is_(None)
        for name in sorted(asked)
    ]
    own = select(Customer).where(Customer.garage_id == bindparam("garage_id"), *ways)
    return own.order_by(Customer.id).limit(MOST_READ)


def _list_vehicles(session: Session, customer: Customer, details: VehicleDetails) -> Sequence[Vehicle]:
    """The customer's vehicles of that plate (without one, of that make and model), the newest first."""
    same = [Vehicle.plate == details.plate]
    if not details.plate:
        same += [Vehicle.make == details.make, Vehicle.model == details.model]
    return session.scalars(
        select(Vehicle)
        .where(Vehicle.garage_id == customer.garage_id, Vehicle.customer_id == customer.id, *same)
        .order_by(Vehicle.id.desc())
        .limit(MOST_READ)
    ).all()


def _agrees(row: Customer | Vehicle, facts: Mapping[str, Any], *, wholly: bool) -> bool:
    """Whether all ``facts`` are those of the row; unless ``wholly``, what was left out may be anything."""
    return all(
        _folded(value) == _folded(getattr(row, name))
        for name, value in facts.items()
        if wholly or _folded(value)
    )


def _folded(value: str | None) -> str:
    """Nobody is another person for writing a name in capitals."""
    return (value or "").casefold()


def _fill(row: Customer | Vehicle, facts: Mapping[str, Any]) -> None:
    """Write what was told over what was known; what was left out stays."""
    for name, value in facts.items():
        if value:
            setattr(row, name, value)


def _note_consent(customer: Customer, details: CustomerDetails, *, is_same_number: bool) -> None:
    """A consent is for the number it was given with, and keeps the time at which it was first given for it.

    Nothing is given or taken back by a booking without a number, nor where nobody was asked.
    """
    if details.sms_consent is None or details.phone is None:
        return
    if not details.sms_consent:
        customer.sms_consent_at = None
    elif customer.sms_consent_at is None or not is_same_number:
        customer.sms_consent_at = clock.now()


def _has_changed(session: Session, row: Customer | Vehicle) -> bool:
    return row in session.dirty and session.is_modified(row)


def _check_seen(session: Session, row: Customer | Vehicle, *, version: int | None) -> None:
    """Nothing is written over what the desk's form did not show."""
    if version is not None and version != row.version and _has_changed(session, row):
        raise StaleVersionError


def _store(session: Session, row: Customer | Vehicle) -> None:
    """Add a new row; a known one that has changed is its next version. Flushes."""
    if _has_changed(session, row):
        row.version += 1
    session.add(row)
    session.flush()
