"""Messages: one row per text to one person, from plan to final state."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db.base import Base, BigId
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key, same_garage


class State(StrEnum):
    """States of a message (DESIGN: planned to accepted to delivered, or one of the endings)."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


FINAL = frozenset(
    {State.DELIVERED, State.UNDELIVERED, State.FAILED, State.CANCELLED, State.EXPIRED, State.SUPPRESSED}
)
_STATES = ", ".join(f"'{state}'" for state in State)


class Message(GarageOwned, Base):
    """One SMS or e-mail to one person about one version of one appointment, or about one day's sheet.

    ``sheet_on`` is the local date of that day; ``arrives_at`` then is its first instant.
    ``body`` holds ``{link}``, filled in when sent or shown. ``arrives_at`` is the arrival it was
    planned for. ``sending_at`` is when its last attempt began, whatever is learned of it later, and
    ``sent_at`` when we learned that the provider has it. ``fence`` rises with every claim: a sender
    whose lease is over cannot write.
    ``useful_until`` ends its sense; ``reason`` says why it ended otherwise than sent. An unknown
    one is looked for at the provider at ``look_up_at``; without that it stays unknown for good.
    ``phoned_at`` says when somebody of the desk has told its reader on the phone instead.
    """

    __tablename__ = "message"
    __table_args__ = (
        owned_key("message"),
        same_garage("workshop_id", "workshop"),
        same_garage("appointment_id", "appointment"),
        UniqueConstraint(
            "garage_id",
            "appointment_id",
            "appointment_version",
            "kind",
            "rule_key",
            "channel",
            "recipient",
            name="uq_message_intent",
        ),
        UniqueConstraint("garage_id", "workshop_id", "sheet_on", name="uq_message_sheet"),
        CheckConstraint("(appointment_id IS NULL) <> (sheet_on IS NULL)", name="about_one"),
        CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        CheckConstraint("channel IN ('sms', 'email')", name="channel_known"),
        Index("ix_message_state_due_at", "state", "due_at"),
        Index("ix_message_appointment", "garage_id", "appointment_id"),
        Index("ix_message_garage_created", "garage_id", "created_at"),
        Index("ix_message_garage_state_arrives", "garage_id", "state", "arrives_at"),
    )

    workshop_id: Mapped[int] = mapped_column(BigId)
    appointment_id: Mapped[int | None] = mapped_column(BigId)
    appointment_version: Mapped[int]
    sheet_on: Mapped[date | None]
    kind: Mapped[str]
    rule_key: Mapped[str] = mapped_column(default="")
    message_class: Mapped[str] = mapped_column(default="transactional")
    channel: Mapped[str]
    recipient: Mapped[str]
    locale: Mapped[str]
    template_version: Mapped[int] = mapped_column(default=1)
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    segments: Mapped[int] = mapped_column(default=0)
    cost_cents: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=State.PLANNED)
    reason: Mapped[str] = mapped_column(default="")
    arrives_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    useful_until: Mapped[datetime] = mapped_column(UtcDateTime)
    heeds_quiet_hours: Mapped[bool] = mapped_column(default=True)
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provider_id: Mapped[str] = mapped_column(default="")
    look_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lookups: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sending_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    phoned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    phoned_by_user_id: Mapped[int | None] = mapped_column(BigId)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class OptOut(GarageOwned, Base):
    """A number that wants no text from this garage, as its owner told the provider."""

    __tablename__ = "opt_out"
    __table_args__ = (
        owned_key("opt_out"),
        UniqueConstraint("garage_id", "phone", name="uq_opt_out_phone"),
    )

    phone: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
