"""Housekeeping of appointments."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from app import clock
from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import across_garages
from booking.appointments.models import StoredAnswer

ANSWERS_KEPT = timedelta(hours=24)


def forget_stored_answers() -> None:
    """Delete the answers of idempotent calls once a repeat is no longer answered from them."""
    with across_garages("old answers of every garage"), unit_of_work() as session:
        session.execute(delete(StoredAnswer).where(StoredAnswer.created_at < clock.now() - ANSWERS_KEPT))
