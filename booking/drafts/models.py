"""A booking being typed: the visitor, without a cookie."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db.base import Base, BigId
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key, same_garage


class BookingDraft(GarageOwned, Base):
    """What a visitor has chosen and typed so far; its token in the address is good for 2 hours.

    The token is random and only its SHA-256 is stored. ``answers`` holds the form's own words,
    so that back, reload and errors lose nothing. ``hold_id`` is the hold of the chosen slot, live or over.
    """

    __tablename__ = "booking_draft"
    __table_args__ = (
        owned_key("booking_draft"),
        same_garage("workshop_id", "workshop"),
        same_garage("appointment_id", "appointment"),
        same_garage("hold_id", "hold"),
        Index("ix_booking_draft_expires_at", "expires_at"),
        Index("ix_booking_draft_hold", "garage_id", "hold_id"),
    )

    workshop_id: Mapped[int] = mapped_column(BigId)
    token_hash: Mapped[str] = mapped_column(unique=True)
    locale: Mapped[str]
    source: Mapped[str] = mapped_column(default="page")
    step: Mapped[str] = mapped_column(default="services")
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    appointment_id: Mapped[int | None] = mapped_column(BigId)
    hold_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
