"""Screens: pages of the day that hang in a workshop, each opened by a link of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db.base import Base, BigId
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key, same_garage

THEMES = ("device", "light", "dark")
_THEMES = ", ".join(f"'{theme}'" for theme in THEMES)


class Screen(GarageOwned, Base):
    """A screen of a workshop; its address is a link.

    ``label`` says where it hangs. ``seen_at`` is when it last looked, noted now and then. A screen that
    has ended stays, so that its link's generation is never used again.
    """

    __tablename__ = "screen"
    __table_args__ = (
        owned_key("screen"),
        same_garage("workshop_id", "workshop"),
        CheckConstraint(f"theme IN ({_THEMES})", name="theme_known"),
        Index("ix_screen_workshop", "garage_id", "workshop_id"),
    )

    workshop_id: Mapped[int] = mapped_column(BigId)
    label: Mapped[str] = mapped_column(default="")
    locale: Mapped[str]
    theme: Mapped[str] = mapped_column(default="device")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
