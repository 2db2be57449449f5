"""Requests that wait for an answer: those of a garage, and in every garage those whose time is over."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app import clock
from app.tenancy.models import Workshop
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.queries import AppointmentView, list_views
from booking.resources.models import WorkshopRules


def list_undecided(session: Session, garage_id: int) -> list[AppointmentView]:
    """The garage's requests that can still be decided, that of the nearest end first."""
    ids = session.scalars(
        select(Appointment.id)
        .where(*_undecided(garage_id))
        .order_by(Appointment.expires_at, Appointment.arrives_at, Appointment.id)
    ).all()
    views = {view.id: view for view in list_views(session, garage_id, ids)}
    return [views[number] for number in ids]


def count_undecided(session: Session, garage_id: int) -> int | None:
    """How many there are, in one statement; None where no workshop approves first and none is left."""
    waiting = select(func.count(Appointment.id)).where(*_undecided(garage_id)).scalar_subquery()
    approves = exists().where(
        WorkshopRules.garage_id == garage_id,
        WorkshopRules.approval.is_(True),
        Workshop.garage_id == garage_id,
        Workshop.id == WorkshopRules.workshop_id,
        Workshop.archived_at.is_(None),
    )
    count, asks_first = session.execute(select(waiting, approves)).one()
    return int(count) if asks_first or count else None


def list_overdue_requests(session: Session, *, most: int = 500) -> list[tuple[int, int]]:
    """Garage and id of requests whose time for an answer is over, the oldest first; across garages."""
    rows = session.execute(
        select(Appointment.garage_id, Appointment.id)
        .where(Appointment.expires_at <= clock.now(), Appointment.status == Status.REQUESTED)
        .order_by(Appointment.expires_at, Appointment.id)
        .limit(most)
    )
    return [(row.garage_id, row.id) for row in rows]


def _undecided(garage_id: int) -> list[ColumnElement[bool]]:
    return [
        Appointment.garage_id == garage_id,
        Appointment.status == Status.REQUESTED,
        Appointment.expires_at > clock.now(),
    ]
