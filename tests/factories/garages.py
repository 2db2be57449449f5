"""A garage with one workshop, ready to be booked; a second one is always at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

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


def make_garage(
    *,
    slug: str = "martin",
    workshop_slug: str = "lyon",
    timezone: str = "Europe/Paris",
    email: str = "",
    hours: dict[str, Any] | None = None,
    bays: int = 1,
    technicians: int = 1,
    courtesy_cars: int = 0,
    rules: dict[str, Any] | None = None,
    services: Sequence[Any] | None = None,
    garage: dict[str, Any] | None = None,
) -> MadeGarage:
    """A garage that opens 08:00-12:00 and 13:30-18:00 on weekdays and changes oil in 45 minutes.

    With an ``email`` the workshop is told by e-mail what its customers do online.
    """
    garage_id = _make_tenant(slug, garage or {})
    with scoped_to(garage_id), unit_of_work() as session:
        names = {"slug": slug, "workshop_slug": workshop_slug}
        keys = _make_workshop(session, garage_id, timezone=timezone, email=email, **names)
        own_rules = {"hours": OFFICE_HOURS if hours is None else hours} | (rules or {})
        session.add_all([MessageRules(**keys, sms_countries=["FR"]), WorkshopRules(**keys, **own_rules)])
        counts = (
            ("bay", bays, "Bay"),
            ("technician", technicians, "Tech"),
            ("courtesy_car", courtesy_cars, "Car"),
        )
        session.add_all(
            Resource(**keys, kind=kind, name=f"{name} {number + 1}", position=number)
            for kind, count, name in counts
            for number in range(count)
        )
        catalogue = enumerate(services or [{}])
        session.add_all(make_service(garage_id, position, facts) for position, facts in catalogue)
    with scoped_to(garage_id), unit_of_work() as session:
        view = get_workshop(session, garage_id, workshop_slug)
    return MadeGarage(id=garage_id, slug=slug, workshop=view)


def _make_tenant(slug: str, facts: dict[str, Any]) -> int:
    standard = {
        "name": f"Garage {slug}",
        "country": "FR",
        "locale": "fr",
        "currency": "EUR",
        "accent": "#1441b5",
    }
    with unit_of_work() as session:
        row = Garage(slug=slug, **(standard | facts))
        session.add(row)
        session.flush()
        return row.id


def _make_workshop(
    session: Session, garage_id: int, *, slug: str, workshop_slug: str, timezone: str, email: str = ""
) -> dict[str, int]:
    """The workshop with its calendar; returns the two keys of everything in it."""
    workshop = Workshop(
        garage_id=garage_id,
        slug=workshop_slug,
        name=f"Workshop {slug}",
        timezone=timezone,
        phone="+33472000000",
        address="12 rue de la Part-Dieu, 69003 Lyon",
        email=email,
    )
    session.add(workshop)
    session.flush()
    keys = {"garage_id": garage_id, "workshop_id": workshop.id}
    session.add(WorkshopCalendar(**keys))
    return keys


def add_workshop(garage: MadeGarage, slug: str) -> None:
    """Give the garage another workshop, with its rules and nothing else."""
    with scoped_to(garage.id), unit_of_work() as session:
        keys = _make_workshop(
            session, garage.id, slug=garage.slug, workshop_slug=slug, timezone=garage.workshop.timezone
        )
        session.add(WorkshopRules(**keys, hours=OFFICE_HOURS))


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
