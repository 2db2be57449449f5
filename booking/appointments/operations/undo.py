"""Taking the last step or move back: by who made it for a moment, by a manager also later."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.events import publish
from booking.appointments.deciding import reopened_until
from booking.appointments.history import (
    BEFORE,
    CAR_BACK,
    REMARKS,
    UNPLACED,
    WORK_MINUTES,
    HistoryLine,
    record,
)
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment, AppointmentEvent
from booking.appointments.occupancies import restore_place
from booking.appointments.operations.change_status import lock_appointment
from booking.appointments.requests import Actor
from booking.errors import PlaceGoneError, UndoNotAllowedError
from booking.events import AppointmentUndone

UNDO_WITHIN = timedelta(seconds=10)
ON_THE_WAY = timedelta(seconds=5)
"""The ten seconds begin when the page is shown, and the answer travels too."""

UNDOABLE = frozenset({"status", "moved", UNPLACED, CAR_BACK})
GOES_ON = frozenset({Status.READY, Status.COLLECTED})
"""What is taken back of a step to these, though another has the place: the visit goes on without it."""


def undo_last(
    session: Session,
    *,
    garage_id: int,
    appointment_id: int,
    actor: Actor,
    version: int,
    at_any_time: bool = False,
) -> Appointment:
    """Put the appointment back as it was before its last step or move; publishes AppointmentUndone.

    Its actor may do so for ten seconds, with ``at_any_time`` (a manager) anybody's last step can
    be taken back. A place that was given up is taken again if nobody has it. Undoing is not
    undone. Raises NotFoundError, StaleVersionError, UndoNotAllowedError or PlaceGoneError.
    """
    appointment = lock_appointment(
        session, garage_id=garage_id, appointment_id=appointment_id, version=version
    )
    last = find_last_event(session, garage_id, appointment_id)
    if last is None or not may_undo(last, actor, at_any_time=at_any_time):
        raise UndoNotAllowedError
    from_status = appointment.status
    _put_back(session, appointment, last)
    appointment.version += 1
    appointment.updated_at = clock.now()
    record(
        session, appointment, kind="undone", actor=actor, from_status=from_status, detail={"undid": last.kind}
    )
    session.flush()
    publish(
        AppointmentUndone(
            garage_id=garage_id,
            appointment_id=appointment_id,
            kind=last.kind,
            from_status=from_status,
            to_status=appointment.status,
            since=last.at,
        )
    )
    return appointment


def find_last_event(session: Session, garage_id: int, appointment_id: int) -> AppointmentEvent | None:
    """The newest row of the appointment's history that changed something."""
    return session.scalar(
        select(AppointmentEvent)
        .where(
            AppointmentEvent.garage_id == garage_id,
            AppointmentEvent.appointment_id == appointment_id,
            AppointmentEvent.kind.not_in(REMARKS),
        )
        .order_by(AppointmentEvent.id.desc())
        .limit(1)
    )


def may_undo(last: AppointmentEvent | HistoryLine, actor: Actor, *, at_any_time: bool) -> bool:
    """Whether ``actor`` may take back what the row tells of."""
    if last.kind not in UNDOABLE or last.from_status is None:
        return False
    is_own = last.actor == actor.kind and last.actor_user_id == actor.user_id
    return at_any_time or (is_own and clock.now() - last.at <= UNDO_WITHIN + ON_THE_WAY)


def _put_back(session: Session, appointment: Appointment, last: AppointmentEvent) -> None:
    """State and place as before; a car that is not ready after all goes on in what is left of its place."""
    place = last.detail.get(BEFORE)
    is_restored = place is None or restore_place(session, appointment, place)
    if not is_restored and (last.kind != "status" or last.to_status not in GOES_ON):
        raise PlaceGoneError
    if is_restored and last.detail.get(CAR_BACK):
        appointment.courtesy_car_back_at = None
    if WORK_MINUTES in last.detail:
        appointment.work_minutes = last.detail[WORK_MINUTES][0]
    assert last.from_status is not None
    if appointment.status in {Status.CANCELLED, Status.DECLINED}:
        appointment.cancel_reason = ""
    appointment.status = last.from_status
    if appointment.status == Status.REQUESTED:
        appointment.expires_at = reopened_until(session, appointment)
