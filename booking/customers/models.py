"""Customers and their vehicles."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db.base import Base, BigId
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key, same_garage


class Customer(GarageOwned, Base):
    """A person; ``phone`` in E.164, ``email`` lower-case. Consent is a time, not a flag."""

    __tablename__ = "customer"
    __table_args__ = (
        owned_key("customer"),
        Index("ix_customer_phone", "garage_id", "phone"),
        Index("ix_customer_email", "garage_id", "email"),
    )

    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    locale: Mapped[str]
    sms_consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)


class Vehicle(GarageOwned, Base):
    """A car; ``plate`` is stored normalised (``GA482QT``) and shown by its country's format."""

    __tablename__ = "vehicle"
    __table_args__ = (
        owned_key("vehicle"),
        same_garage("customer_id", "customer"),
        Index("ix_vehicle_plate", "garage_id", "plate"),
        Index("ix_vehicle_customer", "garage_id", "customer_id"),
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
