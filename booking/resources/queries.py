"""Reading a workshop's rules, hours, resources and busy time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from booking.resources.models import (
    MAX_ROW_DAYS,
    Occupancy,
    OpeningException,
    Resource,
    WorkshopRules,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class BusyRow:
    """An occupancy as plain columns."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime
    kind: str
    label: str = ""


def get_rules(session: Session, garage_id: int, workshop_id: int) -> WorkshopRules:
    """The workshop's booking rules; raises NotFoundError."""
    rules = session.scalar(
        select(WorkshopRules).where(
            WorkshopRules.garage_id == garage_id, WorkshopRules.workshop_id == workshop_id
        )
    )
    if rules is None:
        raise NotFoundError
    return rules


def list_exceptions(session: Session, garage_id: int, workshop_id: int) -> list[OpeningException]:
    """The workshop's dated exceptions in the order of its list."""
    return list(
        session.scalars(
            select(OpeningException)
            .where(OpeningException.garage_id == garage_id, OpeningException.workshop_id == workshop_id)
            .order_by(OpeningException.position, OpeningException.id)
        )
    )


def list_resources(session: Session, garage_id: int, workshop_id: int) -> list[Resource]:
    """The workshop's resources in use, by kind, then in the garage's order."""
    return list(
        session.scalars(
            select(Resource)
            .where(
                Resource.garage_id == garage_id,
                Resource.workshop_id == workshop_id,
                Resource.archived_at.is_(None),
            )
            .order_by(Resource.kind, Resource.position, Resource.id)
        )
    )


def has_courtesy_cars(session: Session, garage_id: int, workshop_id: int) -> bool:
    """Whether the workshop has a courtesy car in use."""
    found = select(Resource.id).where(
        Resource.garage_id == garage_id,
        Resource.workshop_id == workshop_id,
        Resource.kind == "courtesy_car",
        Resource.archived_at.is_(None),
    )
    return session.scalar(found.limit(1)) is not None


def list_busy(
    session: Session,
    garage_id: int,
    workshop_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    except_appointment_id: int | None = None,
) -> list[BusyRow]:
    """Occupancies of the workshop that touch ``[starts_at, ends_at)``; columns only, one query.

    No row is longer than 14 days, which bounds the range of the index from below.
    """
    statement = select(
        Occupancy.resource_id, Occupancy.starts_at, Occupancy.ends_at, Occupancy.kind, Occupancy.label
    ).where(
        Occupancy.garage_id == garage_id,
        Occupancy.workshop_id == workshop_id,
        Occupancy.ends_at > starts_at,
        Occupancy.ends_at < ends_at + timedelta(days=MAX_ROW_DAYS),
        Occupancy.starts_at < ends_at,
    )
    if except_appointment_id is not None:
        statement = statement.where(Occupancy.appointment_id.is_distinct_from(except_appointment_id))
    return [BusyRow(*row) for row in session.execute(statement.order_by(Occupancy.id))]


def public_holidays(country: str, subdivision: str, *, years: Sequence[int]) -> frozenset[date]:
    """The public holidays of a country, observed days included; none for an unknown country."""
    return frozenset().union(*(_holidays_of(country, subdivision, year) for year in years))


@lru_cache(maxsize=512)
def _holidays_of(country: str, subdivision: str, year: int) -> frozenset[date]:
    try:
        found = holidays.country_holidays(
            country, subdiv=subdivision or None, years=year, observed=True, categories=("public",)
        )
    except NotImplementedError:
        return frozenset()
    return frozenset(found)
