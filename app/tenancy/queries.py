"""Finding a garage and its workshops by the names in an address."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.tenancy.models import Garage, Workshop


@dataclass(frozen=True, slots=True)
class GarageView:
    """What pages and calls need to know of a garage, read apart from any longer transaction."""

    id: int
    slug: str
    name: str
    country: str
    locale: str
    currency: str
    accent: str


@dataclass(frozen=True, slots=True)
class WorkshopView:
    """What pages and calls need to know of a workshop."""

    id: int
    garage_id: int
    slug: str
    name: str
    timezone: str
    subdivision: str
    address: str
    phone: str
    email: str


def find_garage(session: Session, slug: str) -> GarageView | None:
    """The garage called ``slug``."""
    if not slug.isprintable():  # PostgreSQL refuses NUL in a text
        return None
    row = session.scalar(select(Garage).where(Garage.slug == slug))
    return garage_view(row) if row else None


def get_garage(session: Session, garage_id: int) -> GarageView:
    """The garage with this id; raises NotFoundError."""
    row = session.get(Garage, garage_id)
    if row is None:
        raise NotFoundError
    return garage_view(row)


def list_garages(session: Session) -> list[GarageView]:
    """Every garage of the installation, by slug."""
    return [garage_view(row) for row in session.scalars(select(Garage).order_by(Garage.slug))]


def list_workshops(session: Session, garage_id: int) -> list[WorkshopView]:
    """The garage's workshops in use, in its own order."""
    rows = session.scalars(
        select(Workshop)
        .where(Workshop.garage_id == garage_id, Workshop.archived_at.is_(None))
        .order_by(Workshop.position, Workshop.id)
    )
    return [workshop_view(row) for row in rows]


def get_workshop(session: Session, garage_id: int, slug: str, *, or_archived: bool = False) -> WorkshopView:
    """The garage's workshop called ``slug``; raises NotFoundError.

    An archived one is found with ``or_archived``: it takes no new visits, and keeps those it has.
    """
    if not slug.isprintable():  # PostgreSQL refuses NUL in a text
        raise NotFoundError
    row = session.scalar(select(Workshop).where(Workshop.garage_id == garage_id, Workshop.slug == slug))
    if row is None or (row.archived_at is not None and not or_archived):
        raise NotFoundError
    return workshop_view(row)


def get_place(session: Session, garage_slug: str, workshop_slug: str) -> tuple[GarageView, WorkshopView]:
    """The garage and its workshop in use at a public address, in one statement; raises NotFoundError.

    The caller stands in :func:`app.tenancy.scope.across_garages`: the address names the garage.
    """
    if not (garage_slug + workshop_slug).isprintable():  # PostgreSQL refuses NUL in a text
        raise NotFoundError
    row = session.execute(
        select(Garage, Workshop)
        .join(Workshop, Workshop.garage_id == Garage.id)
        .where(Garage.slug == garage_slug, Workshop.slug == workshop_slug, Workshop.archived_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return garage_view(row[0]), workshop_view(row[1])


def get_workshop_by_id(session: Session, garage_id: int, workshop_id: int) -> WorkshopView:
    """The garage's workshop with this id, archived or not; raises NotFoundError."""
    row = session.scalar(select(Workshop).where(Workshop.garage_id == garage_id, Workshop.id == workshop_id))
    if row is None:
        raise NotFoundError
    return workshop_view(row)


def garage_view(row: Garage) -> GarageView:
    """The row as pages know it."""
    return GarageView(
        id=row.id,
        slug=row.slug,
        name=row.name,
        country=row.country,
        locale=row.locale,
        currency=row.currency,
        accent=row.accent,
    )


def workshop_view(row: Workshop) -> WorkshopView:
    """The row as pages know it."""
    return WorkshopView(
        id=row.id,
        garage_id=row.garage_id,
        slug=row.slug,
        name=row.name,
        timezone=row.timezone,
        subdivision=row.subdivision,
        address=row.address,
        phone=row.phone,
        email=row.email,
    )
