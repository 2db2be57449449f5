"""Housekeeping of the security tables."""

from __future__ import annotations

from app.db.unit_of_work import unit_of_work
from app.security.rate_limits import delete_old_counts


def forget_old_counts() -> None:
    """Delete rate counts whose window is over."""
    with unit_of_work() as session:
        delete_old_counts(session)
