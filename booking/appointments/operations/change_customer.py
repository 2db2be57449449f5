"""Changing what is known of a customer or a vehicle; what shows them is told, and so are messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.errors import StaleVersionError
from app.events import publish
from app.tenancy.calendar import lock_calendars
from booking.appointments.people import raise_where_shown
from booking.customers.directory import get_customer, get_vehicle
from booking.customers.history import CAR, CHANGES, name_car, record_change, write_over
from booking.customers.models import Change, Customer, Vehicle
from booking.customers.operations import CustomerDetails, Party, VehicleDetails
from booking.events import CustomerChanged


def add_customer(
    session: Session, *, garage_id: int, details: CustomerDetails, user_id: int | None
) -> Customer:
    """A customer whom the desk writes down before any visit. Flushes."""
    row = Customer(garage_id=garage_id, **_person_facts(None, details))
    session.add(row)
    session.flush()
    record_change(session, row, kind=Change.ADDED, user_id=user_id)
    return row


def change_customer(
    session: Session,
    *,
    garage_id: int,
    customer_id: int,
    details: CustomerDetails,
    version: int,
    user_id: int | None,
) -> Customer:
    """Write what the desk typed over what was known; publishes CustomerChanged. Flushes.

    A consent is for the number that it was given with: with another number, agreed to again, it is
    from now. Raises NotFoundError, StaleVersionError.
    """
    calendars = lock_calendars(session, garage_id)
    row = get_customer(session, garage_id, customer_id, fresh=True)
    if row.version != version:
        raise StaleVersionError
    changes = write_over(row, _person_facts(row, details))
    if not changes:
        return row
    raise_where_shown(session, calendars, garage_id=garage_id, customer_id=row.id)
    record_change(session, row, kind=Change.CHANGED, user_id=user_id, detail={CHANGES: changes})
    session.flush()
    publish(CustomerChanged(garage_id=garage_id, customer_id=row.id))
    return row


def add_vehicle(
    session: Session, *, garage_id: int, customer_id: int, details: VehicleDetails, user_id: int | None
) -> Vehicle:
    """Another vehicle of the customer. Flushes. Raises NotFoundError."""
    owner = get_customer(session, garage_id, customer_id, lock=True)
    row = Vehicle(garage_id=garage_id, customer_id=owner.id, **_car_facts(details))
    session.add(row)
    session.flush()
    record_change(session, owner, kind=Change.VEHICLE_ADDED, user_id=user_id, detail={CAR: name_car(row)})
    return row


def change_vehicle(
    session: Session,
    *,
    garage_id: int,
    customer_id: int,
    vehicle_id: int,
    details: VehicleDetails,
    version: int,
    user_id: int | None,
) -> Vehicle:
    """Write what the desk typed over what was known of the vehicle; visits keep the class of their booking.

    Flushes. Raises NotFoundError, StaleVersionError.
    """
    calendars = lock_calendars(session, garage_id)
    row = get_vehicle(session, garage_id, customer_id, vehicle_id=vehicle_id, fresh=True)
    if row.version != version:
        raise StaleVersionError
    changes = write_over(row, _car_facts(details))
    if not changes:
        return row
    raise_where_shown(session, calendars, garage_id=garage_id, vehicle_id=row.id)
    record_change(
        session,
        get_customer(session, garage_id, customer_id),
        kind=Change.VEHICLE_CHANGED,
        user_id=user_id,
        detail={CAR: name_car(row), CHANGES: changes},
    )
    session.flush()
    return row


def record_party(session: Session, party: Party, *, user_id: int | None) -> None:
    """Write down what the desk's booking has changed of customer and vehicle, as their own pages do."""
    lines: list[tuple[Change, dict[str, Any]]] = []
    car = name_car(party.vehicle)
    if party.customer_changes:
        lines.append((Change.CHANGED, {CHANGES: party.customer_changes}))
    if party.has_new_vehicle:
        lines.append((Change.VEHICLE_ADDED, {CAR: car}))
    elif party.vehicle_changes:
        lines.append((Change.VEHICLE_CHANGED, {CAR: car, CHANGES: party.vehicle_changes}))
    for kind, detail in lines:
        record_change(session, party.customer, kind=kind, user_id=user_id, detail=detail)


def _person_facts(known: Customer | None, details: CustomerDetails) -> Mapping[str, Any]:
    agreed_at = known.sms_consent_at if known is not None and known.phone == details.phone else None
    wants_texts = details.sms_consent and details.phone is not None
    return {
        "name": details.name,
        "phone": details.phone,
        "email": details.email,
        "locale": details.locale,
        "sms_consent_at": (agreed_at or clock.now()) if wants_texts else None,
    }


def _car_facts(details: VehicleDetails) -> dict[str, Any]:
    facts = asdict(details)
    facts["plate_country"] = facts.pop("country")
    return facts
