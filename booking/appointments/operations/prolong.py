"""What time does to visits that last longer: work that is not done, a courtesy car that is not back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.tenancy.calendar import lock_calendar, raise_version
from app.tenancy.models import WorkshopCalendar
from app.tenancy.queries import get_workshop_by_id
from booking.appointments.history import CAR_LATE, OVERRAN, record
from booking.appointments.models import Appointment, AppointmentEvent
from booking.appointments.occupancies import drop_expired_holds
from booking.appointments.planned import load_open_hours
from booking.appointments.prolonging import needs_longer, prolong_car, prolong_work
from booking.appointments.queries import get_appointment
from booking.appointments.requests import SYSTEM
from booking.availability.engine.model import Hours


def keep_for_work(session: Session, *, garage_id: int, appointment_id: int) -> bool:
    """Keep bay and technician of a visit whose work was to end by now; whether anything has changed.

    As far as they are free, and no longer than its day is open; who is in the way stays, and is a
    conflict from now on. Decided under the workshop's lock; the history has one line for an overrun, the
    visit's own version stays, for nobody's page has become wrong. Raises NotFoundError.
    """
    calendar, appointment = _lock(session, garage_id, appointment_id)
    if not needs_longer(appointment):
        return False
    if not prolong_in_hand(session, appointment):
        return False
    raise_version(calendar)
    return True


def prolong_in_hand(session: Session, appointment: Appointment) -> bool:
    """The same for a visit whose workshop's lock is held already, whatever the time; whether it changed."""
    hours = _hours(session, appointment)
    if not prolong_work(session, appointment, hours):
        return False
    appointment.updated_at = clock.now()
    assert appointment.overran_at is not None
    assert appointment.work_ends_at is not None
    _note(session, appointment, OVERRAN, planned=appointment.overran_at, until=appointment.work_ends_at)
    session.flush()
    return True


def keep_car_out(session: Session, *, garage_id: int, appointment_id: int) -> bool:
    """Keep the courtesy car of a visit that was to be back by now; whether anything has changed.

    As far as nobody else has it; who has is a conflict from now on. As :func:`keep_for_work` otherwise.
    """
    calendar, appointment = _lock(session, garage_id, appointment_id)
    due_at = appointment.courtesy_car_due_at
    if due_at is None or not appointment.is_car_out or due_at > clock.now():
        return False
    has_grown = prolong_car(session, appointment, _hours(session, appointment))
    is_news = _note(session, appointment, CAR_LATE, planned=due_at)
    if not (has_grown or is_news):
        return False
    raise_version(calendar)
    session.flush()
    return True


def _lock(session: Session, garage_id: int, appointment_id: int) -> tuple[WorkshopCalendar, Appointment]:
    """The visit, read again under its workshop's lock; expired holds make room."""
    workshop_id = get_appointment(session, garage_id, appointment_id).workshop_id
    calendar = lock_calendar(session, garage_id, workshop_id)
    drop_expired_holds(session, garage_id=garage_id, workshop_id=workshop_id)
    return calendar, get_appointment(session, garage_id, appointment_id, fresh=True)


def _hours(session: Session, appointment: Appointment) -> Hours:
    workshop = get_workshop_by_id(session, appointment.garage_id, appointment.workshop_id)
    known = load_open_hours(session, appointment.garage_id, {workshop.id: workshop}, since=clock.now())
    return known[workshop.id].hours


def _note(
    session: Session,
    appointment: Appointment,
    kind: str,
    *,
    planned: datetime,
    until: datetime | None = None,
) -> bool:
    """One line for each time that was planned, which says how far it has come; whether it is a new one."""
    detail = {"planned": planned.isoformat()} | ({"until": until.isoformat()} if until else {})
    last = session.scalar(
        select(AppointmentEvent)
        .where(
            AppointmentEvent.garage_id == appointment.garage_id,
            AppointmentEvent.appointment_id == appointment.id,
            AppointmentEvent.kind == kind,
        )
        .order_by(AppointmentEvent.id.desc())
        .limit(1)
    )
    if last is not None and last.detail["planned"] == detail["planned"]:
        last.detail = detail
        return False
    record(session, appointment, kind=kind, actor=SYSTEM, from_status=appointment.status, detail=detail)
    return True
