"""A question made ready for the engine: the demand, the workshop's set-up, and what is taken in a range."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby, starmap
from typing import Any

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from app.localtime import day_bounds, from_minutes, to_minutes
from app.tenancy.queries import WorkshopView
from booking.appointments.holds import ONLINE_SOURCES, Held, load_held
from booking.appointments.life_cycle import LIVE
from booking.appointments.models import Appointment, AppointmentLine
from booking.appointments.requests import VisitQuestion
from booking.appointments.set_up import SetUp, load_set_up
from booking.availability.engine import model as engine
from booking.availability.engine.ability import is_able, list_ways_out
from booking.availability.engine.anyway import reach_anyway
from booking.availability.engine.demand import CourtesyCarWithWait, ModeNotShared, build_demand
from booking.availability.engine.limits import counts_visits
from booking.availability.engine.reach import reach
from booking.catalog.models import ServiceType
from booking.catalog.queries import pick_service_types
from booking.errors import CourtesyCarWithWaitError, LeftOut, ModeNotOfferedError, NotInOneVisitError
from booking.resources.models import WorkshopRules
from booking.resources.queries import list_busy_minutes

LONGEST_WORK = timedelta(days=10)
"""How far after its arrival the work of a visit is looked for among what is taken."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question made ready for the engine."""

    state: engine.Workshop
    demand: engine.Demand
    service_types: list[ServiceType]
    rules: WorkshopRules


def prepare(
    session: Session,
    workshop: WorkshopView,
    question: VisitQuestion,
    *,
    first_on: date,
    last_on: date,
    except_appointment_id: int | None = None,
    or_anyway: bool = False,
    held: Held | None = None,
) -> Prepared:
    """Everything the engine needs to answer ``question`` for arrivals on these local dates.

    ``except_appointment_id`` is the appointment being moved: it counts nowhere. ``or_anyway`` loads
    as far as a place past soft rules may reach, and keeps the notice, which is then one that the desk
    is asked about; else the desk is bound by none, and finds the places of the next hours as well.
    ``held`` are the live holds, where the caller has read them already.
    Raises UnknownServiceError, ModeNotOfferedError or CourtesyCarWithWaitError (from the demand), and
    NotInOneVisitError before any day is looked at.
    """
    set_up = load_set_up(session, workshop, first_on=first_on, last_on=last_on)
    types = _service_types(set_up, question)
    demand = _demand(question, types, set_up)
    if not (question.online or or_anyway):
        demand = replace(demand, notice_minutes=0)
    _check_ability(question, types, set_up)
    dates = _Dates(first_on, last_on, except_appointment_id, or_anyway=or_anyway)
    if held is None:
        held = load_held(session, workshop, except_hold_id=question.own_hold_id)
    state = replace(
        set_up.plain,
        busy=_list_busy(session, set_up, demand, dates=dates) + held.busy,
        visits=_visits_that_count(session, set_up, demand, dates=dates) + held.visits,
    )
    return Prepared(state=state, demand=demand, service_types=types, rules=set_up.rules)


@dataclass(frozen=True, slots=True)
class Stretch:
    """All that is taken and all who come over a range of days, for several visits that seek a place."""

    set_up: SetUp
    busy: tuple[engine.Busy, ...]
    visits: tuple[engine.Visit, ...]

    def prepare(self, question: VisitQuestion) -> Prepared:
        """The question of one of them; whatever is placed counts, its own present place included."""
        types = _service_types(self.set_up, question)
        demand = _demand(question, types, self.set_up)
        state = replace(self.set_up.plain, busy=self.busy, visits=self.visits)
        return Prepared(state=state, demand=demand, service_types=types, rules=self.set_up.rules)


def load_stretch(session: Session, workshop: WorkshopView, *, first_on: date, last_on: date) -> Stretch:
    """What stands on these local dates and, for work that goes on, a while after them; no growing number
    of statements.
    """
    set_up = load_set_up(session, workshop, first_on=first_on, last_on=last_on)
    held, dates = load_held(session, workshop, except_hold_id=None), _Dates(first_on, last_on, None)
    rows = list_busy_minutes(
        session,
        workshop.garage_id,
        workshop.id,
        starts_at=day_bounds(first_on, workshop.timezone)[0],
        ends_at=day_bounds(last_on + LONGEST_WORK, workshop.timezone)[1],
    )
    return Stretch(
        set_up,
        busy=tuple(starmap(engine.Busy, rows)) + held.busy,
        visits=_list_visits(session, set_up, with_services=True, dates=dates) + held.visits,
    )


@dataclass(frozen=True, slots=True)
class _Dates:
    """The local dates that are asked about, and the appointment that counts nowhere."""

    first_on: date
    last_on: date
    except_appointment_id: int | None
    or_anyway: bool = False


def _service_types(set_up: SetUp, question: VisitQuestion) -> list[ServiceType]:
    if question.agreed_minutes is not None:
        return [row for row in set_up.catalogue if row.code in question.service_codes]
    return pick_service_types(set_up.catalogue, codes=question.service_codes, online_only=question.online)


def _demand(question: VisitQuestion, types: list[ServiceType], set_up: SetUp) -> engine.Demand:
    services = [_plain_service(row) for row in types]
    if question.agreed_minutes is not None:
        kept = [replace(service, modes=frozenset({question.mode})) for service in services]
        demand = replace(_build(question, kept, set_up), work_minutes=question.agreed_minutes)
    else:
        demand = _build(question, services, set_up)
    return replace(demand, stay_days=demand.stay_days + question.further_stay_days)


def _check_ability(question: VisitQuestion, types: list[ServiceType], set_up: SetUp) -> None:
    """No time is sought for what no bay and technician can do; a visit that is agreed stands."""
    if question.agreed_minutes is not None:
        return
    parts = [_build(question, [_plain_service(row)], set_up) for row in types]
    if not is_able(set_up.plain, parts):
        ways = list_ways_out(set_up.plain, parts)
        raise NotInOneVisitError([[LeftOut(types[out].code, types[out].name) for out in way] for way in ways])


def _build(question: VisitQuestion, services: list[engine.ServiceType], set_up: SetUp) -> engine.Demand:
    try:
        return build_demand(
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
    how_far = reach_anyway if dates.or_anyway else reach
    starts, ends = how_far(set_up.plain.hours, demand, first_on=dates.first_on, last_on=dates.last_on)
    rows = list_busy_minutes(
        session,
        workshop.garage_id,
        workshop.id,
        starts_at=from_minutes(starts),
        ends_at=from_minutes(ends),
        except_appointment_id=dates.except_appointment_id,
    )
    return tuple(starmap(engine.Busy, rows))


def _visits_that_count(
    session: Session, set_up: SetUp, demand: engine.Demand, *, dates: _Dates
) -> tuple[engine.Visit, ...]:
    """The visits whose number or work a rule limits; none are read where no rule does."""
    if not counts_visits(set_up.plain.rules, demand):
        return ()
    return _list_visits(session, set_up, with_services=bool(demand.caps), dates=dates)


def _list_visits(
    session: Session, set_up: SetUp, *, with_services: bool, dates: _Dates
) -> tuple[engine.Visit, ...]:
    """The visits of these dates, by number; their service types only ``with_services``."""
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
        Appointment.is_wish.is_(False),
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
