"""Feeds of a garage, by their addresses."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.db.unit_of_work import reading, unit_of_work
from app.security.links import show_link
from app.tenancy.scope import scoped_to
from booking.resources.models import Resource
from calendars.feeds.looks import Privacy
from calendars.feeds.operations import FEED, create_feed
from tests.factories.garages import MadeGarage


@dataclass(frozen=True, slots=True)
class MadeFeed:
    """A feed and the path that reads it."""

    id: int
    path: str


def make_feed(
    garage: MadeGarage,
    *,
    resource: str = "",
    privacy: Privacy = "no_contact",
    locale: str = "en",
    label: str = "",
) -> MadeFeed:
    """A feed of the garage's workshop, or of its resource of this name."""
    resource_id = resource_id_of(garage, resource) if resource else None
    with scoped_to(garage.id), unit_of_work() as session:
        feed_id = create_feed(
            session,
            garage_id=garage.id,
            workshop_id=garage.workshop.id,
            resource_id=resource_id,
            privacy=privacy,
            locale=locale,
            label=label,
        ).id
    return MadeFeed(feed_id, feed_path(garage, feed_id))


def feed_path(garage: MadeGarage, feed_id: int) -> str:
    """The path of the feed's address as it stands."""
    with scoped_to(garage.id), reading() as session:
        token = show_link(session, garage_id=garage.id, purpose=FEED, subject_id=feed_id)
    return f"/feeds/{token}.ics"


def resource_id_of(garage: MadeGarage, name: str) -> int:
    """The id of the garage's resource called ``name``."""
    with scoped_to(garage.id), reading() as session:
        return session.scalars(
            select(Resource.id).where(Resource.garage_id == garage.id, Resource.name == name)
        ).one()
