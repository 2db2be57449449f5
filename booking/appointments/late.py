"""Finding what lasts longer than planned, in every garage: work that is not done, cars that are not back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.orm import Session

from app import clock
from booking.appointments.models import CAR_OUT_SQL, IN_WORK_SQL, Appointment
from booking.appointments.prolonging import LATEST_CAR, LEAD, LOOKED_BACK
from booking.resources.models import Occupancy, Resource

MOST = 500
"""What one run takes in hand."""


def list_overruns(session: Session, *, most: int = MOST) -> list[tuple[int, int]]:
    """Garage and id of visits whose work was to end by now and is not done, by that time; across garages.

    Those that nobody knows of yet come first, and what comes no further is left to the desk after a while.
    """
    now = clock.now()
    rows = session.execute(
        select(Appointment.garage_id, Appointment.id)
        .where(
            text(IN_WORK_SQL),
            Appointment.work_ends_at > now - LOOKED_BACK,
            Appointment.work_ends_at < now + LEAD,
            or_(Appointment.overran_at.is_not(None), Appointment.work_ends_at <= now),
        )
        .order_by(Appointment.overran_at.is_not(None), Appointment.work_ends_at.desc(), Appointment.id)
        .limit(most)
    )
    return [(row.garage_id, row.id) for row in rows]


def list_late_cars(session: Session, *, most: int = MOST) -> list[tuple[int, int]]:
    """Garage and id of visits whose courtesy car was to be back by now and is not; across garages.

    While the car is kept for them beyond now, there is nothing to do.
    """
    now = clock.now()
    rows = session.execute(
        select(Appointment.garage_id, Appointment.id)
        .where(
            text(CAR_OUT_SQL),
            Appointment.courtesy_car_due_at <= now,
            Appointment.courtesy_car_due_at > now - LATEST_CAR,
            ~_has_car_after(now),
        )
        .order_by(Appointment.courtesy_car_due_at.desc(), Appointment.id)
        .limit(most)
    )
    return [(row.garage_id, row.id) for row in rows]


def _has_car_after(now: datetime) -> ColumnElement[bool]:
    return (
        select(Occupancy.id)
        .join(Resource, (Resource.garage_id == Occupancy.garage_id) & (Resource.id == Occupancy.resource_id))
        .where(
            Occupancy.garage_id == Appointment.garage_id,
            Occupancy.appointment_id == Appointment.id,
            Occupancy.ends_at > now,
            Resource.kind == "courtesy_car",
        )
        .exists()
    )
