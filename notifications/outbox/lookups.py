"""When an unknown message is looked for at its provider: 2, 10 and 30 minutes after."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import clock

GAPS = (timedelta(minutes=2), timedelta(minutes=8), timedelta(minutes=20))
"""From the moment it became unknown, then from one look to the next."""

LOOKED_FOR = sum(GAPS, timedelta())
"""After so long a person is told, whatever became of the looks."""


def first_look_up_at() -> datetime:
    """For a message that becomes unknown now."""
    return clock.now() + GAPS[0]


def next_look_up_at(lookups: int) -> datetime | None:
    """After so many looks, the last of them now; None when it stays unknown for good."""
    return clock.now() + GAPS[lookups] if lookups < len(GAPS) else None
