"""Reading resources for the settings: those archived too, and every tag that a garage uses."""

from __future__ import annotations

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from booking.resources.models import Resource


def list_all_resources(
    session: Session, garage_id: int, workshop_id: int, *, kind: str | ScalarSelect[str]
) -> list[Resource]:
    """The workshop's resources of one kind in the garage's order, archived ones too."""
    return list(
        session.scalars(
            select(Resource)
            .where(
                Resource.garage_id == garage_id, Resource.workshop_id == workshop_id, Resource.kind == kind
            )
            .order_by(Resource.position, Resource.id)
        )
    )


def list_tags(session: Session, garage_id: int, *, kind: str) -> list[str]:
    """Every tag that a resource of this kind bears anywhere in the garage, in alphabetical order."""
    rows = session.scalars(
        select(Resource.tags).where(Resource.garage_id == garage_id, Resource.kind == kind)
    )
    return sorted({tag for tags in rows for tag in tags})


def get_any_resource(
    session: Session, garage_id: int, workshop_id: int, *, kind: str, resource_id: int
) -> Resource:
    """The workshop's resource of this kind and id, archived or not; raises NotFoundError."""
    row = session.scalar(
        select(Resource).where(
            Resource.garage_id == garage_id,
            Resource.workshop_id == workshop_id,
            Resource.kind == kind,
            Resource.id == resource_id,
        )
    )
    if row is None:
        raise NotFoundError
    return row
