"""The workshop's calendar row: the one lock of its writers, and the versions that others go by."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.tenancy.models import Workshop, WorkshopCalendar


class Versions(NamedTuple):
    """Of all that a calendar shows, and of the set-up alone: catalogue, rules, hours, resources, names."""

    calendar: int
    set_up: int


_OWN = (
    WorkshopCalendar.garage_id == bindparam("garage_id"),
    WorkshopCalendar.workshop_id == bindparam("workshop_id"),
)
# Made once: everybody asks them, and making them takes as long as the answer.
_VERSIONS = select(WorkshopCalendar.version, WorkshopCalendar.set_up_version).where(*_OWN)
_VERSION_BY_SLUG = (
    select(WorkshopCalendar.version)
    .join(
        Workshop,
        (Workshop.garage_id == WorkshopCalendar.garage_id) & (Workshop.id == WorkshopCalendar.workshop_id),
    )
    .where(Workshop.garage_id == bindparam("garage_id"), Workshop.slug == bindparam("slug"))
)
_LOCK = (
    select(WorkshopCalendar)
    .where(*_OWN)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


class _Held(NamedTuple):
    """A row that is locked, and its versions when the lock was taken."""

    row: WorkshopCalendar
    versions: Versions


def lock_calendar(session: Session, garage_id: int, workshop_id: int) -> WorkshopCalendar:
    """Wait for and take the workshop's lock until the transaction ends; raises NotFoundError.

    PostgreSQL locks the row (``FOR NO KEY UPDATE``); on SQLite the unit of work is the only
    writer already. Whoever changes the calendar takes this lock first, so that caps and shares
    are counted by one at a time and no two writers can wait for each other. Taken again within a
    transaction, it is the row that is held already.
    """
    held = _held(session)
    if (garage_id, workshop_id) in held:
        return held[garage_id, workshop_id].row
    row = session.scalar(_LOCK, {"garage_id": garage_id, "workshop_id": workshop_id})
    if row is None:
        raise NotFoundError
    held[garage_id, workshop_id] = _Held(row, Versions(row.version, row.set_up_version))
    return row


def _held(session: Session) -> dict[tuple[int, int], _Held]:
    """The rows that this very transaction has locked; another one begins with none."""
    transaction = session.get_transaction()
    known: tuple[object, dict[tuple[int, int], _Held]] = session.info.get("held", (None, {}))
    if transaction is None or known[0] is not transaction:
        known = session.info["held"] = (transaction, {})
    return known[1]


def lock_calendars(session: Session, garage_id: int) -> dict[int, WorkshopCalendar]:
    """The locks of all the garage's workshops, taken in one order so that no two can wait for each other."""
    ids = session.scalars(select(Workshop.id).where(Workshop.garage_id == garage_id).order_by(Workshop.id))
    return {workshop_id: lock_calendar(session, garage_id, workshop_id) for workshop_id in ids.all()}


def raise_version(calendar: WorkshopCalendar) -> None:
    """Say that what the engine reads or a board shows has changed."""
    calendar.version += 1


def get_version(session: Session, garage_id: int, workshop_id: int) -> int:
    """The calendar's version as it stands in the database; raises NotFoundError."""
    return _read_versions(session, garage_id, workshop_id).calendar


def get_version_by_slug(session: Session, garage_id: int, slug: str) -> int:
    """The same for whoever polls, in one small indexed read; raises NotFoundError."""
    if not slug.isprintable():  # PostgreSQL refuses NUL in a text
        raise NotFoundError
    version = session.scalar(_VERSION_BY_SLUG, {"garage_id": garage_id, "slug": slug})
    if version is None:
        raise NotFoundError
    return version


def get_versions(session: Session, garage_id: int, workshop_id: int) -> Versions:
    """Both versions of the calendar: one small indexed read, none under its lock; raises NotFoundError.

    Under the lock they are those at which it was taken: what this transaction raises is not true for
    others yet, and perhaps never will be.
    """
    held = _held(session).get((garage_id, workshop_id))
    if held is not None:
        return held.versions
    return _read_versions(session, garage_id, workshop_id)


def read_own_versions(session: Session, garage_id: int, workshop_id: int) -> Versions:
    """Both versions as this transaction alone sees them, what it has changed itself included.

    They may be taken back, and then stand for something else. Raises NotFoundError.
    """
    return _read_versions(session, garage_id, workshop_id)


def _read_versions(session: Session, garage_id: int, workshop_id: int) -> Versions:
    row = session.execute(_VERSIONS, {"garage_id": garage_id, "workshop_id": workshop_id}).one_or_none()
    if row is None:
        raise NotFoundError
    return Versions(*row)
