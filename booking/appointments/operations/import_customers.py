"""Storing a list of customers: exactly what its preview has shown, in one transaction, once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from app.events import publish
from app.tenancy.calendar import lock_calendars, raise_version
from booking.appointments.life_cycle import LIVE
from booking.appointments.models import Appointment
from booking.customers.history import CHANGES, record_change, write_over
from booking.customers.importing.candidates import Person
from booking.customers.importing.matching import AT_ONCE, Outcome, fingerprint, match_people
from booking.customers.importing.uploads import get_upload, is_over
from booking.customers.models import Change, Customer, Vehicle
from booking.customers.operations import VehicleDetails
from booking.errors import ImportChangedError
from booking.events import CustomerChanged

FILE = "file"
"""In a line's detail: the name of the file that it came from."""


def import_customers(
    session: Session,
    *,
    garage_id: int,
    import_id: int,
    people: Sequence[Person],
    columns: Sequence[str],
    seen: str,
    user_id: int | None,
) -> dict[str, int]:
    """Add whom nobody knows, fill what is empty of the others; returns how many of each. Flushes.

    ``seen`` is the fingerprint of what the preview has shown: raises ImportChangedError, with nothing
    stored, if storing would now do something else. A file is stored once; again, its result is given
    again. No consent comes from a file. Raises NotFoundError, also when its time is over.
    """
    calendars = lock_calendars(session, garage_id)
    upload = get_upload(session, garage_id, import_id, lock=True)
    if upload.stored_at is not None:
        return upload.result
    if is_over(upload):
        raise NotFoundError
    outcomes = match_people(session, garage_id, people)
    if fingerprint(columns, outcomes) != seen:
        raise ImportChangedError
    detail = {FILE: upload.file_name}
    cars = _add_new(session, garage_id, outcomes, detail=detail, user_id=user_id)
    completed = [outcome for outcome in outcomes if outcome.kind == "completed"]
    for outcome in completed:
        cars += _complete(session, outcome, detail=detail, user_id=user_id)
    session.flush()
    if completed:
        for calendar in calendars.values():
            raise_version(calendar)
    _tell(session, garage_id, completed)
    upload.result = _count(outcomes) | {"cars": cars}
    upload.stored_at, upload.rows = clock.now(), []
    session.flush()
    return upload.result


def _add_new(
    session: Session,
    garage_id: int,
    outcomes: Iterable[Outcome],
    *,
    detail: dict[str, Any],
    user_id: int | None,
) -> int:
    """Add them in parts, so that neither memory nor a statement grows with the file; returns their cars."""
    new, count = [outcome.person for outcome in outcomes if outcome.known is None], 0
    for first in range(0, len(new), AT_ONCE):
        people = new[first : first + AT_ONCE]
        rows = [_customer(garage_id, person) for person in people]
        session.add_all(rows)
        session.flush()
        cars = [_vehicle(row, car) for row, person in zip(rows, people, strict=True) for car in person.cars]
        session.add_all(cars)
        for row in rows:
            record_change(session, row, kind=Change.IMPORTED, user_id=user_id, detail=detail)
        session.flush()
        count += len(cars)
    return count


def _customer(garage_id: int, person: Person) -> Customer:
    return Customer(
        garage_id=garage_id,
        name=person.name,
        phone=person.phone,
        email=person.email,
        locale=person.locale,
    )


def _complete(session: Session, outcome: Outcome, *, detail: dict[str, Any], user_id: int | None) -> int:
    assert outcome.known is not None
    changes = write_over(outcome.known, outcome.facts)
    for row, facts in outcome.filled_cars:
        write_over(row, facts)
    session.add_all(_vehicle(outcome.known, car) for car in outcome.new_cars)
    record_change(
        session, outcome.known, kind=Change.IMPORTED, user_id=user_id, detail=detail | {CHANGES: changes}
    )
    return len(outcome.new_cars)


def _vehicle(owner: Customer, car: VehicleDetails) -> Vehicle:
    facts = asdict(car)
    facts["plate_country"] = facts.pop("country")
    return Vehicle(garage_id=owner.garage_id, customer_id=owner.id, **facts)


def _tell(session: Session, garage_id: int, completed: Iterable[Outcome]) -> None:
    """Whoever has a visit to come and a new number or address is reached there from now on."""
    ids = sorted(outcome.known.id for outcome in completed if outcome.known is not None and outcome.facts)
    for first in range(0, len(ids), AT_ONCE):
        rows = session.scalars(
            select(Appointment.customer_id)
            .where(
                Appointment.garage_id == garage_id,
                Appointment.customer_id.in_(ids[first : first + AT_ONCE]),
                Appointment.status.in_(LIVE),
                Appointment.ready_at >= clock.now(),
            )
            .distinct()
        )
        for customer_id in rows.all():
            publish(CustomerChanged(garage_id=garage_id, customer_id=customer_id))


def _count(outcomes: Iterable[Outcome]) -> dict[str, int]:
    counts = {"new": 0, "completed": 0, "same": 0}
    for outcome in outcomes:
        counts[outcome.kind] += 1
    return counts
