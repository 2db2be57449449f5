"""What a closing, leave or a block would touch, before anything is stored."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.tenancy.queries import WorkshopView
from booking.appointments.closings import exceptions_of
from booking.appointments.conflicts import reasons_of, start_of_today
from booking.appointments.models import Appointment
from booking.appointments.open_hours import Fit, OpenHours
from booking.appointments.planned import TO_DO, list_planned, list_workers, load_open_hours
from booking.appointments.queries import LONGEST_ROW, AppointmentView, list_views
from booking.availability.engine.model import Hours
from booking.availability.engine.opening import dates, spans_on
from booking.errors import ClosedAnywayError
from booking.resources.models import Occupancy
from booking.resources.requests import AwayRequest, ClosingRequest, RepeatRequest

Request = AwayRequest | RepeatRequest | ClosingRequest


def list_touched(session: Session, workshop: WorkshopView, request: Request) -> list[AppointmentView]:
    """The visits that would be in conflict with it, by arrival; a constant number of statements.

    Raises ClosedAnywayError for what is closed as it is.
    """
    if isinstance(request, ClosingRequest):
        ids = _shut_out(session, workshop, request)
    else:
        ids = _in_the_way(session, workshop, request)
    views = list_views(session, workshop.garage_id, ids) if ids else []
    return sorted(views, key=lambda view: (view.appointment.arrives_at, view.id))


def load_standing(session: Session, workshop: WorkshopView) -> OpenHours:
    """The hours of the workshop as they stand now."""
    since = start_of_today(workshop)
    return load_open_hours(session, workshop.garage_id, {workshop.id: workshop}, since=since)[workshop.id]


def hours_after(session: Session, workshop: WorkshopView, request: ClosingRequest) -> Hours:
    """The hours that will stand once it is closed; raises ClosedAnywayError if nothing changes."""
    return _closed(load_standing(session, workshop).hours, request)


def _closed(standing: Hours, request: ClosingRequest) -> Hours:
    """The hours once it is closed; raises ClosedAnywayError if nothing changes."""
    spans = [request.span] if request.span else []
    cut = exceptions_of(standing, first_on=request.first_on, last_on=request.last_on, spans=spans)
    after = replace(standing, exceptions=(*standing.exceptions, *cut))
    if all(spans_on(standing, on) == spans_on(after, on) for on in dates(request.first_on, request.last_on)):
        raise ClosedAnywayError
    return after


def _in_the_way(session: Session, workshop: WorkshopView, request: AwayRequest | RepeatRequest) -> list[int]:
    """Ids of visits to be done whose rows on the resource lie in the time asked for; one statement."""
    spans = request.spans
    rows = session.execute(
        select(Appointment.id, Occupancy.starts_at, Occupancy.ends_at)
        .join(
            Occupancy,
            (Occupancy.garage_id == Appointment.garage_id) & (Occupancy.appointment_id == Appointment.id),
        )
        .where(
            Occupancy.garage_id == workshop.garage_id,
            Occupancy.workshop_id == workshop.id,
            Occupancy.resource_id == request.resource_id,
            Occupancy.kind == "job",
            Occupancy.starts_at < spans[-1][1],
            Occupancy.starts_at > spans[0][0] - LONGEST_ROW,
            Occupancy.ends_at > max(spans[0][0], start_of_today(workshop)),
            Appointment.status.in_([status.value for status in TO_DO]),
        )
    )
    ends = [ends_at for _, ends_at in spans]
    touched: dict[int, None] = {}
    for number, starts_at, ends_at in rows:
        next_span = bisect_right(ends, starts_at)  # the first that is not over when the row begins
        if next_span < len(spans) and spans[next_span][0] < ends_at:
            touched[number] = None
    return list(touched)


def _shut_out(session: Session, workshop: WorkshopView, request: ClosingRequest) -> list[int]:
    """Ids of visits to be done that come or are worked on in what is closed, and do not fit any more."""
    since, ids = start_of_today(workshop), (workshop.id,)
    standing = load_standing(session, workshop)
    closed = OpenHours(_closed(standing.hours, request))
    workers = list_workers(session, workshop.garage_id, ids)
    visits = list_planned(session, workshop.garage_id, ids, since=since, technician_ids=list(workers))
    touched = []
    for visit in visits:
        worker = workers.get(visit.technician_id or 0)
        week = worker.week if worker else None
        before, after = standing.fit(visit, week), closed.fit(visit, week)
        if _loses(before, after) and reasons_of(visit, after, worker, since=since):
            touched.append(visit.id)
    return touched


def _loses(before: Fit, after: Fit) -> bool:
    return (before.comes_in and not after.comes_in) or after.working_minutes < before.working_minutes
