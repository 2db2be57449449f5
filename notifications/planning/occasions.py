"""What planning knows of a visit at one moment: its workshop's rules, and who may be texted."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from app.tenancy.queries import WorkshopView
from booking.appointments.queries import AppointmentView
from notifications.planning.plan import Occasion
from notifications.planning.queries import (
    find_message_rules,
    find_quiet_hours,
    get_surroundings,
    get_texting,
)


def occasion_of(session: Session, view: AppointmentView, workshop: WorkshopView) -> Occasion:
    """The occasion of a visit at its workshop, now."""
    rules = find_message_rules(session, workshop)
    return Occasion(
        view=view,
        workshop=workshop,
        texting=get_texting(session, workshop, rules, phone=view.customer.phone),
        quiet=find_quiet_hours(rules, workshop),
        now=clock.now(),
    )


def load_occasion(session: Session, view: AppointmentView) -> Occasion:
    """The same, with the workshop read too: one statement in all. Raises NotFoundError."""
    workshop, rules, texting = get_surroundings(session, view)
    return Occasion(
        view=view,
        workshop=workshop,
        texting=texting,
        quiet=find_quiet_hours(rules, workshop),
        now=clock.now(),
    )
