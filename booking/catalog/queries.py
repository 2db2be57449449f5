"""Reading the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.catalog.models import ServiceType
from booking.errors import UnknownServiceError


def list_service_types(session: Session, garage_id: int, *, online_only: bool) -> list[ServiceType]:
    """The garage's service types in use, in its own order; for the public only the online ones."""
    statement = whole_catalogue(garage_id).where(ServiceType.archived_at.is_(None))
    return list(session.scalars(statement.where(ServiceType.online) if online_only else statement))


def whole_catalogue(garage_id: int) -> Select[ServiceType]:
    """All of the garage's service types in its own order, those that are archived included."""
    return (
        select(ServiceType)
        .where(ServiceType.garage_id == garage_id)
        .order_by(ServiceType.position, ServiceType.id)
    )


def pick_service_types(
    catalogue: Iterable[ServiceType], *, codes: Iterable[str], online_only: bool
) -> list[ServiceType]:
    """The service types of these codes, each once, in the catalogue's order.

    Raises UnknownServiceError for a code that is unknown, archived, or not for this caller.
    """
    wanted = set(codes)
    found = [
        row
        for row in catalogue
        if row.code in wanted and row.archived_at is None and (row.online or not online_only)
    ]
    if not wanted or len(found) != len(wanted):
        raise UnknownServiceError
    return found
