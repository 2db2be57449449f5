"""A further workshop of a garage, with the same hours and one bay and technician of its own."""

from __future__ import annotations

from app.db.unit_of_work import unit_of_work
from app.tenancy.models import Workshop, WorkshopCalendar
from app.tenancy.queries import WorkshopView, get_workshop
from app.tenancy.scope import scoped_to
from booking.resources.models import Resource, WorkshopRules
from notifications.planning.models import MessageRules
from tests.factories.garages import OFFICE_HOURS, MadeGarage


def add_workshop(garage: MadeGarage, slug: str) -> WorkshopView:
    """Open another workshop of the garage, in the same time zone."""
    with scoped_to(garage.id), unit_of_work() as session:
        row = Workshop(garage_id=garage.id, slug=slug, name=slug.title(), timezone=garage.workshop.timezone)
        session.add(row)
        session.flush()
        keys = {"garage_id": garage.id, "workshop_id": row.id}
        session.add_all(
            [
                WorkshopCalendar(**keys),
                MessageRules(**keys, sms_countries=["FR"]),
                WorkshopRules(**keys, hours=OFFICE_HOURS),
                Resource(**keys, kind="bay", name="Bay 1"),
                Resource(**keys, kind="technician", name="Tech 1"),
            ]
        )
    with scoped_to(garage.id), unit_of_work() as session:
        return get_workshop(session, garage.id, slug)
