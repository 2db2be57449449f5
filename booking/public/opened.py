"""An appointment opened by its link: what the pages under ``/a/<token>`` begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import g, request

from app.db.unit_of_work import reading
from app.i18n import LOCALES, use_locale
from app.security.links import LinkTarget, open_link
from app.tenancy.queries import get_garage, get_workshop_by_id
from app.tenancy.scope import across_garages, scoped_to
from booking.appointments.operations.book import MANAGE
from booking.appointments.queries import AppointmentView, get_appointment_view, is_cancellable
from booking.public.place import Place
from booking.resources.models import WorkshopRules
from booking.resources.queries import get_rules


@dataclass(frozen=True, slots=True)
class Opened:
    """What the link opened."""

    token: str
    place: Place
    view: AppointmentView
    rules: WorkshopRules

    @property
    def is_changeable(self) -> bool:
        """Whether the customer may still cancel or move it here."""
        limit = self.rules.cancel_until_minutes
        return is_cancellable(self.view.appointment, cancel_until_minutes=limit)


@contextmanager
def opening(token: str) -> Iterator[LinkTarget]:
    """Within the block the appointment's garage is in scope; raises NotFoundError."""
    with across_garages("the token names its garage"), reading() as session:
        target = open_link(session, purpose=MANAGE, token=token)
    with scoped_to(target.garage_id):
        yield target


def read_opened(target: LinkTarget, token: str) -> Opened:
    """The appointment as it stands, in its own language; opens a transaction of its own."""
    with reading() as session:
        garage = get_garage(session, target.garage_id)
        view = get_appointment_view(session, garage.id, target.subject_id)
        workshop = get_workshop_by_id(session, garage.id, view.appointment.workshop_id)
        rules = get_rules(session, garage.id, workshop.id)
    g.garage_locale = garage.locale
    place = g.public_place = Place(garage, workshop)
    if request.args.get("lang") not in LOCALES:
        use_locale(view.appointment.locale)
    return Opened(token, place, view, rules)
