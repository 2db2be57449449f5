"""What planning knows of a visit at one moment: its workshop's rules, and who may be texted."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from booking.appointments.queries import AppointmentView
from notifications.outbox.opt_outs import has_opted_out
from notifications.planning.plan import Occasion
from notifications.planning.queries import countries_texted, find_quiet_hours
from notifications.planning.reach import Texting
from notifications.planning.settings import load_settings


def load_occasion(session: Session, view: AppointmentView) -> Occasion:
    """The occasion of a visit at its workshop, now; raises NotFoundError.

    Under the workshop's lock no statement, and one where the customer has a number.
    """
    garage_id, phone = view.appointment.garage_id, view.customer.phone
    settings = load_settings(session, garage_id, view.appointment.workshop_id)
    listed = None if settings.rules is None else settings.rules.sms_countries
    return Occasion(
        view=view,
        workshop=settings.workshop,
        texting=Texting(
            countries=countries_texted(listed, settings.country),
            has_opted_out=phone is not None and has_opted_out(session, garage_id, phone),
        ),
        quiet=find_quiet_hours(settings.rules, settings.workshop),
        now=clock.now(),
        reminders=settings.reminders,
    )
