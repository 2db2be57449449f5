"""Feeds: subscribable calendars, and the kept texts of their events."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db.base import Base, BigId
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key, same_garage

PRIVACIES = ("full", "no_contact", "busy")
_PRIVACIES = ", ".join(f"'{privacy}'" for privacy in PRIVACIES)


class Feed(GarageOwned, Base):
    """A subscribable calendar of a workshop, or of one resource; its address is a link.

    ``label`` says for whom it was made. ``exported_version`` is the calendar's version whose texts
    are all kept. A revoked feed stays, so that its link's generation is never used again.
    """

    __tablename__ = "feed"
    __table_args__ = (
        owned_key("feed"),
        same_garage("workshop_id", "workshop"),
        same_garage("resource_id", "resource"),
        CheckConstraint(f"privacy IN ({_PRIVACIES})", name="privacy_known"),
        Index("ix_feed_workshop", "garage_id", "workshop_id"),
    )

    workshop_id: Mapped[int] = mapped_column(BigId)
    resource_id: Mapped[int | None] = mapped_column(BigId)
    privacy: Mapped[str] = mapped_column(default="no_contact")
    locale: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    exported_version: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class FeedEvent(GarageOwned, Base):
    """An appointment's event as text, kept in one look; ``stamp`` names what it was made from."""

    __tablename__ = "feed_event"
    __table_args__ = (
        owned_key("feed_event"),
        same_garage("appointment_id", "appointment"),
        UniqueConstraint("garage_id", "appointment_id", "span", "privacy", "locale"),
        CheckConstraint("span IN ('visit', 'work')", name="span_known"),
        CheckConstraint(f"privacy IN ({_PRIVACIES})", name="privacy_known"),
    )

    appointment_id: Mapped[int] = mapped_column(BigId)
    span: Mapped[str]
    privacy: Mapped[str]
    locale: Mapped[str]
    stamp: Mapped[str]
    text: Mapped[str]
