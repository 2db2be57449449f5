"""What a member of staff may see and do with a visit, by role and day."""

from __future__ import annotations

from datetime import datetime

from flask_login import current_user

from app.auth.roles import Role
from app.localtime import day_bounds, local_date
from app.tenancy.queries import WorkshopView
from booking.appointments.queries import AppointmentView


def is_desk() -> bool:
    """Whether the member works at the desk: steps, cancelling, prices, every contact."""
    return bool(current_user.role.may_act_as(Role.RECEPTIONIST))


def sees_contact(view: AppointmentView, workshop: WorkshopView, now: datetime) -> bool:
    """A technician sees contact details of today's jobs alone: cars that come, stay or leave today."""
    if is_desk():
        return True
    starts_at, ends_at = day_bounds(local_date(now, workshop.timezone), workshop.timezone)
    return view.appointment.arrives_at < ends_at and view.appointment.ready_at >= starts_at
