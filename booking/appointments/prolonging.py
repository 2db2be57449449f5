"""Keeping what a visit takes for longer than planned, as far as nobody else has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.localtime import from_minutes, local_date
from booking.appointments.lengths import COURTESY_CAR, WORK_KINDS, next_tick
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.occupancies import add_rows
from booking.availability.engine.model import Hours
from booking.availability.engine.opening import opening
from booking.resources.models import EXCLUSIVE_KINDS, MAX_ROW_DAYS, Occupancy, Resource
from booking.resources.pieces import split_span

AHEAD = timedelta(minutes=15)
"""How far beyond the present moment work that lasts longer is taken to go on."""
LEAD = timedelta(minutes=5)
"""How long before the end of what is kept more of it is kept."""
LATEST_CAR = timedelta(days=7)
"""A courtesy car that is out for longer past its time takes nothing further: it is no delay any more."""
LOOKED_BACK = timedelta(hours=4)
"""Work that comes no further for so long is left to the desk: its day is over, or others have its place."""
LOOKED_THROUGH_DAYS = 14

LONGEST = timedelta(days=MAX_ROW_DAYS)


def kinds_at_work(status: Status) -> tuple[str, ...]:
    """What a car that is not ready keeps; while it waits for parts its technician works elsewhere."""
    return ("bay",) if status == Status.WAITING_PARTS else WORK_KINDS


def needs_longer(appointment: Appointment) -> bool:
    """Whether the end of its work has come (again) and the car is not ready."""
    ends_at, now = appointment.work_ends_at, clock.now()
    if ends_at is None or not appointment.is_in_work:
        return False
    return ends_at < now + LEAD if appointment.overran_at else ends_at <= now


def prolong_work(session: Session, appointment: Appointment, hours: Hours) -> bool:
    """Keep bay and technician for a quarter of an hour more; whether anything has changed.

    No longer than the workshop is open on the day for which the work was planned, so that a visit that
    was forgotten takes nothing of the next. The bay's turnaround follows. The caller holds the lock.
    """
    before = appointment.work_ends_at
    assert before is not None
    is_news = appointment.overran_at is None
    planned = appointment.overran_at = appointment.overran_at or before
    closes_at = _last_closing(hours, local_date(planned, hours.timezone)) or planned
    until = min(next_tick(clock.now() + AHEAD), closes_at)
    changed = is_news
    for kind, row in _last_rows(session, appointment, kinds_at_work(Status(appointment.status))):
        turnaround = max(timedelta(), row.ends_at - before) if kind == "bay" else timedelta()
        reached = _extend(session, appointment, row, until=until + turnaround)
        if reached is not None:
            changed = True
            appointment.work_ends_at = max(appointment.work_ends_at or before, min(until, reached))
    session.flush()
    return changed


def prolong_car(session: Session, appointment: Appointment, hours: Hours) -> bool:
    """Keep the courtesy car for the rest of the day, or of the next open one; whether any was free.

    Not past :data:`LATEST_CAR`. The caller holds the lock.
    """
    now, due_at = clock.now(), appointment.courtesy_car_due_at
    until = _end_of_day(hours, now)
    if until is None or due_at is None or now >= due_at + LATEST_CAR:
        return False
    rows = [row for _, row in _last_rows(session, appointment, COURTESY_CAR) if row.ends_at <= now]
    reached = [_extend(session, appointment, row, until=until) for row in rows]
    session.flush()
    return any(reached)


def _last_closing(hours: Hours, on: date) -> datetime | None:
    """The last instant at which the workshop is open on a date; None if it is closed all day."""
    intervals = opening(hours, on)
    return from_minutes(intervals[-1][1]) if intervals else None


def _end_of_day(hours: Hours, now: datetime) -> datetime | None:
    """The first last closing of a date that is still to come."""
    today = local_date(now, hours.timezone)
    days = (today + timedelta(days=day) for day in range(LOOKED_THROUGH_DAYS))
    return next((at for on in days if (at := _last_closing(hours, on)) is not None and at > now), None)


def _last_rows(
    session: Session, appointment: Appointment, kinds: Sequence[str]
) -> list[tuple[str, Occupancy]]:
    """The last piece on each resource of these kinds, by resource."""
    rows = session.execute(
        select(Resource.kind, Occupancy)
        .join(Resource, (Resource.garage_id == Occupancy.garage_id) & (Resource.id == Occupancy.resource_id))
        .where(
            Occupancy.garage_id == appointment.garage_id,
            Occupancy.appointment_id == appointment.id,
            Resource.kind.in_(kinds),
        )
        .order_by(Occupancy.resource_id, Occupancy.ends_at)
        .execution_options(populate_existing=True)
    )
    return [(kind, row) for kind, row in {row.resource_id: (kind, row) for kind, row in rows}.values()]


def _extend(
    session: Session, appointment: Appointment, row: Occupancy, *, until: datetime
) -> datetime | None:
    """Keep the row's resource up to ``until`` or up to who has it next; how far, None if no further.

    Who had it since the row's end and has left does not stand in the way: what follows is a row of its own.
    """
    starts_at, now = row.ends_at, clock.now()
    for other_starts_at, other_ends_at in _list_others(session, row, until=until):
        if other_ends_at > now:
            until = other_starts_at
            break
        starts_at = other_ends_at
    if until <= starts_at:
        return None
    if starts_at == row.ends_at and until - row.starts_at <= LONGEST:
        row.ends_at = until
    else:
        pieces = split_span(starts_at, until)
        add_rows(session, appointment, [(row.resource_id, *piece) for piece in pieces])
    return until


def _list_others(session: Session, row: Occupancy, *, until: datetime) -> list[tuple[datetime, datetime]]:
    """Who takes the resource after the row's end, before ``until``, by time."""
    found = session.execute(
        select(Occupancy.starts_at, Occupancy.ends_at)
        .where(
            Occupancy.garage_id == row.garage_id,
            Occupancy.resource_id == row.resource_id,
            Occupancy.kind.in_(EXCLUSIVE_KINDS),
            Occupancy.appointment_id.is_distinct_from(row.appointment_id),
            Occupancy.ends_at > row.ends_at,
            Occupancy.starts_at < until,
        )
        .order_by(Occupancy.starts_at)
    )
    return [(each.starts_at, each.ends_at) for each in found]
