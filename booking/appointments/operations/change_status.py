"""Steps along the life cycle, cancelling among them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from app.errors import StaleVersionError
from app.events import publish
from app.tenancy.calendar import lock_calendar, raise_version
from booking.appointments.history import BEFORE, record
from booking.appointments.life_cycle import ENDED_WITHOUT_WORK, WHEN_DUE, Status, may_move
from booking.appointments.models import Appointment
from booking.appointments.occupancies import free_resources, write_place
from booking.appointments.queries import get_appointment
from booking.appointments.requests import Actor
from booking.errors import MoveNotAllowedError, NotDueYetError
from booking.events import AppointmentCancelled, AppointmentStatusChanged


def cancel_appointment(
    session: Session,
    *,
    garage_id: int,
    appointment_id: int,
    actor: Actor,
    reason: str = "",
    version: int | None = None,
) -> Appointment:
    """Give the place back: the occupancies go, the history stays; publishes AppointmentCancelled.

    Cancelling what is cancelled changes nothing. Raises NotFoundError, MoveNotAllowedError once
    the car has arrived, StaleVersionError if ``version`` is given and no longer stands. Whether
    the customer is still in time is the caller's question (``changing.py``).
    """
    appointment = lock_appointment(
        session, garage_id=garage_id, appointment_id=appointment_id, version=version
    )
    if appointment.status == Status.CANCELLED:
        return appointment
    appointment.cancel_reason = reason
    _step(
        session,
        appointment,
        target=Status.CANCELLED,
        actor=actor,
        detail={"reason": reason} if reason else {},
    )
    publish(AppointmentCancelled(garage_id=garage_id, appointment_id=appointment.id))
    return appointment


def change_status(
    session: Session,
    *,
    garage_id: int,
    appointment_id: int,
    target: Status,
    actor: Actor,
    version: int | None = None,
) -> Appointment:
    """Take the appointment one allowed step; publishes AppointmentStatusChanged.

    Ending without work frees the resources; coming back from no-show leaves it unplanned, for the
    place may be somebody else's by now. Raises NotFoundError, MoveNotAllowedError (NotDueYetError
    for a no-show ahead of the arrival time), StaleVersionError.
    """
    if target == Status.CANCELLED:
        return cancel_appointment(
            session, garage_id=garage_id, appointment_id=appointment_id, actor=actor, version=version
        )
    appointment = lock_appointment(
        session, garage_id=garage_id, appointment_id=appointment_id, version=version
    )
    before = appointment.status
    _step(session, appointment, target=target, actor=actor, detail={})
    publish(
        AppointmentStatusChanged(
            garage_id=garage_id, appointment_id=appointment.id, from_status=before, to_status=target.value
        )
    )
    return appointment


def lock_appointment(
    session: Session, *, garage_id: int, appointment_id: int, version: int | None
) -> Appointment:
    """The appointment, read again under its workshop's lock, whose version is raised with the change.

    Raises NotFoundError, or StaleVersionError when ``version`` is given and no longer stands.
    """
    workshop_id = get_appointment(session, garage_id, appointment_id).workshop_id
    calendar = lock_calendar(session, garage_id, workshop_id)
    appointment = get_appointment(session, garage_id, appointment_id, fresh=True)
    if version is not None and appointment.version != version:
        raise StaleVersionError
    raise_version(calendar)
    return appointment


def _step(
    session: Session,
    appointment: Appointment,
    *,
    target: Status,
    actor: Actor,
    detail: dict[str, object],
) -> None:
    before = Status(appointment.status)
    if not may_move(before, target):
        raise MoveNotAllowedError
    if target in WHEN_DUE and clock.now() < appointment.arrives_at:
        raise NotDueYetError
    if target in ENDED_WITHOUT_WORK or before == Status.NO_SHOW:
        detail = detail | {BEFORE: write_place(session, appointment)}
    appointment.status = target.value
    appointment.version += 1
    appointment.updated_at = clock.now()
    if target != Status.REQUESTED:
        appointment.expires_at = None
    if target in ENDED_WITHOUT_WORK:
        # Feeds show what fell through to those whom it took.
        detail = detail | {"freed": free_resources(session, appointment)}
    if before == Status.NO_SHOW:
        appointment.work_starts_at = appointment.work_ends_at = None
    record(session, appointment, kind="status", actor=actor, from_status=before.value, detail=detail)
    session.flush()
