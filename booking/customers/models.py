"""Customers and their vehicles."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, validates

from app import clock
from app.db.base import Base, BigId
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key, same_garage
from booking.customers.names import sort_key


class Change(StrEnum):
    """What a line of a customer's history tells."""

    ADDED = "added"
    CHANGED = "changed"
    VEHICLE_ADDED = "vehicle_added"
    VEHICLE_CHANGED = "vehicle_changed"
    VEHICLE_GIVEN = "vehicle_given"
    VEHICLE_TAKEN = "vehicle_taken"
    MERGED = "merged"
    IMPORTED = "imported"


_KINDS = ", ".join(f"'{kind}'" for kind in Change)


BY_CODE = String().with_variant(String(collation="C"), "postgresql")
"""Texts in the order of their characters' numbers, a beginning of one being a stretch of the index."""


def _sort_key_of_new(context: DefaultExecutionContext) -> str:
    return sort_key(context.get_current_parameters()["name"])  # type: ignore[no-untyped-call]  # as SQLAlchemy documents it


class Customer(GarageOwned, Base):
    """A person; ``phone`` in E.164, ``email`` lower-case. Consent is a time, not a flag.

    ``sort_name`` follows the name: what lists are ordered by, the same in either database.
    """

    __tablename__ = "customer"
    __table_args__ = (
        owned_key("customer"),
        Index("ix_customer_phone", "garage_id", "phone"),
        Index("ix_customer_email", "garage_id", "email"),
        Index("ix_customer_sort_name", "garage_id", "sort_name", "id"),
    )

    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    locale: Mapped[str]
    sms_consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)
    sort_name: Mapped[str] = mapped_column(BY_CODE, default=_sort_key_of_new, server_default="")

    @validates("name")
    def _follow_name(self, _key: str, name: str) -> str:
        self.sort_name = sort_key(name)
        return name


class Vehicle(GarageOwned, Base):
    """A car; ``plate`` is stored normalised (``GA482QT``) and shown by its country's format."""

    __tablename__ = "vehicle"
    __table_args__ = (
        owned_key("vehicle"),
        same_garage("customer_id", "customer"),
        Index("ix_vehicle_plate", "garage_id", "plate"),
        Index("ix_vehicle_customer", "garage_id", "customer_id", "id"),
    )

    customer_id: Mapped[int] = mapped_column(BigId)
    plate: Mapped[str] = mapped_column(default="")
    plate_country: Mapped[str] = mapped_column(default="")
    make: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    vehicle_class: Mapped[str | None]
    energy: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)


class CustomerEvent(GarageOwned, Base):
    """One line of a customer's history: what the desk changed, who did it, when.

    ``former_id`` is the number that another row had before it was merged into this customer: it is
    given to nobody else, so that an old address leads on.
    """

    __tablename__ = "customer_event"
    __table_args__ = (
        owned_key("customer_event"),
        same_garage("customer_id", "customer"),
        UniqueConstraint("garage_id", "former_id", name="uq_customer_event_former"),
        CheckConstraint(f"kind IN ({_KINDS})", name="kind_known"),
        Index("ix_customer_event_customer", "garage_id", "customer_id"),
    )

    customer_id: Mapped[int] = mapped_column(BigId)
    kind: Mapped[str]
    former_id: Mapped[int | None] = mapped_column(BigId)
    actor_user_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class CustomerImport(GarageOwned, Base):
    """A list that was sent and looked at, but not stored yet: kept until ``expires_at``, then forgotten.

    ``header`` and ``rows`` are the file's own cells. Once stored, ``stored_at`` is set, ``result`` tells
    what came of it, and the cells are gone.
    """

    __tablename__ = "customer_import"
    __table_args__ = (owned_key("customer_import"), Index("ix_customer_import_expires_at", "expires_at"))

    file_name: Mapped[str]
    header: Mapped[list[str]] = mapped_column(JSON)
    rows: Mapped[list[list[str]]] = mapped_column(JSON)
    uploaded_by_user_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
