"""What a feed is made of: the kept text of each appointment, and which of them no longer stand.

A text stands while its *stamp* does: the versions of the appointment, its customer and vehicle,
and a mark of all names that the workshop's events may show.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.extensions import current_settings
from app.localtime import local_date, midnight
from app.tenancy.queries import WorkshopView
from booking.appointments.life_cycle import ENDED_WITHOUT_WORK
from booking.appointments.models import Appointment, AppointmentEvent
from booking.catalog.models import ServiceType
from booking.customers.models import Customer, Vehicle
from booking.resources.models import Occupancy, Resource
from calendars.feeds.looks import Look
from calendars.feeds.models import FeedEvent

RENDERING = 2
"""Raised when events are written in another way, so that no kept text or copy outlives it."""

PAST = timedelta(days=30)
"""How long a feed shows what is over, and what was cancelled."""

AHEAD = timedelta(days=400)
LONGEST_STAY = timedelta(days=30)
"""A car that stays longer leaves the feed before it leaves the workshop."""


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that a feed shows, on whole local days."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """One event of a feed: ``text`` is None where none stands for ``stamp``."""

    appointment_id: int
    stamp: str
    text: str | None


def window_of(timezone: str) -> Window:
    """From 30 local days ago to 400 ahead; it moves at the workshop's midnight."""
    today = local_date(clock.now(), timezone)
    return Window(midnight(today - PAST, timezone), midnight(today + AHEAD, timezone))


def list_kept(
    session: Session, workshop: WorkshopView, look: Look, *, resource_id: int | None = None
) -> list[Kept]:
    """The workshop's events within the window, or those of one resource, by arrival.

    Three statements, five for a resource, whatever the number of events.
    """
    mark = _mark_of_names(session, workshop)
    statement = _rows(workshop, look, window_of(workshop.timezone))
    if resource_id is not None:
        statement = statement.where(_on_resource(session, workshop, resource_id))
    found = []
    for appointment_id, own, customer, vehicle, kept, text in session.execute(statement):
        stamp = f"{mark}.{own}.{customer}.{vehicle}"
        found.append(Kept(appointment_id, stamp, text if kept == stamp else None))
    return found


def _mark_of_names(session: Session, workshop: WorkshopView) -> str:
    services = session.execute(
        select(ServiceType.id, ServiceType.version)
        .where(ServiceType.garage_id == workshop.garage_id)
        .order_by(ServiceType.id)
    )
    resources = session.execute(
        select(Resource.id, Resource.name)
        .where(Resource.garage_id == workshop.garage_id, Resource.workshop_id == workshop.id)
        .order_by(Resource.id)
    )
    facts = (
        RENDERING,
        current_settings().public_url,
        (workshop.slug, workshop.name, workshop.address),
        [tuple(row) for row in services],
        [tuple(row) for row in resources],
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _rows(workshop: WorkshopView, look: Look, window: Window) -> Any:
    own = Appointment.garage_id
    return (
        select(
            Appointment.id,
            Appointment.version,
            Customer.version,
            Vehicle.version,
            FeedEvent.stamp,
            FeedEvent.text,
        )
        .join(Customer, (Customer.garage_id == own) & (Customer.id == Appointment.customer_id))
        .join(Vehicle, (Vehicle.garage_id == own) & (Vehicle.id == Appointment.vehicle_id))
        .outerjoin(
            FeedEvent,
            (FeedEvent.garage_id == own)
            & (FeedEvent.appointment_id == Appointment.id)
            & (FeedEvent.span == look.span)
            & (FeedEvent.privacy == look.privacy)
            & (FeedEvent.locale == look.locale),
        )
        .where(own == workshop.garage_id, Appointment.workshop_id == workshop.id, *_within(window))
        .order_by(Appointment.arrives_at, Appointment.id)
    )


def _within(window: Window) -> Sequence[ColumnElement[bool]]:
    ended = Appointment.status.in_(ENDED_WITHOUT_WORK)
    return (
        Appointment.arrives_at >= window.starts_at - LONGEST_STAY,
        Appointment.arrives_at < window.ends_at,
        Appointment.is_wish.is_(False),  # nobody comes by a mere wish
        or_(
            ended & (Appointment.updated_at >= window.starts_at),
            ~ended & (Appointment.ready_at >= window.starts_at),
        ),
    )


def _on_resource(session: Session, workshop: WorkshopView, resource_id: int) -> ColumnElement[bool]:
    """The resource works on it, or was to until it ended without work."""
    busy = select(Occupancy.appointment_id).where(
        Occupancy.garage_id == workshop.garage_id,
        Occupancy.resource_id == resource_id,
        Occupancy.kind == "job",
    )
    freed = _freed_from(session, workshop, resource_id)
    return Appointment.id.in_(busy) | Appointment.id.in_(freed)


def _freed_from(session: Session, workshop: WorkshopView, resource_id: int) -> list[int]:
    """The occupancies of what ended without work are gone; the history says which they were."""
    rows = session.execute(
        select(AppointmentEvent.appointment_id, AppointmentEvent.detail)
        .join(
            Appointment,
            (Appointment.garage_id == AppointmentEvent.garage_id)
            & (Appointment.id == AppointmentEvent.appointment_id),
        )
        .where(
            AppointmentEvent.garage_id == workshop.garage_id,
            Appointment.workshop_id == workshop.id,
            Appointment.status.in_(ENDED_WITHOUT_WORK),
            AppointmentEvent.to_status == Appointment.status,
            *_within(window_of(workshop.timezone)),
        )
        .order_by(AppointmentEvent.id)
    )
    return [appointment_id for appointment_id, detail in rows if resource_id in detail.get("freed", ())]
