"""Reading a workshop's rules, hours, resources and busy time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import holidays
from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from app.db.minutes import in_minutes, in_minutes_up
from app.errors import NotFoundError
from booking.resources.models import (
    MAX_ROW_DAYS,
    Absence,
    Occupancy,
    OpeningException,
    Resource,
    WorkshopRules,
)
from booking.resources.requests import AwayRequest

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class BusyRow(NamedTuple):
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
    """The workshop's dated exceptions in the order of its list; those taken back are left out."""
    return list(
        session.scalars(
            select(OpeningException)
            .where(
                OpeningException.garage_id == garage_id,
                OpeningException.workshop_id == workshop_id,
                OpeningException.removed_at.is_(None),
            )
            .order_by(OpeningException.position, OpeningException.id)
        )
    )


def list_resources(session: Session, garage_id: int, workshop_id: int) -> list[Resource]:
    """The workshop's resources in use, by kind, then in the garage's order."""
    return list(session.scalars(resources_in_use(garage_id, workshop_id)))


def resources_in_use(garage_id: int, workshop_id: int) -> Select[Resource]:
    """What :func:`list_resources` lists."""
    return (
        select(Resource)
        .where(
            Resource.garage_id == garage_id,
            Resource.workshop_id == workshop_id,
            Resource.archived_at.is_(None),
        )
        .order_by(Resource.kind, Resource.position, Resource.id)
    )


def get_resource(session: Session, garage_id: int, workshop_id: int, *, resource_id: int) -> Resource:
    """The workshop's resource in use with this id; raises NotFoundError."""
    row = session.scalar(
        select(Resource).where(
            Resource.garage_id == garage_id,
            Resource.workshop_id == workshop_id,
            Resource.id == resource_id,
            Resource.archived_at.is_(None),
        )
    )
    if row is None:
        raise NotFoundError
    return row


def list_absences(
    session: Session, garage_id: int, workshop_id: int, *, after: datetime
) -> list[tuple[Absence, Resource]]:
    """Leave and blocks that end later than ``after``, each with whose it is, by their beginning."""
    rows = session.execute(
        select(Absence, Resource)
        .join(Resource, (Resource.garage_id == Absence.garage_id) & (Resource.id == Absence.resource_id))
        .where(
            Absence.garage_id == garage_id,
            Absence.workshop_id == workshop_id,
            Absence.ends_at > after,
            Absence.removed_at.is_(None),
        )
        .order_by(Absence.starts_at, Absence.id)
    )
    return [(absence, resource) for absence, resource in rows]


def get_absence(session: Session, garage_id: int, workshop_id: int, *, absence_id: int) -> Absence:
    """The workshop's leave or block with this id, also one taken back; raises NotFoundError."""
    row = session.scalar(
        select(Absence).where(
            Absence.garage_id == garage_id, Absence.workshop_id == workshop_id, Absence.id == absence_id
        )
    )
    if row is None:
        raise NotFoundError
    return row


def find_same_absence(
    session: Session, garage_id: int, workshop_id: int, *, request: AwayRequest
) -> Absence | None:
    """The leave or block that says what ``request`` asks for, if one stands already."""
    return session.scalar(
        select(Absence)
        .where(
            Absence.garage_id == garage_id,
            Absence.workshop_id == workshop_id,
            Absence.resource_id == request.resource_id,
            Absence.starts_at == request.starts_at,
            Absence.ends_at == request.ends_at,
            Absence.label == request.label,
            Absence.removed_at.is_(None),
        )
        .order_by(Absence.id)
        .limit(1)
    )


def get_exception(
    session: Session, garage_id: int, workshop_id: int, *, exception_id: int
) -> OpeningException:
    """The workshop's dated exception with this id, also one taken back; raises NotFoundError."""
    row = session.scalar(
        select(OpeningException).where(
            OpeningException.garage_id == garage_id,
            OpeningException.workshop_id == workshop_id,
            OpeningException.id == exception_id,
        )
    )
    if row is None:
        raise NotFoundError
    return row


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

    Holds are left out: they expire by the clock, raise no version, and are read apart. No row is
    longer than 14 days, which bounds the range of the index from below.
    """
    statement = select(
        Occupancy.resource_id, Occupancy.starts_at, Occupancy.ends_at, Occupancy.kind, Occupancy.label
    ).where(
        Occupancy.garage_id == garage_id,
        Occupancy.workshop_id == workshop_id,
        Occupancy.ends_at > starts_at,
        Occupancy.ends_at < ends_at + timedelta(days=MAX_ROW_DAYS),
        Occupancy.starts_at < ends_at,
        Occupancy.kind != "hold",
    )
    if except_appointment_id is not None:
        statement = statement.where(Occupancy.appointment_id.is_distinct_from(except_appointment_id))
    return [BusyRow(*row) for row in session.execute(statement.order_by(Occupancy.id))]


def list_busy_minutes(
    session: Session,
    garage_id: int,
    workshop_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    except_appointment_id: int | None = None,
) -> Sequence[Row[int, int, int, str]]:
    """What :func:`list_busy` finds, as the engine counts it, and in no order.

    The resource's id, the bounds in whole minutes since the epoch, rounded outward, and the kind.
    """
    return session.execute(
        _BUSY,
        {
            "garage_id": garage_id,
            "workshop_id": workshop_id,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "ends_before": ends_at + timedelta(days=MAX_ROW_DAYS),
            "except_appointment_id": except_appointment_id or 0,
        },
    ).all()


def _busy_statement() -> Select[int, int, int, str]:
    """Made once: every question about a workshop asks it."""
    row = Occupancy.__table__.c
    return select(row.resource_id, in_minutes(row.starts_at), in_minutes_up(row.ends_at), row.kind).where(
        row.garage_id == bindparam("garage_id"),
        row.workshop_id == bindparam("workshop_id"),
        row.ends_at > bindparam("starts_at"),
        row.ends_at < bindparam("ends_before"),
        row.starts_at < bindparam("ends_at"),
        row.kind != "hold",
        row.appointment_id.is_distinct_from(bindparam("except_appointment_id")),
    )


_BUSY = _busy_statement()


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
