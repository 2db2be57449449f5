"""Giving a visit's place back, so that it is planned again: from the board into the tray."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from booking.appointments.history import BEFORE, UNPLACED, record
from booking.appointments.models import Appointment
from booking.appointments.moving import is_movable, is_unplaced
from booking.appointments.occupancies import free_resources, list_place_names, write_place
from booking.appointments.operations.change_status import is_overdue, lock_appointment
from booking.appointments.queries import get_appointment_view
from booking.appointments.requests import Actor
from booking.errors import MoveNotAllowedError, RequestExpiredError


def unplan(
    session: Session, *, garage_id: int, appointment_id: int, actor: Actor, version: int
) -> Appointment:
    """Free bay, technician and courtesy car; the arrival that was promised stands, so nobody is told.

    A visit without a place is left as it is. Raises NotFoundError, StaleVersionError, MoveNotAllowedError
    once the work has begun or a courtesy car is out, RequestExpiredError for a request whose time is over.
    """
    appointment = lock_appointment(
        session, garage_id=garage_id, appointment_id=appointment_id, version=version
    )
    view = get_appointment_view(session, garage_id, appointment_id)
    if is_overdue(appointment):
        raise RequestExpiredError
    if not is_movable(view) or appointment.is_car_out:
        raise MoveNotAllowedError
    if is_unplaced(view):
        return appointment
    detail = {BEFORE: write_place(session, appointment), "left": list_place_names(session, appointment)}
    free_resources(session, appointment)
    appointment.work_starts_at = appointment.work_ends_at = appointment.courtesy_car_due_at = None
    appointment.version += 1
    appointment.updated_at = clock.now()
    record(session, appointment, kind=UNPLACED, actor=actor, from_status=appointment.status, detail=detail)
    session.flush()
    return appointment
