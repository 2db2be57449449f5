"""From rows to the engine's plain data: a workshop's set-up, and what is taken in a range."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.localtime import day_bounds, from_minutes, to_minutes, to_minutes_up
from app.tenancy.models import Garage
from app.tenancy.queries import WorkshopView
from booking.appointments.life_cycle import LIVE
from booking.appointments.models import Appointment, AppointmentLine
from booking.appointments.requests import VisitQuestion
from booking.availability.engine import model as engine
from booking.availability.engine.ability import is_able, list_ways_out
from booking.availability.engine.demand import CourtesyCarWithWait, ModeNotShared, build_demand
from booking.availability.engine.reach import reach
from booking.catalog.models import ServiceType
from booking.catalog.queries import get_service_types, list_kept_service_types
from booking.errors import CourtesyCarWithWaitError, LeftOut, ModeNotOfferedError, NotInOneVisitError
from booking.resources.models import Resource, WorkshopRules
from booking.resources.queries import (
    DAYS,
    list_busy,
    list_exceptions,
    list_resources,
    public_holidays,
)

ONLINE_SOURCES = frozenset({"page", "widget", "api"})


@dataclass(frozen=True, slots=True)
class SetUp:
    """A workshop without its bookings, and the rows it was read from."""

    workshop: WorkshopView
    plain: engine.Workshop
    rules: WorkshopRules
    energy_skills: dict[str, frozenset[str]]


YEARS_OF_A_STAY = 2
"""Sixty open days, the longest stay, at one open day a week are fourteen months."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question made ready for the engine."""

    state: engine.Workshop
    demand: engine.Demand
    service_types: list[ServiceType]
    rules: WorkshopRules


def load_set_up(session: Session, workshop: WorkshopView, *, first_on: date, last_on: date) -> SetUp:
    """The workshop's hours, rules and resources; holidays of the years that a stay can reach."""
    garage_id = workshop.garage_id
    rules, country, energy_skills = _rules_and_garage(session, workshop)
    years = range(first_on.year, last_on.year + YEARS_OF_A_STAY + 1)
    hours = engine.Hours(
        timezone=workshop.timezone,
        week=plain_week(rules.hours),
        exceptions=tuple(
            engine.DatedException(row.first_on, row.last_on, plain_spans(row.hours))
            for row in list_exceptions(session, garage_id, workshop.id)
        ),
        holidays=public_holidays(country, workshop.subdivision, years=years)
        if rules.observe_holidays
        else frozenset(),
    )
    bays, technicians, cars = _plain_resources(list_resources(session, garage_id, workshop.id))
    plain = engine.Workshop(
        hours=hours, rules=_plain_rules(rules), bays=bays, technicians=technicians, courtesy_cars=cars
    )
    return SetUp(workshop=workshop, plain=plain, rules=rules, energy_skills=energy_skills)


def prepare(
    session: Session,
    workshop: WorkshopView,
    question: VisitQuestion,
    *,
    first_on: date,
    last_on: date,
    except_appointment_id: int | None = None,
) -> Prepared:
    """Everything the engine needs to answer ``question`` for arrivals on these local dates.

    ``except_appointment_id`` is the appointment being moved: it counts nowhere. Raises
    UnknownServiceError, ModeNotOfferedError or CourtesyCarWithWaitError (from the demand), and
    NotInOneVisitError before any day is looked at.
    """
    set_up = load_set_up(session, workshop, first_on=first_on, last_on=last_on)
    types = _service_types(session, workshop.garage_id, question)
    demand = _demand(question, types, set_up)
    _check_ability(question, types, set_up)
    dates = _Dates(first_on, last_on, except_appointment_id)
    state = replace(
        set_up.plain,
        busy=_list_busy(session, set_up, demand, dates=dates),
        visits=_list_visits(session, set_up, dates=dates, with_services=bool(demand.caps)),
    )
    return Prepared(state=state, demand=demand, service_types=types, rules=set_up.rules)


@dataclass(frozen=True, slots=True)
class _Dates:
    """The local dates that are asked about, and the appointment that counts nowhere."""

    first_on: date
    last_on: date
    except_appointment_id: int | None


def plain_week(hours: dict[str, Any]) -> engine.Week:
    """Stored weekly hours as the engine's seven days."""
    return tuple(plain_spans(hours.get(day, [])) for day in DAYS)  # type: ignore[return-value]  # seven of them


def plain_spans(spans: list[Any]) -> engine.Spans:
    """Stored hours of a day as pairs of minutes."""
    return tuple((int(opens), int(closes)) for opens, closes in spans)


def _rules_and_garage(
    session: Session, workshop: WorkshopView
) -> tuple[WorkshopRules, str, dict[str, frozenset[str]]]:
    row = session.execute(
        select(WorkshopRules, Garage.country, Garage.energy_skills)
        .join(Garage, Garage.id == WorkshopRules.garage_id)
        .where(WorkshopRules.garage_id == workshop.garage_id, WorkshopRules.workshop_id == workshop.id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    rules, country, energy_skills = row
    return rules, country, {energy: frozenset(tags) for energy, tags in energy_skills.items()}


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
    rows: list[Resource],
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


def _service_types(session: Session, garage_id: int, question: VisitQuestion) -> list[ServiceType]:
    if question.agreed_minutes is not None:
        return list_kept_service_types(session, garage_id, codes=question.service_codes)
    return get_service_types(session, garage_id, codes=question.service_codes, online_only=question.online)


def _demand(question: VisitQuestion, types: list[ServiceType], set_up: SetUp) -> engine.Demand:
    services = [_plain_service(row) for row in types]
    if question.agreed_minutes is not None:
        kept = [replace(service, modes=frozenset({question.mode})) for service in services]
        return replace(_build(question, kept, set_up), work_minutes=question.agreed_minutes)
    return _build(question, services, set_up)


def _check_ability(question: VisitQuestion, types: list[ServiceType], set_up: SetUp) -> None:
    """No time is sought for what no bay and technician can do; a visit that is agreed stands."""
    if question.agreed_minutes is not None:
        return
    parts = [_build(question, [_plain_service(row)], set_up) for row in types]
    if not is_able(set_up.plain, parts):
        ways = list_ways_out(set_up.plain, parts)
        raise NotInOneVisitError([[LeftOut(types[out].code, types[out].name) for out in way] for way in ways])


def _build(question: VisitQuestion, services: list[engine.ServiceType], set_up: SetUp) -> engine.Demand:
    """What the visit needs. The desk is bound by no notice: that is a rule of booking online."""
    try:
        demand = build_demand(
            services,
            mode=question.mode,
            vehicle_class=question.vehicle_class,
            energy=question.energy,
            energy_skills=set_up.energy_skills,
            workshop_notice_minutes=set_up.rules.notice_minutes,
            courtesy_car=question.courtesy_car,
            online=question.online,
        )
    except ModeNotShared as error:
        raise ModeNotOfferedError from error
    except CourtesyCarWithWait as error:
        raise CourtesyCarWithWaitError from error
    return demand if question.online else replace(demand, notice_minutes=0)


def _plain_service(row: ServiceType) -> engine.ServiceType:
    return engine.ServiceType(
        id=row.id,
        minutes=row.minutes,
        modes=frozenset(row.modes),  # type: ignore[arg-type]  # checked when stored
        minutes_by_class=row.minutes_by_class,
        equipment=frozenset(row.equipment),
        equipment_by_class={name: frozenset(tags) for name, tags in row.equipment_by_class.items()},
        skills=frozenset(row.skills),
        turnaround_minutes=row.turnaround_minutes,
        notice_minutes=row.notice_minutes,
        stay_days=row.stay_days,
        max_per_day=row.max_per_day,
    )


def _list_busy(
    session: Session, set_up: SetUp, demand: engine.Demand, *, dates: _Dates
) -> tuple[engine.Busy, ...]:
    workshop = set_up.workshop
    starts, ends = reach(set_up.plain.hours, demand, first_on=dates.first_on, last_on=dates.last_on)
    rows = list_busy(
        session,
        workshop.garage_id,
        workshop.id,
        starts_at=from_minutes(starts),
        ends_at=from_minutes(ends),
        except_appointment_id=dates.except_appointment_id,
    )
    return tuple(
        engine.Busy(row.resource_id, to_minutes(row.starts_at), to_minutes_up(row.ends_at), row.kind)  # type: ignore[arg-type]  # checked by the database
        for row in rows
    )


def _list_visits(
    session: Session, set_up: SetUp, *, dates: _Dates, with_services: bool
) -> tuple[engine.Visit, ...]:
    workshop = set_up.workshop
    margin = timedelta(minutes=set_up.rules.slot_minutes)
    service_id = AppointmentLine.service_type_id if with_services else null()
    statement = select(
        Appointment.id, Appointment.arrives_at, Appointment.work_minutes, Appointment.source, service_id
    ).where(
        Appointment.garage_id == workshop.garage_id,
        Appointment.workshop_id == workshop.id,
        Appointment.arrives_at >= day_bounds(dates.first_on, workshop.timezone)[0] - margin,
        Appointment.arrives_at < day_bounds(dates.last_on, workshop.timezone)[1] + margin,
        Appointment.status.in_([status.value for status in LIVE]),
    )
    if with_services:
        statement = statement.outerjoin(
            AppointmentLine,
            (AppointmentLine.garage_id == Appointment.garage_id)
            & (AppointmentLine.appointment_id == Appointment.id),
        )
    if dates.except_appointment_id is not None:
        statement = statement.where(Appointment.id != dates.except_appointment_id)
    rows = session.execute(statement.order_by(Appointment.id)).all()
    return tuple(_visit(list(lines)) for _, lines in groupby(rows, key=lambda row: row[0]))


def _visit(lines: list[Any]) -> engine.Visit:
    """One visit from its rows, one for each service type where those are asked for."""
    _id, arrives_at, work_minutes, source, _service = lines[0]
    return engine.Visit(
        arrives_at=to_minutes(arrives_at),
        work_minutes=work_minutes,
        online=source in ONLINE_SOURCES,
        service_ids=frozenset(line[4] for line in lines if line[4] is not None),
    )
