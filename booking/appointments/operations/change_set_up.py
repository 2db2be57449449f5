"""Changing the set-up over visits that stand: what the desk was shown, and nothing beyond it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.tenancy.calendar import lock_calendar
from app.tenancy.models import Workshop
from app.tenancy.queries import WorkshopView, workshop_view
from booking.appointments.conflicts import ask, reasons_by_visit
from booking.appointments.found import Reason
from booking.errors import TouchesVisitsError


def change_set_up(
    session: Session,
    *,
    workshops: Sequence[WorkshopView],
    seen_ids: Collection[int],
    change: Callable[[], object],
) -> int:
    """Carry out ``change``; the visits that it leaves to re-plan stand as they are. Returns their number.

    Asked under the locks of the ``workshops`` of one garage: what is to be re-planned before the change
    and after it. Raises TouchesVisitsError where a visit is touched that is not among ``seen_ids``: the
    caller's transaction ends with nothing stored, and what it would have done is known exactly. Raises
    what ``change`` raises.
    """
    garage_id = workshops[0].garage_id
    for workshop in sorted(workshops, key=lambda each: each.id):
        lock_calendar(session, garage_id, workshop.id)
    before = reasons_by_visit(session, ask(garage_id, workshops))
    change()
    session.flush()
    standing = _read_again(session, garage_id, [workshop.id for workshop in workshops])
    touched = _newly(before, reasons_by_visit(session, ask(garage_id, standing)))
    if not touched.keys() <= set(seen_ids):
        raise TouchesVisitsError(touched)
    return len(touched)


def _read_again(session: Session, garage_id: int, ids: Collection[int]) -> list[WorkshopView]:
    """The workshops as the change has left them: their clock may be another."""
    rows = session.scalars(select(Workshop).where(Workshop.garage_id == garage_id, Workshop.id.in_(ids)))
    return [workshop_view(row) for row in rows]


def _newly(
    before: Mapping[int, Collection[Reason]], after: Mapping[int, Collection[Reason]]
) -> dict[int, list[Reason]]:
    """The reasons of a kind that a visit had none of before."""
    found: dict[int, list[Reason]] = defaultdict(list)
    for visit_id, reasons in after.items():
        known = {reason.kind for reason in before.get(visit_id, ())}
        fresh = sorted(reason for reason in reasons if reason.kind not in known)
        if fresh:
            found[visit_id] = fresh
    return dict(found)
