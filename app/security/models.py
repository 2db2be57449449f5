"""Rows of the security parts: links handed to people, and counts of calls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db.base import Base, BigId
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key


class Link(GarageOwned, Base):
    """An address that lets its holder do one thing to one subject.

    The token itself is never stored: only its SHA-256, and the name of the key it is derived
    with, so that the link can be shown again. Rotating a link raises ``generation``.
    """

    __tablename__ = "link"
    __table_args__ = (
        owned_key("link"),
        UniqueConstraint("garage_id", "purpose", "subject_id"),
    )

    purpose: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigId)
    generation: Mapped[int] = mapped_column(default=1)
    key_name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RateCount(Base):
    """Calls counted in one window of one limit; ``bucket`` holds a keyed hash, never an address."""

    __tablename__ = "rate_count"
    __table_args__ = (Index("ix_rate_count_expires_at", "expires_at"),)

    bucket: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
