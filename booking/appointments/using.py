"""How many visits to come use a part of the set-up."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from booking.appointments.models import Appointment, AppointmentLine
from booking.appointments.planned import TO_DO


def count_to_come_with(session: Session, garage_id: int, *, service_type_id: int) -> int:
    """Visits of the garage that are still to come and have this service type; one statement."""
    found = session.scalar(
        select(func.count(AppointmentLine.id))
        .join(
            Appointment,
            (Appointment.garage_id == AppointmentLine.garage_id)
            & (Appointment.id == AppointmentLine.appointment_id),
        )
        .where(
            AppointmentLine.garage_id == garage_id,
            AppointmentLine.service_type_id == service_type_id,
            Appointment.arrives_at >= clock.now(),
            Appointment.status.in_([status.value for status in TO_DO]),
        )
    )
    return found or 0
