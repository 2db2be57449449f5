"""Appointments, their lines and history, and the stored answers of idempotent calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db.base import Base, BigId
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key, same_garage
from booking.appointments.life_cycle import Status

_STATUSES = ", ".join(f"'{status}'" for status in Status)


class Appointment(GarageOwned, Base):
    """One visit of one vehicle, with its three clocks: arrival, work, ready.

    ``reference`` is six Crockford characters for people to say; it opens nothing. ``version``
    rises with every change. ``work_starts_at`` is None while unplanned.
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
        Index("ix_appointment_vehicle", "garage_id", "vehicle_id"),
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
    vehicle_class: Mapped[str | None]
    energy: Mapped[str | None]
    notes: Mapped[str] = mapped_column(default="")
    cancel_reason: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)


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
