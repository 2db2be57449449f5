"""Booking an appointment: lock, load, ask the engine for exactly this slot, store, tell."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import clock
from app.events import publish
from app.localtime import from_minutes, local_date, to_minutes, to_minutes_up
from app.security.links import create_link
from app.tenancy.calendar import lock_calendar, raise_version
from app.tenancy.queries import WorkshopView
from booking.appointments.history import record
from booking.appointments.life_cycle import Status
from booking.appointments.loading import Prepared, prepare
from booking.appointments.models import Appointment, AppointmentLine
from booking.appointments.occupancies import occupy
from booking.appointments.references import new_reference
from booking.appointments.requests import Actor, BookingRequest
from booking.availability.engine.model import Placement
from booking.availability.engine.search import place
from booking.customers.operations import Party, find_or_create_party
from booking.errors import SlotTakenError
from booking.events import AppointmentBooked

MANAGE = "manage"
"""Purpose of the link by which a customer sees and changes an appointment."""

DECIDE_WITHIN = timedelta(hours=24)
DECIDE_BEFORE_ARRIVAL = timedelta(hours=2)


def book_appointment(
    session: Session, *, workshop: WorkshopView, request: BookingRequest, actor: Actor
) -> Appointment:
    """Book exactly this arrival, if the rules of availability offer it now.

    Takes the workshop's lock, stores customer, vehicle, appointment, lines, occupancies, history
    and the manage link, and publishes AppointmentBooked. Where the workshop approves first, an
    online booking is stored as requested. Flushes. Raises SlotTakenError if the slot is not
    offered, or what :func:`booking.appointments.loading.prepare` raises for a wrong question.
    """
    calendar = lock_calendar(session, workshop.garage_id, workshop.id)
    prepared, placement = _place(session, workshop, request)
    party = find_or_create_party(
        session,
        garage_id=workshop.garage_id,
        customer=request.customer,
        vehicle=request.vehicle,
        by_staff=actor.kind == "staff",
    )
    appointment = _new_appointment(
        session, workshop, request, party=party, prepared=prepared, placement=placement
    )
    _add_lines(session, appointment, prepared=prepared)
    occupy(session, appointment, placement)
    create_link(session, garage_id=workshop.garage_id, purpose=MANAGE, subject_id=appointment.id)
    record(session, appointment, kind="booked", actor=actor, detail=_told(request))
    raise_version(calendar)
    _tell_other_workshops(session, workshop, party)
    session.flush()
    publish(AppointmentBooked(garage_id=workshop.garage_id, appointment_id=appointment.id))
    return appointment


def _told(request: BookingRequest) -> dict[str, str]:
    """What the history keeps: the way it came, and the arrival that the customer knows of."""
    return {"source": request.source, "arrives_at": request.arrives_at.isoformat()}


def _place(session: Session, workshop: WorkshopView, request: BookingRequest) -> tuple[Prepared, Placement]:
    arrives_on = local_date(request.arrives_at, workshop.timezone)
    prepared = prepare(session, workshop, request.visit, first_on=arrives_on, last_on=arrives_on)
    if request.arrives_at.second or request.arrives_at.microsecond:
        raise SlotTakenError
    placement = place(
        prepared.state,
        prepared.demand,
        arrives_at=to_minutes(request.arrives_at),
        now=to_minutes_up(clock.now()),
    )
    if placement is None:
        raise SlotTakenError
    return prepared, placement


def _new_appointment(
    session: Session,
    workshop: WorkshopView,
    request: BookingRequest,
    *,
    party: Party,
    prepared: Prepared,
    placement: Placement,
) -> Appointment:
    asks_first = prepared.rules.approval and request.source != "desk"
    appointment = Appointment(
        garage_id=workshop.garage_id,
        workshop_id=workshop.id,
        customer_id=party.customer.id,
        vehicle_id=party.vehicle.id,
        reference=new_reference(session, workshop.garage_id),
        status=(Status.REQUESTED if asks_first else Status.CONFIRMED).value,
        mode=request.visit.mode,
        source=request.source,
        locale=request.customer.locale,
        arrives_at=from_minutes(placement.arrives_at),
        work_starts_at=from_minutes(placement.work_starts_at),
        work_ends_at=from_minutes(placement.work_ends_at),
        ready_at=from_minutes(placement.ready_at),
        work_minutes=prepared.demand.work_minutes,
        courtesy_car=request.visit.courtesy_car,
        vehicle_class=request.visit.vehicle_class,
        energy=request.visit.energy,
        notes=request.notes,
        expires_at=decision_ends_at(request.arrives_at, made_at=clock.now()) if asks_first else None,
    )
    session.add(appointment)
    session.flush()
    return appointment


def _tell_other_workshops(session: Session, workshop: WorkshopView, party: Party) -> None:
    """Raise the version of the garage's other workshops that show a visit of who or what has changed.

    Two bookings that change the same car at two workshops may wait for each other here; the
    database ends one of them, and its caller tries once more.
    """
    shows = [Appointment.customer_id == party.customer.id] if party.customer_changed else []
    shows += [Appointment.vehicle_id == party.vehicle.id] if party.vehicle_changed else []
    if not shows:
        return
    others = session.scalars(
        select(Appointment.workshop_id)
        .where(
            Appointment.garage_id == workshop.garage_id,
            Appointment.workshop_id != workshop.id,
            or_(*shows),
        )
        .distinct()
        .order_by(Appointment.workshop_id)
    )
    for workshop_id in others.all():
        raise_version(lock_calendar(session, workshop.garage_id, workshop_id))


def decision_ends_at(arrives_at: datetime, *, made_at: datetime) -> datetime:
    """24 hours after a request was made or 2 hours before arrival, the earlier; past that, at arrival."""
    ends_at = min(made_at + DECIDE_WITHIN, arrives_at - DECIDE_BEFORE_ARRIVAL)
    return ends_at if ends_at > clock.now() else arrives_at


def _add_lines(session: Session, appointment: Appointment, *, prepared: Prepared) -> None:
    for position, service in enumerate(prepared.service_types):
        minutes = service.minutes_by_class.get(appointment.vehicle_class or "", service.minutes)
        session.add(
            AppointmentLine(
                garage_id=appointment.garage_id,
                appointment_id=appointment.id,
                service_type_id=service.id,
                minutes=minutes,
                price_from_cents=service.price_from_cents,
                position=position,
            )
        )
