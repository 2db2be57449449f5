"""Visits to re-plan: what stands in their way since they were booked, each with every reason.

A kind of conflict is a finder: it takes what is asked about and yields what it finds. A new kind is
one more function in :data:`FINDERS` and its words at the desk. What the desk agreed to when it placed
the visit anyway is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, literal, select
from sqlalchemy.orm import Session, aliased

from app import clock
from app.localtime import day_bounds, local_date
from app.tenancy.queries import WorkshopView, list_workshops
from booking.appointments.agreed import load_agreed
from booking.appointments.found import Asked, Found, Reason
from booking.appointments.late_conflicts import find_forgotten, find_late_cars, find_overruns
from booking.appointments.models import Appointment
from booking.appointments.open_hours import Fit, PlannedVisit
from booking.appointments.planned import TO_DO, Worker, list_planned, list_workers, load_open_hours
from booking.appointments.queries import LONGEST_ROW, AppointmentView, list_views
from booking.resources.models import AWAY_KINDS, Absence, Occupancy, Resource

ARRIVAL, CLOSED, OFF, ARCHIVED = "arrival", "closed", "off", "archived"
"""Kinds beside those of occupancies: closed when the car comes, closed during the work, the technician
does not work then, or what the visit is to have is no longer in use."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One visit to re-plan, with all its reasons."""

    view: AppointmentView
    workshop: WorkshopView
    reasons: tuple[Reason, ...]


Finder = Callable[[Session, Asked], Iterable[Found]]


def list_conflicts(session: Session, garage_id: int) -> list[Conflict]:
    """The garage's visits to re-plan from today on, by arrival; a constant number of statements."""
    asked = ask(garage_id, list_workshops(session, garage_id))
    reasons = reasons_by_visit(session, asked)
    views = list_views(session, garage_id, reasons) if reasons else []
    found = [
        Conflict(view, asked.workshops[view.appointment.workshop_id], tuple(sorted(reasons[view.id])))
        for view in views
    ]
    return sorted(found, key=lambda each: (each.view.appointment.arrives_at, each.view.id))


def ask(garage_id: int, workshops: Sequence[WorkshopView]) -> Asked:
    """These workshops of the garage, from the earliest of their present days on."""
    starts = [start_of_today(workshop) for workshop in workshops]
    by_id = {workshop.id: workshop for workshop in workshops}
    return Asked(garage_id, by_id, min(starts, default=clock.now()))


def reasons_by_visit(session: Session, asked: Asked) -> dict[int, set[Reason]]:
    """Every visit that something stands in the way of, with each reason that the desk has not agreed to."""
    if not asked.workshops:
        return {}
    found = [each for finder in FINDERS for each in finder(session, asked)]
    agreed = load_agreed(session, asked.garage_id, {each.visit_id for each in found})
    reasons: dict[int, set[Reason]] = defaultdict(set)
    for each in found:
        known = agreed.get(each.visit_id)
        if known is None or not known.covers(each.reason.kind, each.since):
            reasons[each.visit_id].add(each.reason)
    return reasons


# Made once: it takes longer to make than to answer.
_job, _away = aliased(Occupancy), aliased(Occupancy)
_AWAY = (
    select(Appointment.id, _away.kind, Resource.name, _away.label, Absence.entered_at)
    .select_from(_away)
    .join(
        _job,
        (_job.garage_id == _away.garage_id)
        & (_job.resource_id == _away.resource_id)
        & (_job.starts_at < _away.ends_at)
        & (_job.ends_at > _away.starts_at)
        # No row is longer than 14 days, which bounds the range of the index from below.
        & (_job.starts_at > bindparam("earliest"))
        & (_job.ends_at > bindparam("since")),
    )
    .join(Appointment, (Appointment.garage_id == _job.garage_id) & (Appointment.id == _job.appointment_id))
    .join(Resource, (Resource.garage_id == _away.garage_id) & (Resource.id == _away.resource_id))
    .outerjoin(
        Absence,
        (Absence.garage_id == _away.garage_id)
        & (Absence.workshop_id == _away.workshop_id)
        & (Absence.resource_id == _away.resource_id)
        & (Absence.kind == _away.kind)
        & (Absence.starts_at <= _away.starts_at)
        & (Absence.ends_at >= _away.ends_at)
        & Absence.removed_at.is_(None),
    )
    .where(
        _away.garage_id == bindparam("garage_id"),
        _away.workshop_id.in_(bindparam("workshop_ids", expanding=True)),
        _away.ends_at > bindparam("since"),
        _away.kind.in_(AWAY_KINDS),
        _job.kind == "job",
        Appointment.status.in_([status.value for status in TO_DO]),
    )
    .distinct()
)
_ARCHIVED = (
    select(
        Appointment.id,
        literal(ARCHIVED),
        Resource.name,
        literal(""),
        Resource.archived_at.label("entered_at"),
    )
    .select_from(_job)
    .join(Appointment, (Appointment.garage_id == _job.garage_id) & (Appointment.id == _job.appointment_id))
    .join(Resource, (Resource.garage_id == _job.garage_id) & (Resource.id == _job.resource_id))
    .where(
        _job.garage_id == bindparam("garage_id"),
        _job.workshop_id.in_(bindparam("workshop_ids", expanding=True)),
        _job.ends_at > bindparam("since"),
        _job.kind == "job",
        Resource.archived_at.is_not(None),
        Appointment.status.in_([status.value for status in TO_DO]),
    )
    .distinct()
)
_NOT_THERE = _AWAY.union_all(_ARCHIVED)


def find_away(session: Session, asked: Asked) -> Iterator[Found]:
    """Visits with a resource that is on leave, blocked or busy elsewhere meanwhile, or no longer in use.

    One statement.
    """
    times = {"since": asked.since, "earliest": asked.since - LONGEST_ROW}
    for visit_id, kind, name, label, entered_at in session.execute(_NOT_THERE, asked.ids | times):
        yield Found(visit_id, Reason(kind, name, label), entered_at)


def find_out_of_hours(session: Session, asked: Asked) -> Iterator[Found]:
    """Visits whose arrival or work the hours now standing do not hold; four statements."""
    workers = list_workers(session, asked.garage_id, asked.workshop_ids)
    hours = load_open_hours(session, asked.garage_id, asked.workshops, since=asked.since)
    visits = list_planned(
        session, asked.garage_id, asked.workshop_ids, since=asked.since, technician_ids=list(workers)
    )
    for visit in visits:
        worker = workers.get(visit.technician_id or 0)
        fit = hours[visit.workshop_id].fit(visit, worker.week if worker else None)
        for reason in reasons_of(visit, fit, worker, since=asked.since):
            yield Found(visit.id, reason, hours[visit.workshop_id].closed_at(visit))


def reasons_of(visit: PlannedVisit, fit: Fit, worker: Worker | None, *, since: datetime) -> list[Reason]:
    """What is wrong with how a visit lies in the hours; what was over before ``since`` is nothing."""
    found = []
    if visit.is_expected and visit.arrives_at >= since and not fit.comes_in:
        found.append(Reason(ARRIVAL))
    if visit.work is None or visit.work[1] <= since:
        return found
    if fit.open_minutes < visit.work_minutes:
        found.append(Reason(CLOSED))
    elif fit.working_minutes < visit.work_minutes:
        found.append(Reason(OFF, worker.name if worker else ""))
    return found


FINDERS: Sequence[Finder] = (
    find_away,
    find_out_of_hours,
    find_overruns,
    find_late_cars,
    find_forgotten,
)


def start_of_today(workshop: WorkshopView) -> datetime:
    """The first instant of the present date at the workshop."""
    return day_bounds(local_date(clock.now(), workshop.timezone), workshop.timezone)[0]
