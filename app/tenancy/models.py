"""The tenant: a garage, its workshops, and the calendar row that each workshop's writers lock."""

from __future__ import annotations

from datetime import datetime
from secrets import randbelow
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db.base import Base, BigId
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key, same_garage

FIRST_VERSIONS = 2**48
"""How many numbers there are to begin a version with; what is raised stays far below 2**63."""


class Garage(Base):
    """One business, one account. ``energy_skills`` maps an energy to the skills it asks for."""

    __tablename__ = "garage"
    __table_args__ = (CheckConstraint("length(country) = 2", name="country_code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    country: Mapped[str]
    locale: Mapped[str]
    currency: Mapped[str]
    accent: Mapped[str]
    energy_skills: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)


class Workshop(GarageOwned, Base):
    """One site of a garage. A workshop that left the garage file is archived, never deleted."""

    __tablename__ = "workshop"
    __table_args__ = (
        owned_key("workshop"),
        UniqueConstraint("garage_id", "slug"),
    )

    slug: Mapped[str]
    name: Mapped[str]
    timezone: Mapped[str]
    subdivision: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class SetUpChange(GarageOwned, Base):
    """One change of the set-up: at the desk, or by a load of the garage file (``by_file``).

    Of ``kind`` and ``act`` see ``app/tenancy/set_up_log.py``. No ``workshop_id`` where all share it.
    """

    __tablename__ = "set_up_change"
    __table_args__ = (owned_key("set_up_change"), same_garage("workshop_id", "workshop"))

    workshop_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    by_file: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[int | None] = mapped_column(BigId)
    kind: Mapped[str]
    act: Mapped[str]
    name: Mapped[str] = mapped_column(default="")


class WorkshopCalendar(Base):
    """Lock and version of a workshop's calendar.

    Whatever the engine reads, or a board or feed shows, raises ``version``; live screens poll it.
    ``set_up_version`` is raised by the database itself, by triggers on every table of the set-up, so
    that no writer can forget it. It begins anywhere: a calendar made anew under an old number is never
    taken for the old one.
    """

    __tablename__ = "workshop_calendar"
    __table_args__ = (same_garage("workshop_id", "workshop"),)

    garage_id: Mapped[int] = mapped_column(BigId, ForeignKey("garage.id"), primary_key=True)
    workshop_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    set_up_version: Mapped[int] = mapped_column(BigId, default=lambda: randbelow(FIRST_VERSIONS))
