"""Changes by the customer: decided under the workshop's lock, and only in time."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.tenancy.calendar import lock_calendar
from app.tenancy.queries import get_workshop_by_id
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.queries import get_appointment, is_cancellable
from booking.errors import TooLateToCancelError
from booking.resources.queries import get_rules


def lock_for_customer(
    session: Session, *, garage_id: int, appointment_id: int, or_cancelled: bool = False
) -> Appointment:
    """The appointment under its workshop's lock, as long as its customer may change it online.

    Read again under the lock, so that a check-in at the same moment counts. ``or_cancelled`` lets
    one through that is cancelled already. Raises NotFoundError, or TooLateToCancelError, with the
    workshop's number, past its ``cancel_until_minutes`` and from arrival on.
    """
    workshop_id = get_appointment(session, garage_id, appointment_id).workshop_id
    lock_calendar(session, garage_id, workshop_id)  # first: the rules that stand under the lock count
    workshop = get_workshop_by_id(session, garage_id, workshop_id)
    rules = get_rules(session, garage_id, workshop_id)
    appointment = get_appointment(session, garage_id, appointment_id, fresh=True)
    if or_cancelled and appointment.status == Status.CANCELLED:
        return appointment
    if not is_cancellable(appointment, cancel_until_minutes=rules.cancel_until_minutes):
        raise TooLateToCancelError(workshop.phone)
    return appointment
