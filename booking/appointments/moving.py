"""What a move asks of the engine: the visit as it was agreed, and what the desk may set aside."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
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
DESK_DAYS = ((-3, 3), (4, 31))
"""Days around a refused time that are looked through for a free place, one range after the other."""


@dataclass(frozen=True, slots=True)
class DeskPlace:
    """A place that is free for the desk: arrival and promise, and where and by whom it would be done."""

    arrives_at: datetime
    ready_at: datetime
    bay_id: int
    technician_id: int

    def is_at(self, arrives_at: datetime, resource_ids: Collection[int]) -> bool:
        """Whether it is that arrival on those resources."""
        return self.arrives_at == arrives_at and {self.bay_id, self.technician_id} <= set(resource_ids)


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


def list_nearest_for_desk(
    session: Session, view: AppointmentView, request: MoveRequest, *, workshop: WorkshopView
) -> list[DeskPlace]:
    """Up to three free places near one that was refused, in order of time.

    The wanted time on another bay or with another technician; the last free arrival before it and
    the first after it, where bay and technician are those that were named. Where those have none,
    whoever is free; where three days hold nothing, the next four weeks. Never the present place,
    nothing past.
    """
    wanted_on = local_date(max(request.arrives_at, clock.now()), workshop.timezone)
    here = {place.resource_id for place in view.places}
    for first, last in DESK_DAYS:
        dates = wanted_on + timedelta(days=first), wanted_on + timedelta(days=last)
        prepared = prepare(
            session,
            workshop,
            visit_of(view, online=False),
            first_on=dates[0],
            last_on=dates[1],
            except_appointment_id=view.id,
        )
        present = to_minutes(view.appointment.arrives_at)
        places = _search_for_desk(prepared, request, dates=dates, present=present)
        found = [each for each in places if not each.is_at(view.appointment.arrives_at, here)]
        if found:
            return found
    return []


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


def _search_for_desk(
    prepared: Prepared, request: MoveRequest, *, dates: tuple[date, date], present: int
) -> list[DeskPlace]:
    """What is free on the dates: as asked, else anybody; the wanted time itself with anybody."""
    asked = for_desk(prepared, bay_id=request.bay_id, technician_id=request.technician_id)
    anybody = for_desk(prepared)
    wanted, now = to_minutes(request.arrives_at), to_minutes_up(clock.now())
    found = []
    if dates[0] <= local_date(request.arrives_at, prepared.state.hours.timezone) <= dates[1]:
        found.append(place(anybody.state, anybody.demand, arrives_at=wanted, now=now))
    for each in (asked, anybody):
        slots = list_slots(each.state, each.demand, first_on=dates[0], last_on=dates[1], now=now)
        near = _around([slot.arrives_at for slot in slots], wanted, present)
        found += [place(each.state, each.demand, arrives_at=arrives_at, now=now) for arrives_at in near]
        if near:
            break
    places = dict.fromkeys(_desk_place(each) for each in found if each)
    return sorted(places, key=lambda each: each.arrives_at)


def _around(arrivals: Iterable[int], wanted: int, present: int) -> list[int]:
    """The last arrival before the wanted one and the first after it, the present one left out."""
    others = sorted(set(arrivals) - {wanted, present})
    before = [each for each in others if each < wanted]
    return before[-1:] + others[len(before) : len(before) + 1]


def _desk_place(placement: Placement) -> DeskPlace:
    return DeskPlace(
        arrives_at=from_minutes(placement.arrives_at),
        ready_at=from_minutes(placement.ready_at),
        bay_id=placement.bay.resource_id,
        technician_id=placement.technician.resource_id,
    )


def _start_of_today(workshop: WorkshopView) -> datetime:
    """The desk also writes down what has happened earlier today."""
    return day_bounds(local_date(clock.now(), workshop.timezone), workshop.timezone)[0]
