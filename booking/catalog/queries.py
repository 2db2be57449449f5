"""Reading the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.catalog.models import ServiceType
from booking.errors import UnknownServiceError


def list_service_types(session: Session, garage_id: int, *, online_only: bool) -> list[ServiceType]:
    """The garage's service types in use, in its own order; for the public only the online ones."""
    statement = select(ServiceType).where(
        ServiceType.garage_id == garage_id, ServiceType.archived_at.is_(None)
    )
    if online_only:
        statement = statement.where(ServiceType.online)
    return list(session.scalars(statement.order_by(ServiceType.position, ServiceType.id)))


def get_service_types(
    session: Session, garage_id: int, *, codes: Iterable[str], online_only: bool
) -> list[ServiceType]:
    """The service types of these codes, each once, in the catalogue's order.

    Raises UnknownServiceError for a code that is unknown, archived, or not for this caller.
    """
    wanted = set(codes)
    found = [
        row for row in list_service_types(session, garage_id, online_only=online_only) if row.code in wanted
    ]
    if not wanted or len(found) != len(wanted):
        raise UnknownServiceError
    return found


def list_kept_service_types(session: Session, garage_id: int, *, codes: Iterable[str]) -> list[ServiceType]:
    """The service types of a visit that stands: also those that are archived or offline by now."""
    statement = select(ServiceType).where(
        ServiceType.garage_id == garage_id, ServiceType.code.in_(list(codes))
    )
    return list(session.scalars(statement.order_by(ServiceType.position, ServiceType.id)))
