"""The workshop's calendar row: the one lock of its writers, and the version that others poll."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.tenancy.models import Workshop, WorkshopCalendar


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


def lock_calendars(session: Session, garage_id: int) -> dict[int, WorkshopCalendar]:
    """The locks of all the garage's workshops, taken in one order so that no two can wait for each other."""
    ids = session.scalars(select(Workshop.id).where(Workshop.garage_id == garage_id).order_by(Workshop.id))
    return {workshop_id: lock_calendar(session, garage_id, workshop_id) for workshop_id in ids.all()}


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
