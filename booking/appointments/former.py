"""Where the work of a visit was to be done that was ready before its turn came, and takes no time now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.appointments.history import BEFORE
from booking.appointments.life_cycle import Status
from booking.appointments.models import AppointmentEvent
from booking.appointments.queries import AppointmentView, PlaceView
from booking.resources.models import Resource

DONE = frozenset({Status.READY, Status.COLLECTED})


def with_former(session: Session, garage_id: int, views: Sequence[AppointmentView]) -> list[AppointmentView]:
    """The same views; those done without a place of their own any more name the one that they gave back.

    No statement while there are none, else two.
    """
    lost = [view.id for view in views if view.status in DONE and view.place("bay") is None]
    if not lost:
        return list(views)
    found = _former_of(session, garage_id, lost)
    return [replace(view, former=found.get(view.id, ())) for view in views]


def _former_of(session: Session, garage_id: int, ids: Sequence[int]) -> dict[int, tuple[PlaceView, ...]]:
    """Empty intervals at the moment when the work was done, for each resource that was given back then."""
    events = session.execute(
        select(AppointmentEvent.appointment_id, AppointmentEvent.at, AppointmentEvent.detail)
        .where(
            AppointmentEvent.garage_id == garage_id,
            AppointmentEvent.appointment_id.in_(ids),
            AppointmentEvent.kind == "status",
            AppointmentEvent.to_status == Status.READY.value,
        )
        .order_by(AppointmentEvent.id)
    )
    # Later ones overwrite: a car may be ready twice, where the first time was taken back.
    given_back = {row.appointment_id: row for row in events if row.detail.get(BEFORE, {}).get("places")}
    taken = {key: _resources_in(row.detail[BEFORE]["places"]) for key, row in given_back.items()}
    known = _resources(session, garage_id, {number for numbers in taken.values() for number in numbers})
    return {
        key: tuple(
            PlaceView(number, *known[number], starts_at=row.at, ends_at=row.at) for number in taken[key]
        )
        for key, row in given_back.items()
    }


def _resources_in(places: Sequence[Sequence[object]]) -> list[int]:
    """Each resource once, though its row be stored in pieces."""
    return [number for number in dict.fromkeys(place[0] for place in places) if isinstance(number, int)]


def _resources(session: Session, garage_id: int, ids: set[int]) -> dict[int, tuple[str, str]]:
    rows = session.execute(
        select(Resource.id, Resource.kind, Resource.name).where(
            Resource.garage_id == garage_id, Resource.id.in_(ids)
        )
    )
    return {row.id: (row.kind, row.name) for row in rows}
