"""A garage with one workshop, ready to be booked; a second one is always at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.db.unit_of_work import unit_of_work
from app.tenancy.models import Garage, Workshop, WorkshopCalendar
from app.tenancy.queries import WorkshopView, get_workshop
from app.tenancy.scope import scoped_to
from booking.catalog.models import ServiceType
from booking.resources.models import Resource, WorkshopRules
from notifications.planning.models import MessageRules

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE_HOURS: dict[str, Any] = {day: [[480, 720], [810, 1080]] for day in WEEKDAYS}


@dataclass(frozen=True, slots=True)
class MadeGarage:
    """What a test needs to go on."""

    id: int
    slug: str
    workshop: WorkshopView


def make_garage(  # a factory: every argument has a default
    *,
    slug: str = "martin",
    workshop_slug: str = "lyon",
    timezone: str = "Europe/Paris",
    hours: dict[str, Any] | None = None,
    bays: int = 1,
    technicians: int = 1,
    courtesy_cars: int = 0,
    rules: dict[str, Any] | None = None,
    services: list[dict[str, Any]] | None = None,
    garage: dict[str, Any] | None = None,
) -> MadeGarage:
    """A garage that opens 08:00-12:00 and 13:30-18:00 on weekdays and changes oil in 45 minutes."""
    facts = {
        "name": f"Garage {slug}",
        "country": "FR",
        "locale": "fr",
        "currency": "EUR",
        "accent": "#1441b5",
    }
    with unit_of_work() as session:
        row = Garage(slug=slug, **(facts | (garage or {})))
        session.add(row)
        session.flush()
        garage_id = row.id
    with scoped_to(garage_id), unit_of_work() as session:
        workshop = Workshop(
            garage_id=garage_id,
            slug=workshop_slug,
            name=f"Workshop {slug}",
            timezone=timezone,
            phone="+33472000000",
            address="12 rue de la Part-Dieu, 69003 Lyon",
            email=f"desk@{slug}.example",
        )
        session.add(workshop)
        session.flush()
        keys = {"garage_id": garage_id, "workshop_id": workshop.id}
        session.add_all(
            [
                WorkshopCalendar(**keys),
                MessageRules(**keys, sms_countries=["FR"]),
                WorkshopRules(
                    **keys, **({"hours": OFFICE_HOURS if hours is None else hours} | (rules or {}))
                ),
            ]
        )
        wanted = (
            ("bay", bays, "Bay"),
            ("technician", technicians, "Tech"),
            ("courtesy_car", courtesy_cars, "Car"),
        )
        for kind, count, name in wanted:
            for number in range(count):
                session.add(Resource(**keys, kind=kind, name=f"{name} {number + 1}", position=number))
        for position, service in enumerate(services or [{}]):
            session.add(make_service(garage_id, position, service))
    with scoped_to(garage_id), unit_of_work() as session:
        view = get_workshop(session, garage_id, workshop_slug)
    return MadeGarage(id=garage_id, slug=slug, workshop=view)


def make_service(garage_id: int, position: int, facts: dict[str, Any]) -> ServiceType:
    """One line of the catalogue; an oil change unless ``facts`` say otherwise."""
    standard = {
        "code": "oil",
        "group": "maintenance",
        "name": {"fr": "Vidange et filtre", "en": "Oil and filter change"},
        "minutes": 45,
        "price_from_cents": 8900,
        "position": position,
    }
    return ServiceType(garage_id=garage_id, **(standard | facts))
