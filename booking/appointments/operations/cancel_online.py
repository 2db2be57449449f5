"""Cancelling by the customer, from page or API: only in time, and only before arrival."""

from __future__ import annotations

from sqlalchemy.orm import Session

from booking.appointments.changing import lock_for_customer
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.requests import Actor


def cancel_online(
    session: Session, *, garage_id: int, appointment_id: int, actor: Actor, reason: str = ""
) -> Appointment:
    """Cancel for the customer; what is cancelled already stays as it is.

    Raises what :func:`booking.appointments.changing.lock_for_customer` raises.
    """
    appointment = lock_for_customer(
        session, garage_id=garage_id, appointment_id=appointment_id, or_cancelled=True
    )
    if appointment.status == Status.CANCELLED:
        return appointment
    return cancel_appointment(
        session, garage_id=garage_id, appointment_id=appointment_id, actor=actor, reason=reason
    )
