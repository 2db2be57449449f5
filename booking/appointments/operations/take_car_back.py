"""*Car is back*: the courtesy car is here again, and free from now on."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from booking.appointments.history import CAR_BACK, record
from booking.appointments.lengths import end_loan
from booking.appointments.models import Appointment
from booking.appointments.operations.change_status import lock_appointment
from booking.appointments.requests import Actor
from booking.errors import MoveNotAllowedError


def take_car_back(
    session: Session, *, garage_id: int, appointment_id: int, actor: Actor, version: int | None = None
) -> Appointment:
    """Free the courtesy car from the next five minutes on; the visit itself goes on as it was.

    Raises NotFoundError, StaleVersionError, or MoveNotAllowedError where no car is out.
    """
    appointment = lock_appointment(
        session, garage_id=garage_id, appointment_id=appointment_id, version=version
    )
    if not appointment.is_car_out:
        raise MoveNotAllowedError
    detail = end_loan(session, appointment)
    appointment.version += 1
    appointment.updated_at = clock.now()
    record(session, appointment, kind=CAR_BACK, actor=actor, from_status=appointment.status, detail=detail)
    session.flush()
    return appointment
