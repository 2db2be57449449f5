"""Booking an appointment: lock, load, ask the engine for exactly this slot, store, tell."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.events import publish
from app.localtime import local_date
from app.security.links import create_link
from app.tenancy.calendar import lock_calendar, lock_calendars, raise_version
from app.tenancy.models import WorkshopCalendar
from app.tenancy.queries import WorkshopView
from booking.appointments.bookings import Decided, decide_anyway, decide_later
from booking.appointments.deciding import decision_ends_at
from booking.appointments.here import arrived_now, decide_here
from booking.appointments.history import PASSED, UNPLANNED, WISHED, record
from booking.appointments.holds import find_held_since, load_held
from booking.appointments.kept_refusals import WishRefusedError, find_refusal, find_wish_under_lock, refuse
from booking.appointments.life_cycle import Status
from booking.appointments.loading import Prepared, prepare
from booking.appointments.models import Appointment, AppointmentLine
from booking.appointments.occupancies import end_hold, occupy
from booking.appointments.operations.change_customer import record_party
from booking.appointments.people import SHOWN_AFTERWARDS, list_workshops_visited
from booking.appointments.placing import place_exactly
from booking.appointments.references import new_reference
from booking.appointments.requests import Actor, BookingRequest, VisitQuestion
from booking.availability.engine.model import Placement
from booking.customers.operations import Party, find_or_create_party
from booking.errors import SlotTakenError
from booking.events import AppointmentBooked, CustomerChanged

MANAGE = "manage"
"""Purpose of the link by which a customer sees and changes an appointment."""


def book_appointment(
    session: Session, *, workshop: WorkshopView, request: BookingRequest, actor: Actor
) -> Appointment:
    """Book exactly this arrival, if the rules of availability offer it now.

    The desk may pass soft rules that it has read, and leave the visit unplanned: nothing is taken then
    (:mod:`booking.appointments.bookings`). A car that stands at the counter is checked in with it
    (:mod:`booking.appointments.here`).

    Takes the locks of :func:`lock_for_booking`, stores customer, vehicle, appointment, lines,
    occupancies, history and the manage link, and publishes AppointmentBooked. The asker's own hold
    becomes the appointment. Where the workshop approves first, an online booking is stored as
    requested. Flushes. Raises SlotTakenError, with the reason, if the slot is not offered (the desk's
    InTheWayError or SoftRulesError are such), or what :func:`booking.appointments.loading.prepare`
    raises for a wrong question.
    """
    calendars = lock_for_booking(session, workshop=workshop, request=request, actor=actor)
    request = arrived_now(request) if request.is_here else request
    decided = _decide(session, workshop, request)
    party = find_or_create_party(
        session,
        garage_id=workshop.garage_id,
        customer=request.customer,
        vehicle=request.vehicle,
        by_staff=actor.kind == "staff",
    )
    _tell_changes(session, party, actor=actor)  # before there is the new visit, whose messages come with it
    appointment = _new_appointment(session, workshop, request, party=party, decided=decided)
    _add_lines(session, appointment, prepared=decided.prepared)
    if request.visit.own_hold_id is not None:
        end_hold(session, garage_id=workshop.garage_id, hold_id=request.visit.own_hold_id)
    if decided.placement is not None:
        occupy(session, appointment, decided.placement)
    create_link(session, garage_id=workshop.garage_id, purpose=MANAGE, subject_id=appointment.id)
    _write_down(session, appointment, request, decided=decided, actor=actor)
    for workshop_id in {workshop.id, *_list_concerned(session, workshop.garage_id, party)}:
        raise_version(calendars[workshop_id])
    session.flush()
    publish(AppointmentBooked(garage_id=workshop.garage_id, appointment_id=appointment.id))
    return appointment


def lock_for_booking(
    session: Session, *, workshop: WorkshopView, request: BookingRequest, actor: Actor
) -> dict[int, WorkshopCalendar]:
    """The workshop's lock, by its id; the whole garage's where the desk has picked a known customer.

    What it then changes of them is shown wherever else they come. All are taken at once, in the one
    order, for a lock taken later could wait for somebody who waits for ours.
    """
    if actor.kind == "staff" and request.customer.seen is not None:
        return lock_calendars(session, workshop.garage_id)
    return {workshop.id: lock_calendar(session, workshop.garage_id, workshop.id)}


def _list_concerned(session: Session, garage_id: int, party: Party) -> list[int]:
    """The workshops whose board or feed shows what has changed of customer or vehicle."""
    if not (party.customer_changed or party.vehicle_changed):
        return []
    return list_workshops_visited(
        session,
        garage_id,
        customer_id=party.customer.id if party.customer_changed else None,
        vehicle_id=party.vehicle.id if party.vehicle_changed else None,
        since=clock.now() - SHOWN_AFTERWARDS,
    )


def _tell_changes(session: Session, party: Party, *, actor: Actor) -> None:
    if actor.kind == "staff":
        record_party(session, party, user_id=actor.user_id)
    if party.customer_changed:
        publish(CustomerChanged(garage_id=party.customer.garage_id, customer_id=party.customer.id))


def _told(request: BookingRequest, decided: Decided) -> dict[str, Any]:
    """What the history keeps: the way it came, the arrival that is known or wished, what it passes."""
    at = WISHED if request.is_wish else "arrives_at"
    passed = {PASSED: list(decided.passed)} if decided.passed else {}
    unplanned = {UNPLANNED: True} if decided.placement is None else {}
    return {"source": request.source, at: request.arrives_at.isoformat()} | passed | unplanned


def _decide(session: Session, workshop: WorkshopView, request: BookingRequest) -> Decided:
    if request.is_unplanned:
        return decide_later(session, workshop, request)
    if request.is_here:
        return decide_here(session, workshop, request)
    if request.anyway is not None:
        return decide_anyway(session, workshop, request)
    return Decided(*find_placement(session, workshop, request.visit, arrives_at=request.arrives_at))


def find_placement(
    session: Session, workshop: WorkshopView, visit: VisitQuestion, *, arrives_at: datetime
) -> tuple[Prepared, Placement]:
    """Where the rules place the visit now; the caller holds the workshop's lock.

    What is held for the asker was offered when they chose it, so notice is then counted from
    there: a kept slot is not lost to the minutes of typing. Raises SlotTakenError, with the reason,
    if the slot is not offered, or what :func:`booking.appointments.loading.prepare` raises.
    """
    held = load_held(session, workshop, except_hold_id=visit.own_hold_id)
    wish = find_wish_under_lock(session, workshop, visit, arrives_at=arrives_at, held=held)
    if wish is not None and (reason := find_refusal(wish)) is not None:
        raise WishRefusedError(wish, reason)
    arrives_on = local_date(arrives_at, workshop.timezone)
    prepared = prepare(session, workshop, visit, first_on=arrives_on, last_on=arrives_on, held=held)
    since = find_held_since(session, workshop.garage_id, visit.own_hold_id, arrives_at=arrives_at)
    if since is not None:
        with suppress(SlotTakenError):
            return prepared, place_exactly(prepared, arrives_at=arrives_at, now=since)
    try:
        return prepared, place_exactly(prepared, arrives_at=arrives_at, now=clock.now())
    except SlotTakenError as refusal:
        if wish is None:
            raise
        raise refuse(wish, refusal.reason) from refusal


def _new_appointment(
    session: Session,
    workshop: WorkshopView,
    request: BookingRequest,
    *,
    party: Party,
    decided: Decided,
) -> Appointment:
    asks_first = decided.prepared.rules.approval and request.source != "desk"
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
        # Told already here, so that taking the place has nothing left to write to this row.
        **decided.clocks(request.arrives_at),
        is_wish=request.is_wish,
        work_minutes=decided.prepared.demand.work_minutes,
        courtesy_car=request.visit.courtesy_car,
        overran_at=None,
        vehicle_class=request.visit.vehicle_class,
        energy=request.visit.energy,
        notes=request.notes,
        expires_at=decision_ends_at(request.arrives_at, asked_at=clock.now()) if asks_first else None,
    )
    session.add(appointment)
    session.flush()
    return appointment


def _write_down(
    session: Session, appointment: Appointment, request: BookingRequest, *, decided: Decided, actor: Actor
) -> None:
    """The history: booked and, where the car is here, checked in: a step that can be taken back as any."""
    record(session, appointment, kind="booked", actor=actor, detail=_told(request, decided))
    if request.is_here:
        before, appointment.status = appointment.status, Status.ARRIVED.value
        record(session, appointment, kind="status", actor=actor, from_status=before)


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
