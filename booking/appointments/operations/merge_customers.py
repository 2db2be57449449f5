"""Merging two records of one person: visits, vehicles and history come together, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.errors import NotFoundError, StaleVersionError
from app.events import publish
from app.tenancy.calendar import lock_calendars
from booking.appointments.models import Appointment
from booking.appointments.people import raise_where_shown
from booking.customers.directory import get_customer, list_vehicles_of
from booking.customers.history import CHANGES, OTHER, record_change, say_value
from booking.customers.merging import complete, facts_after, find_twins
from booking.customers.models import Change, Customer, CustomerEvent, Vehicle
from booking.events import CustomerChanged, CustomersMerged


def merge_customers(
    session: Session,
    *,
    garage_id: int,
    customer_ids: tuple[int, int],
    versions: tuple[int, int],
    taken: Mapping[str, str],
    user_id: int | None,
) -> Customer:
    """Make one customer of two, with the facts of :func:`booking.customers.merging.facts_after`.

    The later number is kept whoever's facts win, so that a number given up is never given again; the
    earlier one leads on to it. Cars of one plate become one. Publishes CustomersMerged and
    CustomerChanged. Flushes. Raises NotFoundError, StaleVersionError.
    """
    if customer_ids[0] == customer_ids[1]:
        raise NotFoundError
    calendars = lock_calendars(session, garage_id)
    ours, theirs = (
        get_customer(session, garage_id, number, fresh=True, lock=True) for number in customer_ids
    )
    if (ours.version, theirs.version) != versions:
        raise StaleVersionError
    gone, kept = sorted((ours, theirs), key=lambda row: row.id)
    facts, phones = facts_after(ours, theirs, taken), {row.phone for row in (ours, theirs) if row.phone}
    changes = _lost((ours, theirs), facts)
    _bring_together(session, gone, kept)
    raise_where_shown(session, calendars, garage_id=garage_id, customer_id=kept.id)
    names = {row.name for row in (ours, theirs)} - {facts["name"]}
    since = min(ours.created_at, theirs.created_at)
    for name, value in facts.items():
        setattr(kept, name, value)
    kept.version, kept.created_at = max(versions) + 1, since
    detail = {OTHER: min(names, default=facts["name"]), CHANGES: changes}
    record_change(session, kept, kind=Change.MERGED, user_id=user_id, detail=detail, former_id=gone.id)
    session.delete(gone)
    session.flush()
    publish(CustomersMerged(garage_id=garage_id, customer_id=kept.id, phones=tuple(sorted(phones))))
    publish(CustomerChanged(garage_id=garage_id, customer_id=kept.id))
    return kept


def join_twins(session: Session, vehicles: Iterable[Vehicle]) -> None:
    """Make one vehicle of those of one plate; the caller holds the garage's locks. Flushes."""
    for twins in find_twins(vehicles):
        complete(twins)
        for other in twins.others:
            _give_visits(session, other, twins.kept)
            session.delete(other)
    session.flush()


def _give_visits(session: Session, other: Vehicle, kept: Vehicle) -> None:
    session.execute(
        update(Appointment)
        .where(Appointment.garage_id == kept.garage_id, Appointment.vehicle_id == other.id)
        .values(vehicle_id=kept.id)
        .execution_options(synchronize_session=False)
    )


def _bring_together(session: Session, gone: Customer, kept: Customer) -> None:
    """Everything that names the one names the other from now on."""
    garage_id = kept.garage_id
    for model in (Appointment, CustomerEvent):
        session.execute(
            update(model)
            .where(model.garage_id == garage_id, model.customer_id == gone.id)
            .values(customer_id=kept.id)
            .execution_options(synchronize_session=False)
        )
    vehicles = list_vehicles_of(session, garage_id, [gone.id, kept.id])
    for row in vehicles.get(gone.id, []):
        row.customer_id = kept.id
    session.flush()
    join_twins(session, [row for rows in vehicles.values() for row in rows])


def _lost(people: tuple[Customer, Customer], facts: Mapping[str, object]) -> dict[str, list[str]]:
    """By field, what one of them said and what the person says from now on."""
    changes = {}
    for name, value in facts.items():
        dropped = [getattr(row, name) for row in people if getattr(row, name) not in {value, None}]
        if dropped:
            changes[name] = [say_value(dropped[0]), say_value(value)]
    return changes
