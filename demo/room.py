"""Keeping the demo open for business: whatever the public may book is to be had within a week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.localtime import day_bounds
from app.tenancy.queries import WorkshopView
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment, AppointmentLine
from booking.appointments.operations.change_status import cancel_appointment
from booking.appointments.requests import CUSTOMER, VisitQuestion
from booking.appointments.slots import list_offered
from booking.availability.engine.model import Mode
from booking.catalog.models import ServiceType
from booking.catalog.queries import list_service_types

WITHIN_DAYS = 7
FIRST_DAY = 2
"""Days ahead from which customers give way: past every service's notice."""


def make_room(session: Session, *, workshop: WorkshopView, today: date) -> None:
    """Let customers of the days ahead cancel until every public service finds a slot within a week.

    Those who come for the very same work go first, for their place fits by itself; then the
    longest visits. Few have to, in weeks with public holidays. Flushes.
    """
    for service in list_service_types(session, workshop.garage_id, online_only=True):
        leaving = list(_who_may_leave(session, workshop, today, service=service))
        for mode in service.modes:
            while leaving and not _has_slot(session, workshop, today, service=service, mode=_mode(mode)):
                cancel_appointment(
                    session, garage_id=workshop.garage_id, appointment_id=leaving.pop(0), actor=CUSTOMER
                )


def _mode(mode: str) -> Mode:
    return "wait" if mode == "wait" else "drop_off"


def _has_slot(
    session: Session, workshop: WorkshopView, today: date, *, service: ServiceType, mode: Mode
) -> bool:
    question = VisitQuestion((service.code,), mode)
    last_on = today + timedelta(days=WITHIN_DAYS)
    return bool(list_offered(session, workshop, question, first_on=today, last_on=last_on))


def _who_may_leave(
    session: Session, workshop: WorkshopView, today: date, *, service: ServiceType
) -> Iterator[int]:
    starts_at, _ = day_bounds(today + timedelta(days=FIRST_DAY), workshop.timezone)
    _, ends_at = day_bounds(today + timedelta(days=WITHIN_DAYS), workshop.timezone)
    same_work = (
        select(AppointmentLine.id)
        .where(
            AppointmentLine.garage_id == workshop.garage_id,
            AppointmentLine.appointment_id == Appointment.id,
            AppointmentLine.service_type_id == service.id,
        )
        .exists()
    )
    yield from session.scalars(
        select(Appointment.id)
        .where(
            Appointment.garage_id == workshop.garage_id,
            Appointment.workshop_id == workshop.id,
            Appointment.status == Status.CONFIRMED,
            Appointment.arrives_at >= starts_at,
            Appointment.arrives_at < ends_at,
        )
        .order_by(same_work.desc(), Appointment.work_minutes.desc(), Appointment.id)
    )
