"""The address of a feed: ``/feeds/<22 characters>.ics`` under the public address."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from app.extensions import current_settings
from app.security.links import show_links
from calendars.feeds.operations import FEED


def feed_address(token: str) -> str:
    """Where a calendar application reads the feed."""
    return f"{current_settings().public_url}/feeds/{token}.ics"


def show_addresses(session: Session, garage_id: int, feed_ids: Collection[int]) -> dict[int, str]:
    """The addresses of several feeds in one query; one whose link's key is gone is left out."""
    tokens = show_links(session, garage_id=garage_id, purpose=FEED, subject_ids=feed_ids)
    return {feed_id: feed_address(token) for feed_id, token in tokens.items()}
