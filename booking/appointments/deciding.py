"""Until when the workshop may decide on a request."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from booking.appointments.models import Appointment, AppointmentEvent
from booking.appointments.requests import API, CUSTOMER

DECIDE_WITHIN = timedelta(hours=24)
DECIDE_BEFORE_ARRIVAL = timedelta(hours=2)


def decision_ends_at(arrives_at: datetime, *, asked_at: datetime) -> datetime:
    """24 hours after the customer asked, or 2 hours before arrival (past that: at arrival), the earlier."""
    latest = arrives_at - DECIDE_BEFORE_ARRIVAL
    return min(asked_at + DECIDE_WITHIN, latest if latest > clock.now() else arrives_at)


def find_asked_at(session: Session, appointment: Appointment) -> datetime:
    """When the customer asked for what is to be decided: by booking, or by their latest move."""
    moved_at = session.scalar(
        select(func.max(AppointmentEvent.at)).where(
            AppointmentEvent.garage_id == appointment.garage_id,
            AppointmentEvent.appointment_id == appointment.id,
            AppointmentEvent.kind == "moved",
            AppointmentEvent.actor.in_((CUSTOMER.kind, API.kind)),
        )
    )
    return max(appointment.created_at, moved_at) if moved_at else appointment.created_at


def reopened_until(session: Session, appointment: Appointment) -> datetime:
    """For a request that is to be decided again: the time it had, or another 24 hours where that is over."""
    ends_at = decision_ends_at(appointment.arrives_at, asked_at=find_asked_at(session, appointment))
    if ends_at > clock.now():
        return ends_at
    return decision_ends_at(appointment.arrives_at, asked_at=clock.now())
