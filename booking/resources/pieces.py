"""Busy time as the table stores it: rows of at most 14 days, which are one to every rule and feed."""

from __future__ import annotations

from datetime import datetime, timedelta

from booking.resources.models import MAX_ROW_DAYS

_STEP = timedelta(days=MAX_ROW_DAYS)


def split_span(starts_at: datetime, ends_at: datetime) -> list[tuple[datetime, datetime]]:
    """``[starts_at, ends_at)`` as consecutive pieces of at most 14 days; none for an empty span."""
    pieces = []
    while starts_at < ends_at:
        pieces.append((starts_at, min(starts_at + _STEP, ends_at)))
        starts_at += _STEP
    return pieces
