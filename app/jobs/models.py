"""Liveness of the scheduler processes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.types import UtcDateTime


class SchedulerTick(Base):
    """The last time any scheduler ran this job."""

    __tablename__ = "scheduler_tick"

    job: Mapped[str] = mapped_column(primary_key=True)
    ticked_at: Mapped[datetime] = mapped_column(UtcDateTime)
