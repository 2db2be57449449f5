"""Whether messages go out: what ``/readyz`` says of the outbox, and what the desk is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.jobs.models import SchedulerTick
from notifications.outbox.models import Message, State
from notifications.outbox.queries import find_oldest_due

SILENT_AFTER = timedelta(minutes=2)
"""No scheduler at all has run a job for so long: none is alive."""

LATE_AFTER = timedelta(minutes=5)
"""A message that is due waits for seconds; a rush of thousands takes a few minutes."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Messages are not going out, or late, ``since`` then; ``is_silent``: for no scheduler runs."""

    is_silent: bool
    since: datetime


def overdue_seconds(session: Session) -> int:
    """For how long the oldest due message has been waiting; 0 when none is late."""
    due_at = find_oldest_due(session)
    return max(int((clock.now() - due_at).total_seconds()), 0) if due_at is not None else 0


def find_delay(session: Session, garage_id: int) -> Delay | None:
    """What keeps the garage's messages from going out now, or None; one statement.

    An installation in which no scheduler ever ran is told of it once something is due.
    """
    now = clock.now()
    last_tick, oldest_due = session.execute(
        select(
            select(func.max(SchedulerTick.ticked_at)).scalar_subquery(),
            select(func.min(Message.due_at))
            .where(
                Message.garage_id == garage_id,
                Message.state == State.PLANNED,
                Message.due_at <= now - SILENT_AFTER,
            )
            .scalar_subquery(),
        )
    ).one()
    stopped_at = last_tick or oldest_due
    if stopped_at is not None and stopped_at <= now - SILENT_AFTER:
        return Delay(is_silent=True, since=stopped_at)
    if oldest_due is not None and oldest_due <= now - LATE_AFTER:
        return Delay(is_silent=False, since=oldest_due)
    return None
