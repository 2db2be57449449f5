"""Reading feeds: one to serve, those of a garage, those whose texts are to be made again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.tenancy.models import Workshop, WorkshopCalendar
from app.tenancy.queries import WorkshopView, workshop_view
from booking.resources.models import Resource
from calendars.feeds.looks import Look, Privacy, span_of
from calendars.feeds.models import Feed

WORKSHOP = "workshop"


@dataclass(frozen=True, slots=True)
class FeedView:
    """A feed with what it is of: ``kind`` is ``workshop`` or the resource's, ``name`` its name."""

    id: int
    garage_id: int
    workshop: WorkshopView
    resource_id: int | None
    kind: str
    name: str
    label: str
    look: Look
    fetched_at: datetime | None
    version: int
    calendar_version: int


@dataclass(frozen=True, slots=True)
class DueExport:
    """A workshop and a look in which not all texts are kept, and the feeds that have it."""

    garage_id: int
    workshop_id: int
    look: Look
    feed_ids: tuple[int, ...]


def get_feed(session: Session, garage_id: int, feed_id: int) -> FeedView:
    """The feed in use, in one statement; raises NotFoundError.

    One of an archived workshop or resource is not in use: who has left reads nothing more.
    """
    row = session.execute(_feeds(garage_id).where(Feed.id == feed_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return _view(row)


def list_feeds(session: Session, garage_id: int) -> list[FeedView]:
    """The garage's feeds in use, by workshop, then as they were made."""
    rows = session.execute(_feeds(garage_id).order_by(Workshop.position, Workshop.id, Feed.id))
    return [_view(row) for row in rows]


def list_due_exports(session: Session) -> list[DueExport]:
    """What the exporter has to look at, each once; the caller stands in ``across_garages``."""
    rows = session.execute(
        select(Feed, Resource.kind)
        .join(WorkshopCalendar, _same_workshop())
        .outerjoin(Resource, (Resource.garage_id == Feed.garage_id) & (Resource.id == Feed.resource_id))
        .where(Feed.revoked_at.is_(None), Feed.exported_version != WorkshopCalendar.version)
        .order_by(Feed.id)
    )
    found: dict[tuple[int, int, Look], list[int]] = defaultdict(list)
    for row, kind in rows:
        found[row.garage_id, row.workshop_id, look_of(row, kind)].append(row.id)
    return [DueExport(*key, feed_ids=tuple(ids)) for key, ids in found.items()]


def look_of(feed: Feed, kind: str | None) -> Look:
    """How the feed shows its events."""
    privacy: Privacy = feed.privacy  # type: ignore[assignment]  # the table's check names the same three
    return Look(span_of(kind or WORKSHOP), privacy, feed.locale)


def _feeds(garage_id: int) -> Select[Feed, Workshop, Resource, int]:
    return (
        select(Feed, Workshop, Resource, WorkshopCalendar.version)
        .join(Workshop, (Workshop.garage_id == Feed.garage_id) & (Workshop.id == Feed.workshop_id))
        .join(WorkshopCalendar, _same_workshop())
        .outerjoin(Resource, (Resource.garage_id == Feed.garage_id) & (Resource.id == Feed.resource_id))
        .where(
            Feed.garage_id == garage_id,
            Feed.revoked_at.is_(None),
            Workshop.archived_at.is_(None),
            Resource.archived_at.is_(None),
        )
    )


def _same_workshop() -> ColumnElement[bool]:
    return (WorkshopCalendar.garage_id == Feed.garage_id) & (WorkshopCalendar.workshop_id == Feed.workshop_id)


def _view(row: Row[Feed, Workshop, Resource, int]) -> FeedView:
    feed, workshop, resource, calendar_version = row
    kind = resource.kind if resource else WORKSHOP
    return FeedView(
        id=feed.id,
        garage_id=feed.garage_id,
        workshop=workshop_view(workshop),
        resource_id=feed.resource_id,
        kind=kind,
        name=resource.name if resource else workshop.name,
        label=feed.label,
        look=look_of(feed, kind),
        fetched_at=feed.fetched_at,
        version=feed.version,
        calendar_version=calendar_version,
    )
