"""A random workshop of the property tests, stored as a garage that can be booked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.db.unit_of_work import unit_of_work
from app.localtime import from_minutes
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment, AppointmentLine
from booking.availability.engine.model import Busy, Spans, Visit, Week
from booking.catalog.models import ServiceType
from booking.catalog.queries import list_service_types
from booking.customers.models import Customer, Vehicle
from booking.resources.models import Occupancy, OpeningException, Resource
from booking.resources.queries import DAYS
from tests.factories.garages import MadeGarage, make_garage
from tests.property.draws import Draw
from tests.property.draws_busy import SERVICE_IDS

LEAST_MINUTES = 5
WORK = "work"


def as_stored(drawn: Draw) -> Draw:
    """The question as the public can put it: online, with caps only where each service has its minutes."""
    caps = drawn.demand.caps
    if drawn.demand.work_minutes <= LEAST_MINUTES * len(caps):
        caps = ()
    return replace(drawn, demand=replace(drawn.demand, online=True, caps=caps))


def list_codes(drawn: Draw) -> list[str]:
    """The codes of the services that make up the demand."""
    return [WORK, *(f"capped-{service_id}" for service_id, _ in drawn.demand.caps)]


def store_draw(drawn: Draw, slug: str) -> MadeGarage:
    """Store the workshop of a draw, with all that is taken there; everything is named ``slug``."""
    rules = drawn.workshop.rules
    made = make_garage(
        slug=slug,
        timezone=drawn.workshop.hours.timezone,
        hours=_week(drawn.workshop.hours.week),
        bays=0,
        technicians=0,
        rules={name: getattr(rules, name) for name in rules.__dataclass_fields__}
        | {"observe_holidays": False},
        services=_services(drawn),
    )
    with scoped_to(made.id), unit_of_work() as session:
        keys = {"garage_id": made.id, "workshop_id": made.workshop.id}
        session.add_all(_exceptions(drawn, keys))
        ids = _add_resources(session, drawn, keys)
        visits = _add_visits(session, drawn, keys)
        session.add_all(_occupancies(drawn, keys, ids=ids, visits=visits))
    return made


def _services(drawn: Draw) -> list[dict[str, Any]]:
    demand, most = drawn.demand, dict(drawn.demand.caps)
    capped = [
        {"code": f"capped-{each}", "minutes": LEAST_MINUTES, "max_per_day": most.get(each, 0)}
        for each in SERVICE_IDS
    ]
    work = {
        "code": WORK,
        "minutes": demand.work_minutes - LEAST_MINUTES * len(most),
        "modes": [demand.mode],
        "equipment": sorted(demand.equipment),
        "skills": sorted(demand.skills),
        "turnaround_minutes": demand.turnaround_minutes,
        "notice_minutes": demand.notice_minutes,
        "stay_days": demand.stay_days,
    }
    return [work, *capped]


def _week(week: Week) -> dict[str, Any]:
    return {day: _spans(spans) for day, spans in zip(DAYS, week, strict=True)}


def _spans(spans: Spans) -> list[list[int]]:
    return [list(span) for span in spans]


def _exceptions(drawn: Draw, keys: dict[str, int]) -> Iterator[OpeningException]:
    """Holidays as closures in front of the list: of overlapping exceptions the last stands."""
    hours = drawn.workshop.hours
    closed = [(on, on, ()) for on in sorted(hours.holidays)]
    dated = [(each.first_on, each.last_on, each.hours) for each in hours.exceptions]
    for position, (first_on, last_on, spans) in enumerate([*closed, *dated]):
        yield OpeningException(
            **keys, first_on=first_on, last_on=last_on, hours=_spans(spans), position=position
        )


def _add_resources(session: Session, drawn: Draw, keys: dict[str, int]) -> dict[int, int]:
    """The stored id of each resource by its id in the draw."""
    workshop = drawn.workshop
    rows = {
        each.id: Resource(**keys, kind="bay", tags=sorted(each.equipment), position=each.position)
        for each in workshop.bays
    }
    for each in workshop.technicians:
        hours = None if each.week is None else _week(each.week)
        rows[each.id] = Resource(
            **keys, kind="technician", tags=sorted(each.skills), position=each.position, hours=hours
        )
    for car in workshop.courtesy_cars:
        rows[car.id] = Resource(**keys, kind="courtesy_car", position=car.position)
    for number, row in rows.items():
        row.name = f"No {number}"
        session.add(row)
    session.flush()
    return {number: row.id for number, row in rows.items()}


def _add_visits(session: Session, drawn: Draw, keys: dict[str, int]) -> list[Appointment]:
    garage_id = keys["garage_id"]
    codes = tuple(f"capped-{each}" for each in SERVICE_IDS)
    types = [row for row in list_service_types(session, garage_id, online_only=True) if row.code in codes]
    by_number = {int(row.code.rpartition("-")[2]): row for row in types}
    car = _add_car(session, garage_id)
    rows = []
    for number, visit in enumerate(drawn.workshop.visits):
        row = _appointment(visit, keys, car=car, reference=f"{number:06d}")
        session.add(row)
        session.flush()
        session.add_all(_line(row, by_number[each]) for each in sorted(visit.service_ids))
        rows.append(row)
    return rows


def _add_car(session: Session, garage_id: int) -> Vehicle:
    customer = Customer(garage_id=garage_id, name="Somebody Else", phone="+33639980001", locale="fr")
    session.add(customer)
    session.flush()
    car = Vehicle(garage_id=garage_id, customer_id=customer.id, plate="ZZ999ZZ", plate_country="FR")
    session.add(car)
    session.flush()
    return car


def _appointment(visit: Visit, keys: dict[str, int], *, car: Vehicle, reference: str) -> Appointment:
    arrives_at = from_minutes(visit.arrives_at)
    return Appointment(
        **keys,
        customer_id=car.customer_id,
        vehicle_id=car.id,
        reference=reference,
        status="confirmed",
        mode="wait",
        source="page" if visit.online else "desk",
        locale="fr",
        arrives_at=arrives_at,
        ready_at=from_minutes(visit.arrives_at + visit.work_minutes),
        work_minutes=visit.work_minutes,
    )


def _line(visit: Appointment, service: ServiceType) -> AppointmentLine:
    return AppointmentLine(
        garage_id=visit.garage_id,
        appointment_id=visit.id,
        service_type_id=service.id,
        minutes=service.minutes,
        price_from_cents=0,
    )


def _occupancies(
    drawn: Draw, keys: dict[str, int], *, ids: dict[int, int], visits: list[Appointment]
) -> Iterator[Occupancy]:
    """What is taken; a drawn job is stored as one where a visit can have it and no other job overlaps."""
    jobs: list[Busy] = []
    for row in drawn.workshop.busy:
        is_job = row.kind == "job" and bool(visits) and not any(_overlap(row, other) for other in jobs)
        if is_job:
            jobs.append(row)
        yield Occupancy(
            **keys,
            resource_id=ids[row.resource_id],
            appointment_id=visits[len(jobs) % len(visits)].id if is_job else None,
            kind="job" if is_job else "block",
            starts_at=from_minutes(row.starts_at),
            ends_at=from_minutes(row.ends_at),
        )


def _overlap(one: Busy, other: Busy) -> bool:
    return (
        one.resource_id == other.resource_id
        and one.starts_at < other.ends_at
        and other.starts_at < one.ends_at
    )
