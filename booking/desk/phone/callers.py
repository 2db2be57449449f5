"""Who may be calling, as the form lists them, and the last visits of whoever it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.tenancy.queries import GarageView
from booking.appointments.queries import find_last_visits
from booking.catalog.models import ServiceType
from booking.customers.queries import KnownCar, list_known
from booking.desk.phone.forms import Typed, read_caller
from booking.desk.phone.known import facts_of
from booking.desk.phone.last import LastVisit, list_last

MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody of the garage who may be calling, and the fields that choosing them fills."""

    car: KnownCar
    facts: dict[str, str]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Callers:
    """Everybody who may be calling; ``last`` are the visits of the one who does, once that is known."""

    matches: list[Match]
    last: list[LastVisit]

    @property
    def is_known(self) -> bool:
        """Whether the form holds somebody's facts, so that they need not be asked for."""
        return any(match.is_chosen for match in self.matches)


def find_callers(
    session: Session, garage: GarageView, typed: Typed, *, offered: list[ServiceType], lang: str
) -> Callers:
    """Whom plate or number belong to, with the last visits of the chosen one, or of the only one."""
    matches = find_matches(session, garage, typed)
    chosen = [match.car for match in matches if match.is_chosen or len(matches) == 1]
    last = list_last(session, garage.id, chosen[0] if chosen else None, offered=offered, lang=lang)
    return Callers(matches, last)


def find_matches(session: Session, garage: GarageView, typed: Typed) -> list[Match]:
    """Whom plate or number belong to, the chosen one marked.

    One person may have several rows: those who came last, or are to come, stand first.
    """
    plate, phone = read_caller(typed, country=garage.country)
    known = list_known(session, garage.id, plate=plate, phone=phone)
    visits = find_last_visits(session, garage.id, [car.vehicle.id for car in known if car.vehicle])
    return [
        Match(car, facts_of(car), is_chosen=car.key == typed["known"])
        for car in sorted(known, key=lambda car: _freshness(car, visits, plate=plate), reverse=True)
    ][:MOST_SHOWN]


def _freshness(car: KnownCar, visits: dict[int, datetime], *, plate: str) -> tuple[bool, float]:
    """The typed plate before others, then the latest visit."""
    if car.vehicle is None:
        return False, 0
    visit = visits.get(car.vehicle.id)
    return car.vehicle.plate == plate, visit.timestamp() if visit else 0
