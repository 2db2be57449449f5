"""The visits of a customer: a page of them, what became of all, and who came last when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app import clock
from app.tenancy.calendar import raise_version
from app.tenancy.models import Workshop, WorkshopCalendar
from app.tenancy.queries import WorkshopView, workshop_view
from booking.appointments.life_cycle import LIVE, Status
from booking.appointments.models import Appointment
from booking.appointments.queries import AppointmentView, list_views

A_PAGE = 15
SHOWN_AFTERWARDS = timedelta(days=61)
"""How long after its arrival a visit may stand in a feed: 30 days past a stay of 30 at most."""


@dataclass(frozen=True, slots=True)
class VisitsPage:
    """Visits, the latest arrival first; ``before`` is the key of the page that follows, None at the end."""

    visits: tuple[tuple[WorkshopView, AppointmentView], ...]
    before: int | None


def list_visits_of(
    session: Session, garage_id: int, customer_id: int, *, before: int | None = None, size: int = A_PAGE
) -> VisitsPage:
    """A page of the customer's visits, from the one after ``before`` on; five statements at most."""
    columns = (Appointment.arrives_at, Appointment.id)
    statement = select(Appointment.id).where(
        Appointment.garage_id == garage_id, Appointment.customer_id == customer_id
    )
    if before is not None:
        there = (Appointment.garage_id == garage_id, Appointment.id == before)
        here = tuple_(*(select(column).where(*there).scalar_subquery() for column in columns))
        statement = statement.where(tuple_(*columns) < here)
    ids = list(session.scalars(statement.order_by(*(each.desc() for each in columns)).limit(size + 1)))
    return VisitsPage(
        visits=tuple(list_with_workshops(session, garage_id, ids[:size])),
        before=ids[size - 1] if len(ids) > size else None,
    )


def list_with_workshops(
    session: Session, garage_id: int, appointment_ids: Sequence[int]
) -> list[tuple[WorkshopView, AppointmentView]]:
    """These visits with where they take place, in the order given; four statements, none for none."""
    if not appointment_ids:
        return []
    views = {view.id: view for view in list_views(session, garage_id, appointment_ids)}
    workshops = _list_all_workshops(session, garage_id)
    shown = [views[number] for number in appointment_ids]
    return [(workshops[view.appointment.workshop_id], view) for view in shown]


def count_visits_of(session: Session, garage_id: int, customer_id: int) -> dict[Status, int]:
    """How many of the customer's visits stand in each state; states without one are left out."""
    rows = session.execute(
        select(Appointment.status, func.count())
        .where(Appointment.garage_id == garage_id, Appointment.customer_id == customer_id)
        .group_by(Appointment.status)
    )
    return {Status(status): count for status, count in rows}


def find_last_visits_of(
    session: Session, garage_id: int, customer_ids: Collection[int]
) -> dict[int, datetime]:
    """When each customer came last, or is to come; those who never did are left out."""
    rows = session.execute(
        select(Appointment.customer_id, func.max(Appointment.arrives_at))
        .where(
            Appointment.garage_id == garage_id,
            Appointment.customer_id.in_(customer_ids),
            Appointment.status.in_(LIVE),
        )
        .group_by(Appointment.customer_id)
    )
    return {row[0]: row[1] for row in rows}


def list_workshops_visited(
    session: Session, garage_id: int, *, customer_id: int | None, vehicle_id: int | None, since: datetime
) -> list[int]:
    """Ids of the workshops where a customer or a vehicle arrives from ``since`` on, whatever became of it."""
    whose = [] if customer_id is None else [Appointment.customer_id == customer_id]
    whose += [] if vehicle_id is None else [Appointment.vehicle_id == vehicle_id]
    return list(
        session.scalars(
            select(Appointment.workshop_id)
            .where(Appointment.garage_id == garage_id, or_(false(), *whose), Appointment.arrives_at >= since)
            .distinct()
            .order_by(Appointment.workshop_id)
        )
    )


def raise_where_shown(
    session: Session,
    calendars: dict[int, WorkshopCalendar],
    *,
    garage_id: int,
    customer_id: int | None = None,
    vehicle_id: int | None = None,
) -> None:
    """Raise the version of every workshop whose board or feed shows the customer or the vehicle.

    ``calendars`` are the garage's, locked by the caller.
    """
    for workshop_id in list_workshops_visited(
        session,
        garage_id,
        customer_id=customer_id,
        vehicle_id=vehicle_id,
        since=clock.now() - SHOWN_AFTERWARDS,
    ):
        raise_version(calendars[workshop_id])


def _list_all_workshops(session: Session, garage_id: int) -> dict[int, WorkshopView]:
    """Archived ones too: visits took place there."""
    rows = session.scalars(select(Workshop).where(Workshop.garage_id == garage_id))
    return {row.id: workshop_view(row) for row in rows}
