"""A customer's own history: what the desk changed of them and of their vehicles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app import clock
from app.auth.models import User
from booking.customers.models import Change, Customer, CustomerEvent, Vehicle

CHANGES = "changes"
"""In a line's detail: by field, what was there before and what is there since."""

CAR = "car"
"""In a line's detail: the plate, or make and model, of the vehicle that it is about."""

DERIVED = frozenset({"sort_name", "version"})
"""Columns that follow from others: nobody's change."""

OTHER = "other"
"""In a line's detail: the name of the other person that it is about."""


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One line, with the name of the member of staff who did it."""

    kind: str
    at: datetime
    by: str
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """By field: before and since."""
        return {name: (before, since) for name, (before, since) in self.detail.get(CHANGES, {}).items()}


def record_change(
    session: Session,
    customer: Customer,
    *,
    kind: Change,
    user_id: int | None,
    detail: Mapping[str, Any] | None = None,
    former_id: int | None = None,
) -> None:
    """Write one line: what happened to ``customer``, by whom, now."""
    session.add(
        CustomerEvent(
            garage_id=customer.garage_id,
            customer_id=customer.id,
            kind=kind.value,
            former_id=former_id,
            actor_user_id=user_id,
            at=clock.now(),
            detail=dict(detail or {}),
        )
    )


def list_changes(session: Session, garage_id: int, customer_id: int, *, limit: int) -> list[CustomerLine]:
    """The customer's history, newest first."""
    rows = session.execute(
        select(CustomerEvent, User.name)
        .outerjoin(User, User.id == CustomerEvent.actor_user_id)
        .where(CustomerEvent.garage_id == garage_id, CustomerEvent.customer_id == customer_id)
        .order_by(CustomerEvent.id.desc())
        .limit(limit)
    )
    return [CustomerLine(row.kind, row.at, name or "", row.detail) for row, name in rows]


def find_merged_into(session: Session, garage_id: int, former_id: int) -> int | None:
    """Who bears the facts of a customer that was merged away; None for a number that never was one."""
    return session.scalar(
        select(CustomerEvent.customer_id).where(
            CustomerEvent.garage_id == garage_id, CustomerEvent.former_id == former_id
        )
    )


def write_over(row: Customer | Vehicle, facts: Mapping[str, Any]) -> dict[str, list[str]]:
    """Set the row's fields; returns what has changed, as history keeps it. A change is a new version."""
    changes = {}
    for name, value in facts.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changes[name] = [say_value(before), say_value(value)]
    if changes:
        row.version += 1
    return changes


def list_unwritten(row: Customer | Vehicle) -> dict[str, list[str]]:
    """What has been set on a stored row since it was read and is not flushed yet, as history keeps it."""
    state: Any = inspect(row)
    if not state.persistent:
        return {}
    changes = {}
    for column in state.attrs:
        since, _same, before = column.history
        if since and before and column.key not in DERIVED:
            changes[column.key] = [say_value(before[0]), say_value(since[0])]
    return changes


def name_car(vehicle: Vehicle) -> str:
    """What a line calls the vehicle: its plate as stored, else make and model."""
    return vehicle.plate or f"{vehicle.make} {vehicle.model}".strip()


def say_value(value: Any) -> str:
    """A value as the history keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
