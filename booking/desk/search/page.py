"""What the search finds, as the desk shows it: the car, whose it is, the visit that matters, the ways on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.tenancy.queries import GarageView
from booking.appointments.glances import Glance, find_by_reference, list_glances
from booking.appointments.queries import AppointmentView
from booking.customers.fields import parse_plate
from booking.customers.models import Customer, Vehicle
from booking.customers.queries import KnownCar
from booking.customers.search.queries import Fit, Hit, list_cars, list_hits
from booking.customers.search.question import read_question
from booking.desk.access import is_desk, sees_contact

MOST_FOUND = 20
MOST_SHOWN_WHILE_TYPING = 6


@dataclass(frozen=True, slots=True)
class Result:
    """One car, or somebody who has none; ``phone`` is empty for who may not see it."""

    car: KnownCar
    glance: Glance | None
    phone: str

    @property
    def customer(self) -> Customer:
        return self.car.customer

    @property
    def vehicle(self) -> Vehicle | None:
        return self.car.vehicle


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to what was typed. ``is_more``: others fit as well. ``is_too_little``: nothing to go by."""

    text: str
    results: tuple[Result, ...] = ()
    is_more: bool = False
    is_too_little: bool = False

    @property
    def while_typing(self) -> int:
        """How many are shown below the field; the page shows all."""
        return MOST_SHOWN_WHILE_TYPING

    @property
    def plate(self) -> str:
        """What was typed, if it can be a plate: to book for a car that is not known yet."""
        has_both = any(char.isdigit() for char in self.text) and any(char.isalpha() for char in self.text)
        try:
            return parse_plate(self.text) if has_both else ""
        except ValueError:
            return ""


def find(session: Session, garage: GarageView, text: str, *, now: datetime) -> Found:
    """Everything that ``text`` may mean, the best first; of equal ones cars that are here or expected.

    Who does not work at the desk asks by plate, name and reference alone, and finds visits.
    """
    question = read_question(text, country=garage.country, by_phone=is_desk())
    if question.is_empty:
        return Found(text, is_too_little=True)
    named = find_by_reference(session, garage.id, text)
    hits = list_hits(session, garage.id, question)
    if named:
        hits.insert(0, Hit(Fit.REFERENCE, vehicle_id=named[1]))
    cars = list_cars(session, garage.id, hits[:MOST_FOUND], question=question)
    glances = list_glances(
        session,
        garage.id,
        [car.vehicle.id for _, car in cars[:MOST_FOUND] if car.vehicle],
        now=now,
        instead={named[1]: named[0]} if named else {},
    )
    found = [(fit, _result(car, glances, now=now)) for fit, car in cars[:MOST_FOUND]]
    found.sort(key=lambda each: _order(*each, now=now))
    results = tuple(result for _, result in found if result.glance or is_desk())
    return Found(text, results, is_more=len(hits) > MOST_FOUND or len(cars) > MOST_FOUND)


def _result(car: KnownCar, glances: dict[int, Glance], *, now: datetime) -> Result:
    glance = glances.get(car.vehicle.id) if car.vehicle else None
    return Result(car, glance, phone=_phone(car, glance, now=now))


def _phone(car: KnownCar, glance: Glance | None, *, now: datetime) -> str:
    if is_desk():
        return car.customer.phone or ""
    if glance is None or car.vehicle is None or glance.appointment.customer_id != car.customer.id:
        return ""
    view = AppointmentView(glance.appointment, car.customer, car.vehicle, lines=(), places=())
    return (car.customer.phone or "") if sees_contact(view, glance.workshop, now) else ""


def _order(fit: Fit, result: Result, *, now: datetime) -> tuple[int, bool, float]:
    """The better fit; then cars that are here or expected, the soonest first; then who came last."""
    if result.glance is None:
        return fit, True, 0
    moment = result.glance.appointment.arrives_at.timestamp()
    is_open = result.glance.is_open(now)
    return fit, not is_open, moment if is_open else -moment
