"""A workshop without its bookings, as the engine knows it: read once, kept for as long as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.apart import list_apart, read_apart
from app.db.writes import has_written
from app.errors import NotFoundError
from app.tenancy.calendar import get_versions
from app.tenancy.kept import Kept, read_within
from app.tenancy.models import Garage, Workshop
from app.tenancy.queries import WorkshopView, workshop_view
from booking.appointments.plain_hours import plain_hours, plain_week
from booking.availability.engine import model as engine
from booking.catalog.models import ServiceType
from booking.catalog.queries import whole_catalogue
from booking.resources.models import OpeningException, Resource, WorkshopRules
from booking.resources.queries import resources_in_use

SET_UP_TABLES = frozenset(
    {"garage", "workshop", "workshop_rules", "opening_exception", "resource", "service_type"}
)
"""What a set-up is read from; triggers on each of them raise ``workshop_calendar.set_up_version``."""

YEARS_OF_A_STAY = 2
"""Sixty open days, the longest stay, at one open day a week are fourteen months."""

MOST_WORKSHOPS = 500
MOST_RANGES = 8
"""How many workshops a process keeps, and for how many ranges of years the hours of each."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """A workshop without its bookings, and the rows it was read from; they are shared, to be read only.

    ``catalogue`` is all of the garage's, in its order, what is offline or archived included.
    """

    workshop: WorkshopView
    plain: engine.Workshop
    rules: WorkshopRules
    energy_skills: dict[str, frozenset[str]]
    resources: Sequence[Resource]
    catalogue: Sequence[ServiceType]


@dataclass(frozen=True, slots=True)
class _Read:
    """The rows of one version, and the set-ups made of them so far by the years that they reach."""

    workshop: WorkshopView
    country: str
    rules: WorkshopRules
    energy_skills: dict[str, frozenset[str]]
    exceptions: Sequence[OpeningException]
    resources: Sequence[Resource]
    catalogue: Sequence[ServiceType]
    made: dict[range, SetUp] = field(default_factory=dict)


_kept: Kept[_Read] = Kept("set-up", MOST_WORKSHOPS)


def load_set_up(session: Session, workshop: WorkshopView, *, first_on: date, last_on: date) -> SetUp:
    """The workshop's hours, rules, resources and catalogue; holidays of the years that a stay can reach.

    One statement while nothing of it has changed, none under the calendar's lock. Raises NotFoundError.
    """
    found = _find_or_read(session, workshop)
    years = range(first_on.year, last_on.year + YEARS_OF_A_STAY + 1)
    made = found.made.get(years)
    if made is None:
        made = _make(found, years)
        if len(found.made) >= MOST_RANGES:
            found.made.clear()
        found.made[years] = made
    return made


def _find_or_read(session: Session, workshop: WorkshopView) -> _Read:
    """What is kept, if it is of the version that stands; else it is read, and kept.

    What this transaction has changed itself is kept for nobody else.
    """
    key = (workshop.garage_id, workshop.id)
    if has_written(session, SET_UP_TABLES):
        return read_within(session, _kept.name, key, read=lambda: _read(session, workshop))
    version = get_versions(session, *key).set_up  # before the rows: they are then never older than it
    found = _kept.find(key, version=version)
    if found is None:
        found = _read(session, workshop)
        _kept.keep(key, found, version=version)
    return found


def _read(session: Session, workshop: WorkshopView) -> _Read:
    """Three statements; the exceptions come beside the rules, once for each."""
    garage_id = workshop.garage_id
    statement = (
        select(WorkshopRules, Workshop, Garage, OpeningException)
        .join(Garage, Garage.id == WorkshopRules.garage_id)
        .join(
            Workshop,
            (Workshop.garage_id == WorkshopRules.garage_id) & (Workshop.id == WorkshopRules.workshop_id),
        )
        .outerjoin(
            OpeningException,
            (OpeningException.garage_id == WorkshopRules.garage_id)
            & (OpeningException.workshop_id == WorkshopRules.workshop_id)
            & OpeningException.removed_at.is_(None),
        )
        .where(WorkshopRules.garage_id == garage_id, WorkshopRules.workshop_id == workshop.id)
        .order_by(OpeningException.position, OpeningException.id)
    )
    rows = read_apart(session, statement, WorkshopRules, Workshop, Garage, OpeningException)
    if not rows:
        raise NotFoundError
    rules, place, garage, _ = rows[0]
    return _Read(
        workshop=workshop_view(place),
        country=garage.country,
        rules=rules,
        energy_skills={energy: frozenset(tags) for energy, tags in garage.energy_skills.items()},
        exceptions=[exception for *_, exception in rows if exception is not None],
        resources=list_apart(session, resources_in_use(garage_id, workshop.id), Resource),
        catalogue=list_apart(session, whole_catalogue(garage_id), ServiceType),
    )


def _make(found: _Read, years: range) -> SetUp:
    bays, technicians, cars = _plain_resources(found.resources)
    hours = plain_hours(found.workshop, found.rules, found.exceptions, country=found.country, years=years)
    plain = engine.Workshop(
        hours=hours,
        rules=_plain_rules(found.rules),
        bays=bays,
        technicians=technicians,
        courtesy_cars=cars,
    )
    return SetUp(
        workshop=found.workshop,
        plain=plain,
        rules=found.rules,
        energy_skills=found.energy_skills,
        resources=found.resources,
        catalogue=found.catalogue,
    )


def _plain_rules(rules: WorkshopRules) -> engine.BookingRules:
    return engine.BookingRules(
        slot_minutes=rules.slot_minutes,
        notice_minutes=rules.notice_minutes,
        horizon_days=rules.horizon_days,
        arrivals_per_slot=rules.arrivals_per_slot,
        drop_off_until=rules.drop_off_until,
        online_share=rules.online_share,
        release_hours=rules.release_hours,
    )


def _plain_resources(
    rows: Sequence[Resource],
) -> tuple[tuple[engine.Bay, ...], tuple[engine.Technician, ...], tuple[engine.CourtesyCar, ...]]:
    bays = [engine.Bay(r.id, r.position, frozenset(r.tags)) for r in rows if r.kind == "bay"]
    technicians = [
        engine.Technician(
            r.id, r.position, frozenset(r.tags), plain_week(r.hours) if r.hours is not None else None
        )
        for r in rows
        if r.kind == "technician"
    ]
    cars = [engine.CourtesyCar(r.id, r.position) for r in rows if r.kind == "courtesy_car"]
    return tuple(bays), tuple(technicians), tuple(cars)
