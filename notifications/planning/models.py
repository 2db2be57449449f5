"""When a workshop reminds its customers, and when it keeps quiet."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, BigId
from app.tenancy.owned import GarageOwned, owned_key, same_garage


class MessageRules(Base):
    """A workshop's quiet hours (minutes since local midnight, may run over it) and SMS countries."""

    __tablename__ = "message_rules"
    __table_args__ = (same_garage("workshop_id", "workshop"),)

    garage_id: Mapped[int] = mapped_column(BigId, ForeignKey("garage.id"), primary_key=True)
    workshop_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    sms_countries: Mapped[list[Any]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))


class ReminderRule(GarageOwned, Base):
    """One reminder: hours before arrival, or a clock time the day before (minutes since midnight)."""

    __tablename__ = "reminder_rule"
    __table_args__ = (
        owned_key("reminder_rule"),
        same_garage("workshop_id", "workshop"),
        CheckConstraint("channel IN ('sms', 'email')", name="channel_known"),
        CheckConstraint("(hours_before IS NULL) <> (day_before_at IS NULL)", name="one_time"),
        Index("ix_reminder_rule_workshop", "garage_id", "workshop_id", "position"),
    )

    workshop_id: Mapped[int] = mapped_column(BigId)
    channel: Mapped[str]
    hours_before: Mapped[int | None]
    day_before_at: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
