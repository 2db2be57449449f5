"""What ``/readyz`` says of the outbox."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from notifications.outbox.queries import find_oldest_due


def overdue_seconds(session: Session) -> int:
    """For how long the oldest due message has been waiting; 0 when none is late."""
    due_at = find_oldest_due(session)
    return max(int((clock.now() - due_at).total_seconds()), 0) if due_at is not None else 0
