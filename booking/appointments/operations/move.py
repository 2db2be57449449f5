"""Moving an appointment to another time or place: the new one is taken, or the old one stays."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from app.errors import StaleVersionError
from app.events import publish
from app.tenancy.calendar import lock_calendar, raise_version
from app.tenancy.queries import get_workshop_by_id
from booking.appointments.changing import lock_for_customer
from booking.appointments.history import BEFORE, record
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.moving import MOVABLE, find_place
from booking.appointments.obstacles import find_obstacle
from booking.appointments.occupancies import (
    free_resources,
    list_place_names,
    occupy,
    set_clocks,
    write_place,
)
from booking.appointments.operations.book import decision_ends_at
from booking.appointments.queries import (
    AppointmentView,
    get_appointment,
    get_appointment_view,
)
from booking.appointments.requests import Actor, MoveRequest
from booking.availability.engine.model import Placement
from booking.errors import MoveNotAllowedError, SlotTakenError
from booking.events import AppointmentMoved


def move_online(
    session: Session, *, garage_id: int, appointment_id: int, request: MoveRequest, actor: Actor
) -> Appointment:
    """Move for the customer, under all rules of online booking, until the workshop's limit.

    Services, mode, class, energy, courtesy car and status stay. The same arrival is no change.
    Decided under the workshop's lock. Raises NotFoundError, TooLateToCancelError (with the number
    to phone), or SlotTakenError when the new arrival is not offered; the old place then stands.
    """
    appointment = lock_for_customer(session, garage_id=garage_id, appointment_id=appointment_id)
    if request.arrives_at == appointment.arrives_at:
        return appointment
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
    """Move for the desk, to any time the workshop is open and a bay and technician are free and able.

    Notice, horizon, slot grid, reception, caps, share and drop-off time do not bind the desk. The
    place that stands already is no change. Raises NotFoundError, StaleVersionError,
    MoveNotAllowedError once the car is here, or InTheWayError, which names what is there.
    """
    lock_calendar(session, garage_id, get_appointment(session, garage_id, appointment_id).workshop_id)
    appointment = get_appointment(session, garage_id, appointment_id, fresh=True)
    if appointment.version != version:
        raise StaleVersionError
    if Status(appointment.status) not in MOVABLE:
        raise MoveNotAllowedError
    view = get_appointment_view(session, garage_id, appointment_id)
    if _is_there(view, request):
        return appointment
    return _move(session, view, request, actor=actor)


def _move(session: Session, view: AppointmentView, request: MoveRequest, *, actor: Actor) -> Appointment:
    appointment = view.appointment
    workshop = get_workshop_by_id(session, appointment.garage_id, appointment.workshop_id)
    online = actor.kind != "staff"
    placement = find_place(session, view, request, workshop=workshop, online=online)
    if placement is None:
        raise SlotTakenError if online else find_obstacle(session, view, request)
    raise_version(lock_calendar(session, appointment.garage_id, appointment.workshop_id))
    return _take(session, appointment, placement, actor=actor)


def _take(session: Session, appointment: Appointment, placement: Placement, *, actor: Actor) -> Appointment:
    """Give back, take, write down and tell; the transaction makes it one."""
    from_arrives_at, from_ready_at = appointment.arrives_at, appointment.ready_at
    before, left = write_place(session, appointment), list_place_names(session, appointment)
    free_resources(session, appointment)
    occupy(session, appointment, placement)
    set_clocks(appointment, placement)
    if appointment.status == Status.REQUESTED:
        appointment.expires_at = decision_ends_at(appointment.arrives_at, made_at=appointment.created_at)
    appointment.version += 1
    appointment.updated_at = clock.now()
    session.flush()
    detail = {
        "from": from_arrives_at.isoformat(),
        "to": appointment.arrives_at.isoformat(),
        "left": left,
        "taken": list_place_names(session, appointment),
        BEFORE: before,
    }
    record(session, appointment, kind="moved", actor=actor, from_status=appointment.status, detail=detail)
    session.flush()
    publish(
        AppointmentMoved(
            garage_id=appointment.garage_id,
            appointment_id=appointment.id,
            from_arrives_at=from_arrives_at,
            from_ready_at=from_ready_at,
            to_arrives_at=appointment.arrives_at,
            to_ready_at=appointment.ready_at,
        )
    )
    return appointment


def _is_there(view: AppointmentView, request: MoveRequest) -> bool:
    """Whether the visit has what is asked for: its arrival, and bay and technician where named."""
    if request.arrives_at != view.appointment.arrives_at or not view.places:
        return False
    wanted = {"bay": request.bay_id, "technician": request.technician_id}
    taken = {place.kind: place.resource_id for place in view.places}
    return all(wanted[kind] in {None, taken.get(kind)} for kind in wanted)
