"""Appointments, their lines and history, slots that are kept, and stored answers of idempotent calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db.base import Base, BigId
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key, same_garage
from booking.appointments.life_cycle import HAS_COME, IN_WORK, TO_COME, Status

_STATUSES = ", ".join(f"'{status}'" for status in Status)

IN_WORK_SQL = "status IN ('arrived', 'in_progress', 'waiting_parts')"
CAR_OUT_SQL = (
    "courtesy_car_due_at IS NOT NULL AND courtesy_car_back_at IS NULL"
    " AND status IN ('arrived', 'in_progress', 'waiting_parts', 'ready', 'collected')"
)
UNPLANNED_SQL = (
    "work_starts_at IS NULL"
    " AND status IN ('requested', 'confirmed', 'arrived', 'in_progress', 'waiting_parts')"
)
"""Conditions of the partial indexes; a query names them word for word, or SQLite does not use them."""


class Appointment(GarageOwned, Base):
    """One visit of one vehicle, with its three clocks: arrival, work, ready.

    ``reference`` is six Crockford characters for people to say; it opens nothing. ``version``
    rises with every change. ``work_starts_at`` is None while unplanned; ``ready_at`` then promises
    nothing. ``is_wish``: nobody has promised ``arrives_at``, which is only what the customer would like
    (a day alone is its first instant); it takes nothing, and ends with a place or when the car comes.
    ``expires_at`` is set only while requested. ``cancel_reason`` says why it was cancelled or declined.
    ``overran_at`` is when the work was to end, set once that has passed and the car is not ready.
    ``courtesy_car_due_at`` is when the car that is lent was to be back, ``courtesy_car_back_at`` when it was.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        owned_key("appointment"),
        same_garage("workshop_id", "workshop"),
        same_garage("customer_id", "customer"),
        same_garage("vehicle_id", "vehicle"),
        UniqueConstraint("garage_id", "reference"),
        CheckConstraint(f"status IN ({_STATUSES})", name="status_known"),
        CheckConstraint("mode IN ('wait', 'drop_off')", name="mode_known"),
        CheckConstraint("source IN ('page', 'widget', 'api', 'desk')", name="source_known"),
        CheckConstraint("work_minutes > 0", name="work_positive"),
        Index("ix_appointment_workshop_arrives", "garage_id", "workshop_id", "arrives_at"),
        Index("ix_appointment_customer", "garage_id", "customer_id"),
        Index("ix_appointment_vehicle", "garage_id", "vehicle_id", "arrives_at"),
        Index(
            "ix_appointment_expires_at",
            "expires_at",
            postgresql_where=text("expires_at IS NOT NULL"),
            sqlite_where=text("expires_at IS NOT NULL"),
        ),
        Index(
            "ix_appointment_undecided",
            "garage_id",
            "expires_at",
            postgresql_where=text("expires_at IS NOT NULL"),
            sqlite_where=text("expires_at IS NOT NULL"),
        ),
        Index(
            "ix_appointment_in_work",
            "garage_id",
            "work_ends_at",
            postgresql_where=text(IN_WORK_SQL),
            sqlite_where=text(IN_WORK_SQL),
        ),
        Index(
            "ix_appointment_car_out",
            "garage_id",
            "courtesy_car_due_at",
            postgresql_where=text(CAR_OUT_SQL),
            sqlite_where=text(CAR_OUT_SQL),
        ),
        Index(
            "ix_appointment_unplanned",
            "garage_id",
            "arrives_at",
            postgresql_where=text(UNPLANNED_SQL),
            sqlite_where=text(UNPLANNED_SQL),
        ),
    )

    workshop_id: Mapped[int] = mapped_column(BigId)
    customer_id: Mapped[int] = mapped_column(BigId)
    vehicle_id: Mapped[int] = mapped_column(BigId)
    reference: Mapped[str]
    status: Mapped[str]
    mode: Mapped[str]
    source: Mapped[str]
    locale: Mapped[str]
    arrives_at: Mapped[datetime] = mapped_column(UtcDateTime)
    work_starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    work_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime] = mapped_column(UtcDateTime)
    work_minutes: Mapped[int]
    courtesy_car: Mapped[bool] = mapped_column(default=False)
    is_wish: Mapped[bool] = mapped_column(default=False, server_default=false())
    vehicle_class: Mapped[str | None]
    energy: Mapped[str | None]
    notes: Mapped[str] = mapped_column(default="")
    cancel_reason: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    overran_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    courtesy_car_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    courtesy_car_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def promises_ready(self) -> bool:
        """Whether ``ready_at`` holds: not while the work is to be done and has no place."""
        return self.work_starts_at is not None or Status(self.status) not in TO_COME | IN_WORK

    @property
    def is_car_out(self) -> bool:
        """Whether a courtesy car was handed over with this visit and is not back."""
        is_lent = self.courtesy_car_due_at is not None and self.courtesy_car_back_at is None
        return is_lent and Status(self.status) in HAS_COME

    @property
    def is_in_work(self) -> bool:
        """Whether the car is here and not ready."""
        return Status(self.status) in IN_WORK

    @property
    def is_overrunning(self) -> bool:
        """Whether the work takes longer than planned and is not done yet."""
        return self.overran_at is not None and self.is_in_work


class AppointmentLine(GarageOwned, Base):
    """One service type of a visit, with the minutes and price that stood when it was booked."""

    __tablename__ = "appointment_line"
    __table_args__ = (
        owned_key("appointment_line"),
        same_garage("appointment_id", "appointment"),
        same_garage("service_type_id", "service_type"),
        UniqueConstraint("garage_id", "appointment_id", "service_type_id"),
        Index("ix_appointment_line_service", "garage_id", "service_type_id"),
    )

    appointment_id: Mapped[int] = mapped_column(BigId)
    service_type_id: Mapped[int] = mapped_column(BigId)
    minutes: Mapped[int]
    price_from_cents: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)


class AppointmentEvent(GarageOwned, Base):
    """One line of an appointment's history: what changed, who did it, when."""

    __tablename__ = "appointment_event"
    __table_args__ = (
        owned_key("appointment_event"),
        same_garage("appointment_id", "appointment"),
        CheckConstraint("actor IN ('customer', 'staff', 'system', 'api')", name="actor_known"),
        Index("ix_appointment_event_appointment", "garage_id", "appointment_id"),
    )

    appointment_id: Mapped[int] = mapped_column(BigId)
    kind: Mapped[str]
    from_status: Mapped[str | None]
    to_status: Mapped[str]
    actor: Mapped[str]
    actor_user_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Hold(GarageOwned, Base):
    """A slot kept for somebody until ``expires_at``: its occupancies are of kind hold and name it.

    It counts as a visit wherever visits are counted, while ``expires_at`` is ahead. ``address_hash``
    is a keyed hash of the asker's network; the address itself is stored nowhere.
    """

    __tablename__ = "hold"
    __table_args__ = (
        owned_key("hold"),
        same_garage("workshop_id", "workshop"),
        CheckConstraint("source IN ('page', 'widget', 'api', 'desk')", name="source_known"),
        CheckConstraint("work_minutes > 0", name="work_positive"),
        Index("ix_hold_workshop_expires", "garage_id", "workshop_id", "expires_at"),
        Index("ix_hold_expires_at", "expires_at"),
    )

    workshop_id: Mapped[int] = mapped_column(BigId)
    arrives_at: Mapped[datetime] = mapped_column(UtcDateTime)
    work_minutes: Mapped[int]
    service_type_ids: Mapped[list[int]] = mapped_column(JSON)
    source: Mapped[str]
    address_hash: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StoredAnswer(GarageOwned, Base):
    """The first answer to an idempotent call, kept 24 hours; ``{link}`` is filled in when shown."""

    __tablename__ = "stored_answer"
    __table_args__ = (
        owned_key("stored_answer"),
        same_garage("appointment_id", "appointment"),
        UniqueConstraint("garage_id", "caller", "idempotency_key"),
        Index("ix_stored_answer_created_at", "created_at"),
    )

    caller: Mapped[str]
    idempotency_key: Mapped[str]
    body_hash: Mapped[str]
    appointment_id: Mapped[int] = mapped_column(BigId)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
