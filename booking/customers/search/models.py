"""The search index: what customers and vehicles are found by, kept with each of their rows."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, BigId
from app.tenancy.owned import same_garage

Bytewise = String().with_variant(String(collation="C"), "postgresql")
"""Text in the order of its bytes on both databases, so that what begins alike is one range."""


class CustomerTerm(Base):
    """One term of a customer's name or number; ``rest`` is empty but for names. See ``terms.py``."""

    __tablename__ = "customer_term"
    __table_args__ = (
        same_garage("customer_id", "customer"),
        CheckConstraint("kind IN ('name', 'slip', 'phone', 'phone_end')", name="kind_known"),
        Index("ix_customer_term_customer", "garage_id", "customer_id"),
        {"sqlite_with_rowid": False},
    )

    garage_id: Mapped[int] = mapped_column(BigId, ForeignKey("garage.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    rest: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    customer_id: Mapped[int] = mapped_column(BigId, primary_key=True)


class VehicleTerm(Base):
    """One term of a vehicle's plate: the whole of it or an end, so that any part begins one of them."""

    __tablename__ = "vehicle_term"
    __table_args__ = (
        same_garage("vehicle_id", "vehicle"),
        CheckConstraint("kind IN ('plate', 'plate_end')", name="kind_known"),
        Index("ix_vehicle_term_vehicle", "garage_id", "vehicle_id"),
        {"sqlite_with_rowid": False},
    )

    garage_id: Mapped[int] = mapped_column(BigId, ForeignKey("garage.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    vehicle_id: Mapped[int] = mapped_column(BigId, primary_key=True)
