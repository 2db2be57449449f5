"""Closing, leave and blocks over visits that stand: what the desk was shown, and nothing beyond it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from app.tenancy.calendar import lock_calendar
from app.tenancy.queries import WorkshopView
from booking.appointments.queries import AppointmentView
from booking.appointments.touched import Request, list_touched
from booking.errors import MoreTouchedError
from booking.resources.operations import close_range, enter_absence
from booking.resources.queries import find_same_absence
from booking.resources.requests import ClosingRequest, RepeatRequest
from booking.resources.series import enter_series, find_same_series


def set_aside(
    session: Session,
    *,
    workshop: WorkshopView,
    request: Request,
    seen_ids: Collection[int],
    user_id: int | None,
) -> list[AppointmentView]:
    """Store it; the visits that it touches stand as they are, and are conflicts from now on.

    ``seen_ids`` are those that the preview named. Decided under the workshop's lock: raises
    MoreTouchedError, with nothing stored, if a visit is touched that was not among them. Raises
    ClosedAnywayError, and NotFoundError for a resource that is not the workshop's. The same leave, block
    or series sent twice is stored once.
    """
    lock_calendar(session, workshop.garage_id, workshop.id)
    touched = list_touched(session, workshop, request)
    if any(view.id not in seen_ids for view in touched):
        raise MoreTouchedError
    here = {"garage_id": workshop.garage_id, "workshop_id": workshop.id}
    if isinstance(request, ClosingRequest):
        close_range(session, **here, request=request)
    elif isinstance(request, RepeatRequest):
        if find_same_series(session, *here.values(), request=request) is None:
            enter_series(session, **here, request=request, user_id=user_id)
    elif find_same_absence(session, *here.values(), request=request) is None:
        enter_absence(session, **here, request=request, user_id=user_id)
    return touched
