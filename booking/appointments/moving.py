"""What a move asks of the engine: the visit as it was agreed, and what the desk may set aside."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy.orm import Session

from app import clock
from app.localtime import day_bounds, from_minutes, local_date, to_minutes, to_minutes_up
from app.tenancy.queries import WorkshopView
from booking.appointments.life_cycle import Status
from booking.appointments.loading import Prepared, prepare
from booking.appointments.queries import AppointmentView
from booking.appointments.requests import MoveRequest, VisitQuestion
from booking.appointments.slots import OfferedSlot, list_nearest
from booking.availability.engine.model import TICK, Mode, Placement
from booking.availability.engine.search import list_slots, place

MOVABLE = frozenset({Status.REQUESTED, Status.CONFIRMED})
"""States before the car is here; from then on the visit takes place where it is."""

DESK_HORIZON_DAYS = 3660
DESK_REACH = timedelta(days=3)
"""How far either side of a refused time the desk is told the nearest free place."""


def visit_of(view: AppointmentView, *, online: bool) -> VisitQuestion:
    """The visit to find another time for: its services, mode, class, energy and car, and its length.

    What was agreed stands, also when the catalogue has changed since.
    """
    appointment = view.appointment
    return VisitQuestion(
        service_codes=tuple(line.code for line in view.lines),
        mode=cast("Mode", appointment.mode),
        vehicle_class=appointment.vehicle_class,
        energy=appointment.energy,
        courtesy_car=appointment.courtesy_car,
        online=online,
        agreed_minutes=appointment.work_minutes,
    )


def find_place(
    session: Session, view: AppointmentView, request: MoveRequest, *, workshop: WorkshopView, online: bool
) -> Placement | None:
    """Where the visit would lie at the wanted arrival, its present place counted as free; or None.

    ``online`` asks under all rules of online booking; the desk's question goes past notice,
    horizon, grid, reception, caps, share and drop-off time, and may name bay and technician.
    """
    if request.arrives_at.second or request.arrives_at.microsecond:
        return None
    arrives_on = local_date(request.arrives_at, workshop.timezone)
    prepared = prepare(
        session,
        workshop,
        visit_of(view, online=online),
        first_on=arrives_on,
        last_on=arrives_on,
        except_appointment_id=view.id,
    )
    now = clock.now()
    if not online:
        prepared = for_desk(prepared, bay_id=request.bay_id, technician_id=request.technician_id)
        now = _start_of_today(workshop)
    return place(
        prepared.state, prepared.demand, arrives_at=to_minutes(request.arrives_at), now=to_minutes_up(now)
    )


def list_nearest_for(
    session: Session, workshop: WorkshopView, view: AppointmentView, *, wanted_at: datetime
) -> list[OfferedSlot]:
    """Up to three other arrivals offered online for the same visit, near a wanted one."""
    return list_nearest(
        session,
        workshop,
        visit_of(view, online=True),
        wanted_at=wanted_at,
        except_appointment_id=view.id,
        not_at=view.appointment.arrives_at,
    )


def find_nearest_for_desk(
    session: Session, view: AppointmentView, request: MoveRequest, *, workshop: WorkshopView
) -> OfferedSlot | None:
    """The free place nearest to a wanted one, with the same bay and technician where they were named."""
    wanted_on = local_date(max(request.arrives_at, clock.now()), workshop.timezone)
    first_on, last_on = wanted_on - DESK_REACH, wanted_on + DESK_REACH
    question = visit_of(view, online=False)
    prepared = for_desk(
        prepare(
            session, workshop, question, first_on=first_on, last_on=last_on, except_appointment_id=view.id
        ),
        bay_id=request.bay_id,
        technician_id=request.technician_id,
    )
    slots = list_slots(
        prepared.state,
        prepared.demand,
        first_on=first_on,
        last_on=last_on,
        now=to_minutes_up(clock.now()),
    )
    wanted = to_minutes(request.arrives_at)
    best = min(slots, key=lambda slot: (abs(slot.arrives_at - wanted), slot.arrives_at), default=None)
    return OfferedSlot(from_minutes(best.arrives_at), from_minutes(best.ready_at)) if best else None


def for_desk(prepared: Prepared, *, bay_id: int | None = None, technician_id: int | None = None) -> Prepared:
    """The same question asked by the desk: hard rules, hours, skills and equipment stay.

    A named bay or technician is the only one that may take the visit.
    """
    state = prepared.state
    rules = replace(
        state.rules,
        slot_minutes=TICK,
        notice_minutes=0,
        horizon_days=DESK_HORIZON_DAYS,
        arrivals_per_slot=0,
        drop_off_until=None,
    )
    bays = tuple(bay for bay in state.bays if bay_id in {None, bay.id})
    technicians = tuple(each for each in state.technicians if technician_id in {None, each.id})
    return replace(
        prepared,
        state=replace(state, rules=rules, bays=bays, technicians=technicians),
        demand=replace(prepared.demand, notice_minutes=0, caps=(), online=False),
    )


def _start_of_today(workshop: WorkshopView) -> datetime:
    """The desk also writes down what has happened earlier today."""
    return day_bounds(local_date(clock.now(), workshop.timezone), workshop.timezone)[0]
