"""Moving an appointment to another time or place: the new one is taken, or the old one stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app import clock
from app.errors import StaleVersionError
from app.events import publish
from app.tenancy.calendar import lock_calendar, raise_version
from app.tenancy.queries import get_workshop_by_id
from booking.appointments.changing import lock_for_customer
from booking.appointments.deciding import decision_ends_at, find_asked_at
from booking.appointments.history import BEFORE, PASSED, WORK_MINUTES, WORK_STARTS, record
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.moving import (
    find_place,
    is_movable,
    is_unplaced,
    may_change_length,
    stays_here,
    work_asked,
)
from booking.appointments.obstacles import find_obstacle
from booking.appointments.occupancies import (
    free_resources,
    list_place_names,
    occupy,
    set_clocks,
    write_place,
)
from booking.appointments.operations.change_status import is_overdue
from booking.appointments.queries import (
    AppointmentView,
    get_appointment,
    get_appointment_view,
)
from booking.appointments.requests import Actor, MoveRequest
from booking.availability.engine.anyway import PlacedAnyway
from booking.errors import (
    InTheWayError,
    MoveNotAllowedError,
    RequestExpiredError,
    SoftRulesError,
    TooLateToCancelError,
)
from booking.events import AppointmentMoved


def move_online(
    session: Session, *, garage_id: int, appointment_id: int, request: MoveRequest, actor: Actor
) -> Appointment:
    """Move for the customer, under all rules of online booking, until the workshop's limit.

    Services, mode, class, energy, courtesy car and status stay. The same arrival is no change. A
    request that moves is asked anew: the workshop has its time to decide from now. Decided under the
    workshop's lock. Raises NotFoundError, TooLateToCancelError (with the number to phone; also for a
    request whose time for an answer is over), or SlotTakenError when the new arrival is not offered;
    the old place then stands.
    """
    appointment = lock_for_customer(session, garage_id=garage_id, appointment_id=appointment_id)
    if request.arrives_at == appointment.arrives_at:
        return appointment
    if is_overdue(appointment):
        raise TooLateToCancelError(get_workshop_by_id(session, garage_id, appointment.workshop_id).phone)
    return _move(session, get_appointment_view(session, garage_id, appointment_id), request, actor=actor)


def move_at_desk(
    session: Session,
    *,
    garage_id: int,
    appointment_id: int,
    request: MoveRequest,
    actor: Actor,
    version: int,
) -> Appointment:
    """Move for the desk, past soft rules where the request names them all; the history keeps which.

    What can matter to the visit is asked: every rule of the place; of those of the arrival each that
    the move breaks anew or further (:class:`booking.availability.engine.anyway.Arrivals`). So another bay
    or technician alone asks nothing about the arrival that the customer was promised, a later one
    nothing about notice. Of a car that is here the work alone is moved; once it has begun, it only becomes
    longer or shorter where it is. The place that stands already is no change. Raises NotFoundError,
    StaleVersionError, MoveNotAllowedError past that (RequestExpiredError for a request whose time for an
    answer is over), SoftRulesError where naming the rules is enough, or InTheWayError, which names the car
    that is there or until when the place is kept for somebody who is just booking online.
    """
    lock_calendar(session, garage_id, get_appointment(session, garage_id, appointment_id).workshop_id)
    appointment = get_appointment(session, garage_id, appointment_id, fresh=True)
    if appointment.version != version:
        raise StaleVersionError
    view = get_appointment_view(session, garage_id, appointment_id)
    if not is_movable(view) and not (may_change_length(view) and _is_length_alone(view, request)):
        raise MoveNotAllowedError
    if _is_there(view, request):
        return appointment
    if is_overdue(appointment):
        raise RequestExpiredError
    return _move(session, view, request, actor=actor)


def _move(session: Session, view: AppointmentView, request: MoveRequest, *, actor: Actor) -> Appointment:
    appointment = view.appointment
    workshop = get_workshop_by_id(session, appointment.garage_id, appointment.workshop_id)
    try:
        found = find_place(session, view, request, workshop=workshop, online=actor.kind != "staff")
    except InTheWayError as refusal:
        if refusal.held_until or isinstance(refusal, SoftRulesError):
            raise
        raise find_obstacle(session, view, request, reason=refusal.reason) from refusal
    raise_version(lock_calendar(session, appointment.garage_id, appointment.workshop_id))
    return _take(session, appointment, found, work_minutes=request.work_minutes, actor=actor)


def _take(
    session: Session,
    appointment: Appointment,
    found: PlacedAnyway,
    *,
    work_minutes: int | None,
    actor: Actor,
) -> Appointment:
    """Give back, take, write down and tell; the transaction makes it one."""
    told, work_before = _as_it_stands(appointment), (appointment.work_starts_at, appointment.work_minutes)
    before, left = write_place(session, appointment), list_place_names(session, appointment)
    free_resources(session, appointment)
    occupy(session, appointment, found.placement)
    set_clocks(appointment, found.placement)
    appointment.is_wish = False
    appointment.work_minutes = work_minutes or appointment.work_minutes
    if appointment.status == Status.REQUESTED:
        _time_decision(session, appointment, actor=actor)
    appointment.version += 1
    appointment.updated_at = clock.now()
    session.flush()
    detail = {
        "from": told.from_arrives_at.isoformat(),
        "to": appointment.arrives_at.isoformat(),
        "left": left,
        "taken": list_place_names(session, appointment),
        PASSED: list(found.passed),
        BEFORE: before,
        **_changed_work(appointment, *work_before),
    }
    record(session, appointment, kind="moved", actor=actor, from_status=appointment.status, detail=detail)
    session.flush()
    publish(replace(told, to_arrives_at=appointment.arrives_at, to_ready_at=appointment.ready_at))
    return appointment


def _as_it_stands(appointment: Appointment) -> AppointmentMoved:
    """The news of a move, before it is made: from where, and as yet to nowhere else."""
    arrives_at, ready_at = appointment.arrives_at, appointment.ready_at
    return AppointmentMoved(
        garage_id=appointment.garage_id,
        appointment_id=appointment.id,
        from_arrives_at=arrives_at,
        from_ready_at=ready_at,
        to_arrives_at=arrives_at,
        to_ready_at=ready_at,
        was_wish=appointment.is_wish,
    )


def _time_decision(session: Session, appointment: Appointment, *, actor: Actor) -> None:
    """A move of the customer asks anew; one of the desk leaves the time that runs."""
    asked_at = find_asked_at(session, appointment) if actor.kind == "staff" else clock.now()
    appointment.expires_at = decision_ends_at(appointment.arrives_at, asked_at=asked_at)


def _changed_work(
    appointment: Appointment, starts_at: datetime | None, minutes: int
) -> dict[str, list[str] | list[int]]:
    """For the history: start and length of the work, before and after, where they are others."""
    now_at, changed = appointment.work_starts_at, {}
    if starts_at is not None and now_at is not None and now_at != starts_at:
        changed[WORK_STARTS] = [starts_at.isoformat(), now_at.isoformat()]
    lengths = (
        {WORK_MINUTES: [minutes, appointment.work_minutes]} if appointment.work_minutes != minutes else {}
    )
    return changed | lengths


def _is_length_alone(view: AppointmentView, request: MoveRequest) -> bool:
    """Whether nothing but another length is asked, from the start that the work has."""
    if request.work_minutes is None or work_asked(view, request) != view.appointment.work_starts_at:
        return False
    return _has_named(view, request)


def _is_there(view: AppointmentView, request: MoveRequest) -> bool:
    """Whether the visit has what is asked for: its arrival, the work where it is, and what is named."""
    appointment = view.appointment
    if is_unplaced(view) or request.work_minutes not in {None, appointment.work_minutes}:
        return False
    if work_asked(view, request) not in {None, appointment.work_starts_at}:
        return False
    is_same_arrival = stays_here(view) or request.arrives_at == appointment.arrives_at
    return is_same_arrival and _has_named(view, request)


def _has_named(view: AppointmentView, request: MoveRequest) -> bool:
    wanted = {
        "bay": request.bay_id,
        "technician": request.technician_id,
        "courtesy_car": request.courtesy_car_id,
    }
    taken = {place.kind: place.resource_id for place in view.places}
    return all(wanted[kind] in {None, taken.get(kind)} for kind in wanted)
