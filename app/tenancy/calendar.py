"""The workshop's calendar row: the one lock of its writers, and the version that others poll."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.tenancy.models import WorkshopCalendar


def lock_calendar(session: Session, garage_id: int, workshop_id: int) -> WorkshopCalendar:
    """Wait for and take the workshop's lock until the transaction ends; raises NotFoundError.

    PostgreSQL locks the row (``FOR NO KEY UPDATE``); on SQLite the unit of work is the only
    writer already. Whoever changes the calendar takes this lock first, so that caps and shares
    are counted by one at a time and no two writers can wait for each other.
    """
    row = session.scalar(
        select(WorkshopCalendar)
        .where(WorkshopCalendar.garage_id == garage_id, WorkshopCalendar.workshop_id == workshop_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFoundError
    return row


def raise_version(calendar: WorkshopCalendar) -> None:
    """Say that what the engine reads or a board shows has changed."""
    calendar.version += 1


def get_version(session: Session, garage_id: int, workshop_id: int) -> int:
    """The calendar's version: one small indexed read; raises NotFoundError."""
    version = session.scalar(
        select(WorkshopCalendar.version).where(
            WorkshopCalendar.garage_id == garage_id, WorkshopCalendar.workshop_id == workshop_id
        )
    )
    if version is None:
        raise NotFoundError
    return version
