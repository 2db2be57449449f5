"""Use cases that change a workshop's booking rules, weekly hours, and dates with other hours.

Each runs under the workshop's lock and compares the version that the page showed. What a change does to
visits that stand is asked by whoever calls (``booking/appointments/operations/change_set_up.py``).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError, StaleVersionError
from app.tenancy.calendar import lock_calendar, raise_version
from app.tenancy.garage_file.kinds import Values
from app.tenancy.garage_file.rows import update_row
from app.tenancy.set_up_log import note_change
from booking.resources.garage_file import exception_columns
from booking.resources.models import OpeningException, WorkshopRules
from booking.resources.operations import reopen
from booking.resources.queries import get_exception, get_rules, list_exceptions

HOURS = frozenset({"hours", "observe_holidays"})
"""What of the rules are the opening hours."""


def change_rules(
    session: Session, *, garage_id: int, workshop_id: int, version: int, values: Values, user_id: int | None
) -> WorkshopRules:
    """Some of the workshop's booking rules, in stored form, hours included. Flushes.

    Raises NotFoundError or StaleVersionError.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    rules = get_rules(session, garage_id, workshop_id)
    if rules.version != version:
        raise StaleVersionError
    changed = set(update_row(rules, values))
    if changed:
        kind = "hours" if changed <= HOURS else "booking"
        _note(session, garage_id, workshop_id, kind=kind, act="changed", user_id=user_id)
    raise_version(calendar)
    session.flush()
    return rules


def add_exception(
    session: Session, *, garage_id: int, workshop_id: int, values: Values, user_id: int | None
) -> OpeningException:
    """Dates on which the workshop has other hours, or none; in stored form. Flushes.

    It stands over those before it, but under what the desk has closed, as after a load of the file.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    rows = list_exceptions(session, garage_id, workshop_id)
    position = 1 + max((row.position for row in rows if row.closed is None), default=-1)
    for place, closing in enumerate((row for row in rows if row.closed is not None), start=position + 1):
        closing.position = place
    row = OpeningException(
        garage_id=garage_id,
        workshop_id=workshop_id,
        position=position,
        entered_at=clock.now(),
        **exception_columns(values),
    )
    session.add(row)
    name = row.first_on.isoformat()
    _note(session, garage_id, workshop_id, kind="dates", act="added", name=name, user_id=user_id)
    raise_version(calendar)
    session.flush()
    return row


def change_exception(
    session: Session,
    *,
    garage_id: int,
    workshop_id: int,
    exception_id: int,
    version: int,
    values: Values,
    user_id: int | None,
) -> OpeningException:
    """Other dates or hours for one of them, in stored form. Flushes.

    Raises NotFoundError, also for what the desk has closed, or StaleVersionError, also where it was taken
    back meanwhile.
    """
    calendar = lock_calendar(session, garage_id, workshop_id)
    row = get_special_hours(session, garage_id, workshop_id, exception_id=exception_id)
    if row.version != version or row.removed_at is not None:
        raise StaleVersionError
    if update_row(row, exception_columns(values)):
        row.entered_at = clock.now()
        name = row.first_on.isoformat()
        _note(session, garage_id, workshop_id, kind="dates", act="changed", name=name, user_id=user_id)
    raise_version(calendar)
    session.flush()
    return row


def remove_exception(
    session: Session,
    *,
    garage_id: int,
    workshop_id: int,
    exception_id: int,
    version: int,
    user_id: int | None,
) -> OpeningException:
    """Take dates with other hours back: the usual ones stand again. Flushes.

    Raises NotFoundError, also for what the desk has closed, or StaleVersionError.
    """
    row = get_special_hours(session, garage_id, workshop_id, exception_id=exception_id)
    keys = {"garage_id": garage_id, "workshop_id": workshop_id}
    reopen(session, **keys, exception_id=exception_id, version=version)
    name = row.first_on.isoformat()
    _note(session, garage_id, workshop_id, kind="dates", act="removed", name=name, user_id=user_id)
    session.flush()
    return row


def _note(session: Session, garage_id: int, workshop_id: int, **what: Any) -> None:
    note_change(session, garage_id=garage_id, workshop_id=workshop_id, **what)


def get_special_hours(
    session: Session, garage_id: int, workshop_id: int, *, exception_id: int
) -> OpeningException:
    """The dated hours with this id, also taken back; raises NotFoundError, also for a closing of the desk."""
    row = get_exception(session, garage_id, workshop_id, exception_id=exception_id)
    if row.closed is not None:
        raise NotFoundError
    return row
