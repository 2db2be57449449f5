"""Which visits are to be re-planned, kept for as long as no calendar of the garage changes.

And how many have no place, which the statement that looks for a change counts as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.localtime import local_date
from app.tenancy.models import Garage, Workshop, WorkshopCalendar
from app.tenancy.queries import workshop_view
from booking.appointments.conflicts import ask, reasons_by_visit
from booking.appointments.found import Asked
from booking.appointments.unplanned import counting_unplanned

MOST_KEPT = 10_000
_SEEN = "rail_counts"

_Mark = tuple[datetime, tuple[tuple[int, int, date], ...]]
_kept: dict[int, tuple[_Mark, frozenset[int]]] = {}
_lock = Lock()


def count_conflicts(session: Session, garage_id: int) -> int:
    """How many visits of the garage are to be re-planned, as :func:`find_in_conflict` finds them."""
    return len(find_in_conflict(session, garage_id))


def find_in_conflict(session: Session, garage_id: int) -> frozenset[int]:
    """The ids of the garage's visits to re-plan; one statement while nothing has changed.

    Every screen of the desk shows it. Whatever can make or end a conflict raises the version of its
    workshop's calendar, but for a day that passes; both are looked at, so what is kept is never old.
    """
    seen = _look(session, garage_id)
    known = _kept.get(garage_id)
    if known is not None and known[0] == seen.mark:
        return known[1]
    ids = frozenset(reasons_by_visit(session, seen.asked))
    with _lock:
        _kept.pop(garage_id, None)
        _kept[garage_id] = (seen.mark, ids)
        if len(_kept) > MOST_KEPT:
            del _kept[next(iter(_kept))]
    return ids


def count_to_plan(session: Session, garage_id: int) -> int | None:
    """How many visits of the garage have no place, None where all have one.

    No statement of its own beside the other count.
    """
    return _look(session, garage_id).unplanned or None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the count of conflicts depends on, the workshops that it is about, and the visits to place."""

    mark: _Mark
    asked: Asked
    unplanned: int


def _look(session: Session, garage_id: int) -> _Seen:
    """One statement a transaction: each page of the desk asks for both counts, one after the other.

    The versions are read before anything that is counted: a change in between is counted again.
    """
    transaction, known = session.get_transaction(), session.info.get(_SEEN)
    if known is not None and transaction is not None and known[:2] == (transaction, garage_id):
        return cast("_Seen", known[2])
    seen = _read(session, garage_id)
    session.info[_SEEN] = (session.get_transaction(), garage_id, seen)
    return seen


def _read(session: Session, garage_id: int) -> _Seen:
    unplanned = counting_unplanned(garage_id).scalar_subquery()
    rows = session.execute(
        select(Workshop, WorkshopCalendar.version, Garage.created_at, unplanned)
        .join(
            WorkshopCalendar,
            (WorkshopCalendar.garage_id == Workshop.garage_id)
            & (WorkshopCalendar.workshop_id == Workshop.id),
        )
        .join(Garage, Garage.id == Workshop.garage_id)
        .where(Workshop.garage_id == garage_id, Workshop.archived_at.is_(None))
        .order_by(Workshop.id)
    ).all()
    now = clock.now()
    days = tuple((row.id, version, local_date(now, row.timezone)) for row, version, _, _ in rows)
    made_at = next((made_at for _, _, made_at, _ in rows), now)
    asked = ask(garage_id, [workshop_view(row) for row, _, _, _ in rows])
    return _Seen((made_at, days), asked, next((count for _, _, _, count in rows), 0))
