"""The catalogue: what a garage does, how long it takes, what it asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key

VEHICLE_CLASSES = ("city", "sedan", "suv", "van", "motorcycle")
ENERGIES = ("petrol", "diesel", "hybrid", "electric", "gas")
MODES = ("wait", "drop_off")


class ServiceType(GarageOwned, Base):
    """A line of the catalogue. Lengths in minutes, prices in cents with VAT.

    ``name`` and ``description`` map a locale to a text; ``equipment``, ``skills`` and ``modes``
    are lists. Archived ones take no new visits.
    """

    __tablename__ = "service_type"
    __table_args__ = (
        owned_key("service_type"),
        UniqueConstraint("garage_id", "code"),
        CheckConstraint("minutes > 0 AND minutes % 5 = 0", name="minutes_step"),
        CheckConstraint("turnaround_minutes >= 0 AND turnaround_minutes % 5 = 0", name="turnaround_step"),
    )

    code: Mapped[str]
    group: Mapped[str] = mapped_column("group_name", default="")
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    description: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    minutes: Mapped[int]
    minutes_by_class: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    equipment_by_class: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    turnaround_minutes: Mapped[int] = mapped_column(default=0)
    equipment: Mapped[list[str]] = mapped_column(JSON, default=list)
    skills: Mapped[list[str]] = mapped_column(JSON, default=list)
    modes: Mapped[list[str]] = mapped_column(JSON, default=lambda: list(MODES))
    price_from_cents: Mapped[int] = mapped_column(default=0)
    online: Mapped[bool] = mapped_column(default=True)
    notice_minutes: Mapped[int] = mapped_column(default=0)
    stay_days: Mapped[int] = mapped_column(default=0)
    max_per_day: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
