"""What a workshop works with: its rules, hours, resources, and the one table of busy time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db.base import Base, BigId
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key, same_garage

KINDS = ("bay", "technician", "courtesy_car")
EXCLUSIVE_KINDS = ("job", "hold")
"""Occupancies that the database never lets overlap on one resource."""
AWAY_KINDS = ("leave", "block", "imported")
"""Occupancies that are no car: they may be entered over those, and are conflicts then."""
MAX_ROW_DAYS = 14


class WorkshopRules(Base):
    """How one workshop takes bookings. Minutes and days; 0 means none or no limit.

    ``hours`` maps ``mon``…``sun`` to lists of ``[opens, closes]`` in minutes since local midnight.
    """

    __tablename__ = "workshop_rules"
    __table_args__ = (
        same_garage("workshop_id", "workshop"),
        CheckConstraint("slot_minutes > 0 AND slot_minutes % 5 = 0", name="slot_step"),
        CheckConstraint("online_share BETWEEN 0 AND 100", name="online_share_percent"),
    )

    garage_id: Mapped[int] = mapped_column(BigId, ForeignKey("garage.id"), primary_key=True)
    workshop_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    hours: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    slot_minutes: Mapped[int] = mapped_column(default=30)
    notice_minutes: Mapped[int] = mapped_column(default=0)
    horizon_days: Mapped[int] = mapped_column(default=60)
    arrivals_per_slot: Mapped[int] = mapped_column(default=0)
    drop_off_until: Mapped[int | None]
    online_share: Mapped[int] = mapped_column(default=100)
    release_hours: Mapped[int] = mapped_column(default=0)
    observe_holidays: Mapped[bool] = mapped_column(default=True)
    approval: Mapped[bool] = mapped_column(default=False)
    cancel_until_minutes: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class OpeningException(GarageOwned, Base):
    """Special hours, or none, on dates from ``first_on`` to ``last_on`` inclusive.

    ``closed`` are the spans that the desk closed of one date, or the one stretch from ``first_on`` into
    ``last_on``; empty where it closed whole dates, and ``entered_at`` is when. They are cut from what
    stands, and ``hours`` say nothing. None where the exception comes from elsewhere. One that was taken
    back (``removed_at``) binds no more.
    """

    __tablename__ = "opening_exception"
    __table_args__ = (
        owned_key("opening_exception"),
        same_garage("workshop_id", "workshop"),
        CheckConstraint("last_on >= first_on", name="dates_in_order"),
        Index("ix_opening_exception_workshop", "garage_id", "workshop_id", "position"),
    )

    workshop_id: Mapped[int] = mapped_column(BigId)
    first_on: Mapped[date]
    last_on: Mapped[date]
    hours: Mapped[list[Any]] = mapped_column(JSON, default=list)
    label: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    closed: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    entered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class Resource(GarageOwned, Base):
    """A bay (``tags``: equipment), technician (``tags``: skills, own ``hours``) or courtesy car."""

    __tablename__ = "resource"
    __table_args__ = (
        owned_key("resource"),
        same_garage("workshop_id", "workshop"),
        UniqueConstraint("garage_id", "workshop_id", "kind", "name"),
        CheckConstraint("kind IN ('bay', 'technician', 'courtesy_car')", name="kind_known"),
    )

    workshop_id: Mapped[int] = mapped_column(BigId)
    kind: Mapped[str]
    name: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    hours: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    plate: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class Occupancy(GarageOwned, Base):
    """One resource, busy over the half-open interval ``[starts_at, ends_at)``.

    The migration adds what makes double booking impossible: an exclusion constraint on
    PostgreSQL, triggers on SQLite, over the kinds job and hold. Rows are at most 14 days long;
    longer stays are stored as consecutive pieces.
    """

    __tablename__ = "occupancy"
    __table_args__ = (
        owned_key("occupancy"),
        same_garage("workshop_id", "workshop"),
        same_garage("resource_id", "resource"),
        same_garage("appointment_id", "appointment"),
        same_garage("hold_id", "hold"),
        CheckConstraint("ends_at > starts_at", name="not_empty"),
        CheckConstraint("kind IN ('job', 'hold', 'leave', 'block', 'imported')", name="kind_known"),
        CheckConstraint("kind <> 'job' OR appointment_id IS NOT NULL", name="job_of_appointment"),
        CheckConstraint("kind <> 'hold' OR hold_id IS NOT NULL", name="hold_of_hold"),
        Index("ix_occupancy_workshop_ends", "garage_id", "workshop_id", "ends_at"),
        Index("ix_occupancy_resource_starts", "resource_id", "starts_at"),
        Index("ix_occupancy_appointment", "garage_id", "appointment_id"),
        Index("ix_occupancy_hold", "garage_id", "hold_id"),
    )

    workshop_id: Mapped[int] = mapped_column(BigId)
    resource_id: Mapped[int] = mapped_column(BigId)
    appointment_id: Mapped[int | None] = mapped_column(BigId)
    hold_id: Mapped[int | None] = mapped_column(BigId)
    kind: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    label: Mapped[str] = mapped_column(default="")


class AbsenceSeries(GarageOwned, Base):
    """Leave or blocks that repeat: the rhythm as it was entered. Each of its dates is an absence of its own.

    ``weekdays`` are numbers, 0 is Monday; ``opens`` and ``closes`` minutes since local midnight. One that
    was ended early has a nearer ``until_on``.
    """

    __tablename__ = "absence_series"
    __table_args__ = (
        owned_key("absence_series"),
        same_garage("workshop_id", "workshop"),
        same_garage("resource_id", "resource"),
        CheckConstraint("every_weeks BETWEEN 1 AND 8", name="every_weeks_few"),
        CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="hours_in_order"),
        Index("ix_absence_series_resource", "garage_id", "resource_id"),
    )

    workshop_id: Mapped[int] = mapped_column(BigId)
    resource_id: Mapped[int] = mapped_column(BigId)
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    every_weeks: Mapped[int]
    first_on: Mapped[date]
    until_on: Mapped[date]
    opens: Mapped[int]
    closes: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)


class Absence(GarageOwned, Base):
    """Leave of a technician, or a block of a bay or courtesy car, as the desk entered it.

    What the engine reads are its occupancies, in pieces of 14 days. One that was taken back
    (``removed_at``) has none any more. ``series_id``: it is one date of those that repeat.
    """

    __tablename__ = "absence"
    __table_args__ = (
        owned_key("absence"),
        same_garage("workshop_id", "workshop"),
        same_garage("resource_id", "resource"),
        same_garage("series_id", "absence_series"),
        CheckConstraint("kind IN ('leave', 'block')", name="kind_known"),
        CheckConstraint("ends_at > starts_at", name="not_empty"),
        Index("ix_absence_workshop_ends", "garage_id", "workshop_id", "ends_at"),
        Index("ix_absence_series", "garage_id", "series_id"),
    )

    workshop_id: Mapped[int] = mapped_column(BigId)
    resource_id: Mapped[int] = mapped_column(BigId)
    series_id: Mapped[int | None] = mapped_column(BigId)
    kind: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    label: Mapped[str] = mapped_column(default="")
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    entered_by_user_id: Mapped[int | None] = mapped_column(BigId)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
