"""Cancelling by the customer, from page or API: only in time, and only before arrival."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.tenancy.calendar import lock_calendar
from app.tenancy.queries import get_workshop_by_id
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.queries import check_cancellable, get_appointment
from booking.appointments.requests import Actor
from booking.resources.queries import get_rules


def cancel_online(
    session: Session, *, garage_id: int, appointment_id: int, actor: Actor, reason: str = ""
) -> Appointment:
    """Cancel for the customer; what is cancelled already stays as it is.

    Decided under the workshop's lock, so that a check-in at the same moment counts. Raises
    NotFoundError, or TooLateToCancelError, with the workshop's number, past its
    ``cancel_until_minutes`` and from arrival on.
    """
    workshop_id = get_appointment(session, garage_id, appointment_id).workshop_id
    workshop = get_workshop_by_id(session, garage_id, workshop_id)
    rules = get_rules(session, garage_id, workshop_id)
    lock_calendar(session, garage_id, workshop_id)
    appointment = get_appointment(session, garage_id, appointment_id, fresh=True)
    check_cancellable(appointment, cancel_until_minutes=rules.cancel_until_minutes, phone=workshop.phone)
    if appointment.status == Status.CANCELLED:
        return appointment
    return cancel_appointment(
        session, garage_id=garage_id, appointment_id=appointment_id, actor=actor, reason=reason
    )
