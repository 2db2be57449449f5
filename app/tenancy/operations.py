"""Use cases that change what a garage and its workshops are called, where they are and how they look."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError, StaleVersionError
from app.tenancy.calendar import lock_calendar, lock_calendars, raise_version
from app.tenancy.garage_file.kinds import Values
from app.tenancy.garage_file.rows import update_row
from app.tenancy.models import Garage, Workshop
from app.tenancy.set_up_log import note_change


def change_workshop(
    session: Session, *, garage_id: int, workshop_id: int, version: int, values: Values, user_id: int | None
) -> Workshop:
    """Its name, address, contacts, zone and region, in stored form; its slug stays. Flushes.

    Raises NotFoundError or StaleVersionError.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    row = get_workshop_row(session, garage_id, workshop_id)
    if row.version != version:
        raise StaleVersionError
    if update_row(row, values | {"slug": row.slug}):
        note_change(
            session,
            garage_id=garage_id,
            workshop_id=workshop_id,
            kind="workshop",
            act="changed",
            name=row.slug,
            user_id=user_id,
        )
    raise_version(calendar)
    session.flush()
    return row


def change_garage(
    session: Session, *, garage_id: int, version: int, values: Values, user_id: int | None
) -> Garage:
    """Its name, country, language, currency, colour, what energies ask for; its slug stays. Flushes.

    Every workshop's calendar shows or reckons with some of it. Raises NotFoundError or StaleVersionError.
    """
    calendars = lock_calendars(session, garage_id)
    row = get_garage_row(session, garage_id)
    if row.version != version:
        raise StaleVersionError
    if update_row(row, values | {"slug": row.slug}):
        note_change(session, garage_id=garage_id, kind="garage", act="changed", user_id=user_id)
    for calendar in calendars.values():
        raise_version(calendar)
    session.flush()
    return row


def get_garage_row(session: Session, garage_id: int) -> Garage:
    """The garage, to be changed; raises NotFoundError."""
    row = session.scalar(select(Garage).where(Garage.id == garage_id))
    if row is None:
        raise NotFoundError
    return row


def get_workshop_row(session: Session, garage_id: int, workshop_id: int) -> Workshop:
    """The garage's workshop, to be changed; raises NotFoundError."""
    row = session.scalar(select(Workshop).where(Workshop.garage_id == garage_id, Workshop.id == workshop_id))
    if row is None:
        raise NotFoundError
    return row
