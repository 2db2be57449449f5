"""How many visits are to be re-planned, kept for as long as no calendar of the garage changes."""

from __future__ import annotations

from datetime import date, datetime
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.localtime import local_date
from app.tenancy.models import Garage, Workshop, WorkshopCalendar
from app.tenancy.queries import workshop_view
from booking.appointments.conflicts import ask, reasons_by_visit
from booking.appointments.found import Asked

MOST_KEPT = 10_000

_Mark = tuple[datetime, tuple[tuple[int, int, date], ...]]
_kept: dict[int, tuple[_Mark, int]] = {}
_lock = Lock()


def count_conflicts(session: Session, garage_id: int) -> int:
    """How many visits of the garage are to be re-planned; one statement while nothing has changed.

    Every screen of the desk shows it. Whatever can make or end a conflict raises the version of its
    workshop's calendar, but for a day that passes; both are looked at, so what is kept is never old.
    """
    mark, asked = _look(session, garage_id)
    known = _kept.get(garage_id)
    if known is not None and known[0] == mark:
        return known[1]
    count = len(reasons_by_visit(session, asked))
    with _lock:
        _kept.pop(garage_id, None)
        _kept[garage_id] = (mark, count)
        if len(_kept) > MOST_KEPT:
            del _kept[next(iter(_kept))]
    return count


def _look(session: Session, garage_id: int) -> tuple[_Mark, Asked]:
    """What the count depends on, and the workshops that it is about.

    The versions are read before anything that is counted: a change in between is counted again.
    """
    rows = session.execute(
        select(Workshop, WorkshopCalendar.version, Garage.created_at)
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
    days = tuple((row.id, version, local_date(now, row.timezone)) for row, version, _ in rows)
    made_at = next((made_at for _, _, made_at in rows), now)
    return (made_at, days), ask(garage_id, [workshop_view(row) for row, _, _ in rows])
