"""Making, replacing and ending feeds, and keeping the texts of their events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError, StaleVersionError
from app.security.links import create_link, revoke_link, rotate_link
from booking.appointments.models import Appointment
from booking.resources.models import Resource
from calendars.feeds.kept import LONGEST_STAY, PAST, Kept
from calendars.feeds.looks import Look, Privacy
from calendars.feeds.models import Feed, FeedEvent

FEED = "feed"
"""Purpose of the link by which a calendar application reads a feed."""

NOTE_EVERY = timedelta(minutes=15)


def create_feed(
    session: Session,
    *,
    garage_id: int,
    workshop_id: int,
    resource_id: int | None,
    privacy: Privacy,
    locale: str,
    label: str,
) -> Feed:
    """A new feed of the workshop, or of its resource, with its link. Flushes.

    Raises NotFoundError if the resource is not one of the workshop's in use.
    """
    if resource_id is not None:
        _check_resource(session, garage_id, workshop_id=workshop_id, resource_id=resource_id)
    feed = Feed(
        garage_id=garage_id,
        workshop_id=workshop_id,
        resource_id=resource_id,
        privacy=privacy,
        locale=locale,
        label=label,
    )
    session.add(feed)
    session.flush()
    create_link(session, garage_id=garage_id, purpose=FEED, subject_id=feed.id)
    return feed


def rotate_feed(session: Session, *, garage_id: int, feed_id: int, version: int | None = None) -> Feed:
    """Give the feed a new address; the old one opens nothing from now on. Flushes.

    Raises NotFoundError, StaleVersionError if ``version`` is given and no longer stands.
    """
    feed = _locked(session, garage_id, feed_id, version=version)
    rotate_link(session, garage_id=garage_id, purpose=FEED, subject_id=feed_id)
    feed.fetched_at = None
    session.flush()
    return feed


def revoke_feed(session: Session, *, garage_id: int, feed_id: int, version: int | None = None) -> Feed:
    """End the feed; its address opens nothing from now on. Flushes.

    Raises NotFoundError, StaleVersionError if ``version`` is given and no longer stands.
    """
    feed = _locked(session, garage_id, feed_id, version=version)
    revoke_link(session, garage_id=garage_id, purpose=FEED, subject_id=feed_id)
    feed.revoked_at = clock.now()
    session.flush()
    return feed


def note_fetch(session: Session, *, garage_id: int, feed_id: int) -> None:
    """Note that the feed was read just now, at most every 15 minutes."""
    now = clock.now()
    session.execute(
        update(Feed)
        .where(
            Feed.garage_id == garage_id,
            Feed.id == feed_id,
            or_(Feed.fetched_at.is_(None), Feed.fetched_at <= now - NOTE_EVERY),
        )
        .values(fetched_at=now)
        .execution_options(synchronize_session=False)
    )


def keep_texts(session: Session, *, garage_id: int, look: Look, rows: Sequence[Kept]) -> None:
    """Store each text in place of the one kept before in the same look."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(FeedEvent)
    statement = statement.on_conflict_do_update(
        index_elements=["garage_id", "appointment_id", "span", "privacy", "locale"],
        set_={"stamp": statement.excluded.stamp, "text": statement.excluded.text},
    )
    look_columns = {"span": look.span, "privacy": look.privacy, "locale": look.locale}
    session.execute(
        statement,
        [
            {
                "garage_id": garage_id,
                "appointment_id": row.appointment_id,
                "stamp": row.stamp,
                "text": row.text,
                **look_columns,
            }
            for row in rows
        ],
    )


def mark_exported(session: Session, *, garage_id: int, feed_ids: Sequence[int], version: int) -> None:
    """Say that every text of these feeds is kept as the calendar stood at ``version``."""
    session.execute(
        update(Feed)
        .where(Feed.garage_id == garage_id, Feed.id.in_(feed_ids))
        .values(exported_version=version)
        .execution_options(synchronize_session=False)
    )


def delete_old_texts(session: Session) -> None:
    """Forget texts that no feed shows: of old visits, and in the look of feeds that have ended.

    The caller stands in ``across_garages``.
    """
    over = (
        select(Appointment.id)
        .where(
            Appointment.garage_id == FeedEvent.garage_id,
            Appointment.id == FeedEvent.appointment_id,
            Appointment.arrives_at < clock.now() - PAST - LONGEST_STAY - timedelta(days=1),
        )
        .correlate(FeedEvent)
    )
    read = (
        select(Feed.id)
        .where(
            Feed.garage_id == FeedEvent.garage_id,
            Feed.privacy == FeedEvent.privacy,
            Feed.locale == FeedEvent.locale,
            Feed.revoked_at.is_(None),
        )
        .correlate(FeedEvent)
    )
    session.execute(
        delete(FeedEvent).where(or_(exists(over), ~exists(read))).execution_options(synchronize_session=False)
    )


def _check_resource(session: Session, garage_id: int, *, workshop_id: int, resource_id: int) -> None:
    found = session.scalar(
        select(Resource.id).where(
            Resource.garage_id == garage_id,
            Resource.workshop_id == workshop_id,
            Resource.id == resource_id,
            Resource.archived_at.is_(None),
        )
    )
    if found is None:
        raise NotFoundError


def _locked(session: Session, garage_id: int, feed_id: int, *, version: int | None) -> Feed:
    feed = session.scalar(
        select(Feed)
        .where(Feed.garage_id == garage_id, Feed.id == feed_id, Feed.revoked_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if feed is None:
        raise NotFoundError
    if version is not None and feed.version != version:
        raise StaleVersionError
    feed.version += 1
    return feed
