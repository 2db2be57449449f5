"""How long a visit keeps its resources, as the day goes: shorter when it is ready early, or a car back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.localtime import from_minutes, to_minutes_up
from booking.appointments.history import BEFORE, CAR_BACK
from booking.appointments.models import Appointment
from booking.appointments.occupancies import write_place
from booking.availability.engine.model import TICK
from booking.resources.models import Occupancy, Resource

WORK_KINDS = ("bay", "technician")
"""What is taken for the work; a courtesy car is out for the whole stay."""
COURTESY_CAR = ("courtesy_car",)


def next_tick(moment: datetime) -> datetime:
    """``moment``, up to the next five minutes: the steps in which resources are taken."""
    return from_minutes(-(-to_minutes_up(moment) // TICK) * TICK)


def end_work(session: Session, appointment: Appointment, *, at: datetime) -> bool:
    """Give bay and technician back from ``at`` (up to the next five minutes) on; whether that is sooner.

    What would begin only then goes altogether. The end of the work follows; what the customer was
    promised stands. The caller holds the workshop's lock.
    """
    ends_at = next_tick(at)
    if not trim(session, appointment, kinds=WORK_KINDS, ends_at=ends_at):
        return False
    starts_at = appointment.work_starts_at
    has_begun = starts_at is not None and starts_at < ends_at
    appointment.work_starts_at = starts_at if has_begun else None
    appointment.work_ends_at = ends_at if has_begun else None
    return True


def end_loan(session: Session, appointment: Appointment) -> dict[str, Any]:
    """Give the car back; what the history keeps, so that undoing takes it again."""
    place = write_place(session, appointment, kinds=COURTESY_CAR)
    trim(session, appointment, kinds=COURTESY_CAR, ends_at=next_tick(clock.now()))
    appointment.courtesy_car_back_at = clock.now()
    # The clocks are the work's; they go on meanwhile.
    return {BEFORE: {key: place[key] for key in ("places", "kinds")}, CAR_BACK: True}


def trim(session: Session, appointment: Appointment, *, kinds: tuple[str, ...], ends_at: datetime) -> bool:
    """Let the rows of these kinds of resources end at ``ends_at``; whether any was longer."""
    rows = session.scalars(
        select(Occupancy)
        .join(Resource, (Resource.garage_id == Occupancy.garage_id) & (Resource.id == Occupancy.resource_id))
        .where(
            Occupancy.garage_id == appointment.garage_id,
            Occupancy.appointment_id == appointment.id,
            Occupancy.ends_at > ends_at,
            Resource.kind.in_(kinds),
        )
        .order_by(Occupancy.id)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        if row.starts_at >= ends_at:
            session.delete(row)
        else:
            row.ends_at = ends_at
    session.flush()
    return bool(rows)
