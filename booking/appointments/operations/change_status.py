"""Steps along the life cycle, cancelling among them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from app.errors import StaleVersionError
from app.events import publish
from app.tenancy.calendar import lock_calendar, raise_version
from booking.appointments.history import BEFORE, record
from booking.appointments.lengths import WORK_KINDS, end_loan, end_work
from booking.appointments.life_cycle import (
    DECISIONS,
    ENDED_WITHOUT_WORK,
    HAS_COME,
    WHEN_DUE,
    Status,
    may_move,
)
from booking.appointments.models import Appointment
from booking.appointments.occupancies import free_resources, write_place
from booking.appointments.operations.prolong import prolong_in_hand
from booking.appointments.queries import get_appointment
from booking.appointments.requests import SYSTEM, Actor
from booking.errors import MoveNotAllowedError, NotDueYetError, RequestExpiredError
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
    keeps_car: bool = False,
) -> Appointment:
    """Take the appointment one allowed step; publishes AppointmentStatusChanged.

    Ending without work frees the resources, and a car that is ready early frees the rest of its work.
    Who collects brings the courtesy car back, unless it ``keeps_car``. Coming back from no-show leaves
    it unplanned, for the place may be somebody else's by now. Raises NotFoundError,
    MoveNotAllowedError (NotDueYetError for a no-show ahead of the arrival time, RequestExpiredError for
    an answer that comes too late), StaleVersionError.
    """
    if target == Status.CANCELLED:
        return cancel_appointment(
            session, garage_id=garage_id, appointment_id=appointment_id, actor=actor, version=version
        )
    appointment = lock_appointment(
        session, garage_id=garage_id, appointment_id=appointment_id, version=version
    )
    is_back = target == Status.COLLECTED and appointment.is_car_out and not keeps_car
    _step_and_tell(session, appointment, target=target, actor=actor, is_car_back=is_back)
    if target == Status.IN_PROGRESS and appointment.is_overrunning:
        prolong_in_hand(session, appointment)
    return appointment


def decline_request(
    session: Session,
    *,
    garage_id: int,
    appointment_id: int,
    actor: Actor,
    reason: str = "",
    version: int | None = None,
) -> Appointment:
    """Say no to a request, with the ``reason`` that its customer reads; its place is free at once.

    Publishes AppointmentStatusChanged. Raises NotFoundError, MoveNotAllowedError for what is no
    request (any more), RequestExpiredError when its time is over, StaleVersionError.
    """
    appointment = lock_appointment(
        session, garage_id=garage_id, appointment_id=appointment_id, version=version
    )
    appointment.cancel_reason = reason
    detail: dict[str, object] = {"reason": reason} if reason else {}
    return _step_and_tell(session, appointment, target=Status.DECLINED, actor=actor, detail=detail)


def expire_request(session: Session, *, garage_id: int, appointment_id: int) -> bool:
    """End a request that nobody has decided in time; whether this call has done it.

    Any number of callers may try: under the lock the request is still undecided for one of them
    alone. Publishes AppointmentStatusChanged. Raises NotFoundError.
    """
    workshop_id = get_appointment(session, garage_id, appointment_id).workshop_id
    calendar = lock_calendar(session, garage_id, workshop_id)
    appointment = get_appointment(session, garage_id, appointment_id, fresh=True)
    if not is_overdue(appointment):
        return False
    raise_version(calendar)
    _step_and_tell(session, appointment, target=Status.EXPIRED, actor=SYSTEM)
    return True


def is_overdue(appointment: Appointment) -> bool:
    """Whether it is a request whose time for an answer is over."""
    if appointment.status != Status.REQUESTED or appointment.expires_at is None:
        return False
    return appointment.expires_at <= clock.now()


def lock_appointment(
    session: Session, *, garage_id: int, appointment_id: int, version: int | None
) -> Appointment:
    """The appointment, read again under its workshop's lock, whose version is raised with the change.

    Raises NotFoundError, or StaleVersionError when ``version`` is given and no longer stands
    (RequestExpiredError where that is because its time ran out).
    """
    workshop_id = get_appointment(session, garage_id, appointment_id).workshop_id
    calendar = lock_calendar(session, garage_id, workshop_id)
    appointment = get_appointment(session, garage_id, appointment_id, fresh=True)
    if version is not None and appointment.version != version:
        raise RequestExpiredError if appointment.status == Status.EXPIRED else StaleVersionError
    raise_version(calendar)
    return appointment


def _step_and_tell(
    session: Session,
    appointment: Appointment,
    *,
    target: Status,
    actor: Actor,
    detail: dict[str, object] | None = None,
    is_car_back: bool = False,
) -> Appointment:
    before = appointment.status
    detail = (detail or {}) | (end_loan(session, appointment) if is_car_back else {})
    _step(session, appointment, target=target, actor=actor, detail=detail)
    publish(
        AppointmentStatusChanged(
            garage_id=appointment.garage_id,
            appointment_id=appointment.id,
            from_status=before,
            to_status=target.value,
        )
    )
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
    if target in DECISIONS and is_overdue(appointment):
        raise RequestExpiredError
    if target in WHEN_DUE and (appointment.is_wish or clock.now() < appointment.arrives_at):
        raise NotDueYetError
    detail = detail | _let_go(session, appointment, before=before, target=target)
    appointment.status = target.value
    appointment.version += 1
    appointment.updated_at = clock.now()
    if target != Status.REQUESTED:
        appointment.expires_at = None
    record(session, appointment, kind="status", actor=actor, from_status=before.value, detail=detail)
    session.flush()


def _let_go(
    session: Session, appointment: Appointment, *, before: Status, target: Status
) -> dict[str, object]:
    """Give back what the step leaves no use for; what the history keeps, so that undoing takes it again."""
    if target == Status.READY:
        place = write_place(session, appointment, kinds=WORK_KINDS)
        return {BEFORE: place} if end_work(session, appointment, at=clock.now()) else {}
    if target in ENDED_WITHOUT_WORK:
        place = write_place(session, appointment)
        # Feeds show what fell through to those whom it took.
        return {BEFORE: place, "freed": free_resources(session, appointment)}
    if appointment.is_wish and target in HAS_COME:
        place = write_place(session, appointment)
        appointment.is_wish = False
        return {BEFORE: place}
    if before == Status.NO_SHOW:
        place = write_place(session, appointment)
        appointment.work_starts_at = appointment.work_ends_at = appointment.courtesy_car_due_at = None
        return {BEFORE: place}
    return {}
