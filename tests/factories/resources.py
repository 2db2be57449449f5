"""Bays, technicians and courtesy cars of a made garage, found and taken out of use."""

from __future__ import annotations

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.resources.all_resources import list_all_resources
from booking.resources.changes import archive_resource
from booking.resources.models import Resource
from tests.factories.garages import MadeGarage


def resources_of(garage: MadeGarage, kind: str) -> list[Resource]:
    """All of a kind in the garage's order, archived ones too."""
    with scoped_to(garage.id), reading() as session:
        return list_all_resources(session, garage.id, garage.workshop.id, kind=kind)


def find(garage: MadeGarage, kind: str, *, name: str = "") -> int:
    """The id of the one called ``name``, else of the first."""
    return next(row.id for row in resources_of(garage, kind) if name in {"", row.name})


def archive(garage: MadeGarage, kind: str, *, name: str = "") -> int:
    """Take the one called ``name`` out of use, else the last; returns its id."""
    row = [row for row in resources_of(garage, kind) if name in {"", row.name}][-1]
    with scoped_to(garage.id), unit_of_work() as session:
        archive_resource(
            session,
            garage_id=garage.id,
            workshop_id=garage.workshop.id,
            resource_id=row.id,
            version=row.version,
            user_id=None,
        )
    return row.id
