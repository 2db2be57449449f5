"""What a move asks of the engine: the visit as it was agreed, and what the desk may set aside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy.orm import Session

from app import clock
from app.localtime import day_bounds, from_minutes, local_date, to_minutes, to_minutes_up
from app.tenancy.queries import WorkshopView
from booking.appointments.holds import ONLINE_SOURCES
from booking.appointments.life_cycle import Status
from booking.appointments.loading import Prepared, prepare
from booking.appointments.placing import place_exactly, place_for_desk
from booking.appointments.queries import AppointmentView
from booking.appointments.requests import MoveRequest, VisitQuestion
from booking.appointments.slots import OfferedSlot, list_nearest
from booking.availability.engine.anyway import ANYBODY, Arrivals, Named, PlacedAnyway, only
from booking.availability.engine.model import TICK, Demand, Mode, Placement, Workshop
from booking.availability.engine.search import list_slots, place

MOVABLE = frozenset({Status.REQUESTED, Status.CONFIRMED})
"""States before the car is here; from then on the visit takes place where it is."""

HERE = frozenset({Status.ARRIVED, Status.IN_PROGRESS, Status.WAITING_PARTS})
"""States of a car that is here and not done: it is moved only while it has no place."""

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


def is_unplaced(view: AppointmentView) -> bool:
    """Whether the visit takes no bay: never planned, or given up when nobody came."""
    return view.place("bay") is None


def is_movable(view: AppointmentView) -> bool:
    """Whether the desk may give the visit another place, or one at all."""
    return view.status in MOVABLE or (view.status in HERE and is_unplaced(view))


def visit_of(view: AppointmentView, *, online: bool) -> VisitQuestion:
    """The visit to find another time for: its services, mode, class, energy and car, and its length.

    What was agreed stands, also when the catalogue has changed since. ``online``: it counts as online
    work, under the day's share.
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


def is_online_work(view: AppointmentView) -> bool:
    """Whether the visit came online, and so counts under the online share of its day."""
    return view.appointment.source in ONLINE_SOURCES


def find_place(
    session: Session, view: AppointmentView, request: MoveRequest, *, workshop: WorkshopView, online: bool
) -> PlacedAnyway:
    """Where the visit would lie at the wanted arrival, its present place counted as free.

    ``online`` asks under all rules of online booking. The desk may name bay and technician and pass
    the soft rules that it has read; it also writes down what has happened earlier today. To a car that
    is here rules of its arrival mean nothing. Raises
    SlotTakenError with the reason online; for the desk what
    :func:`booking.appointments.placing.place_for_desk` raises.
    """
    arrives_on = local_date(request.arrives_at, workshop.timezone)
    prepared = prepare(
        session,
        workshop,
        visit_of(view, online=online or is_online_work(view)),
        first_on=arrives_on,
        last_on=arrives_on,
        except_appointment_id=view.id,
        or_anyway=not online,
    )
    if view.status in HERE:
        prepared = without_arrival_rules(prepared)
    if online:
        return PlacedAnyway(place_exactly(prepared, arrives_at=request.arrives_at, now=clock.now()))
    return place_for_desk(
        session,
        prepared,
        arrives_at=request.arrives_at,
        anyway=request.anyway,
        named=request.named,
        stands_at=_promised_at(view),
        since=_start_of_today(workshop),
    )


def _promised_at(view: AppointmentView) -> datetime | None:
    """The arrival that stands, so that its rules are not asked again; nobody has agreed to a mere wish."""
    return None if view.appointment.is_wish else view.appointment.arrives_at


def without_arrival_rules(prepared: Prepared) -> Prepared:
    """The same question for a car that is here already; steps of five minutes stay."""
    rules = replace(prepared.state.rules, slot_minutes=TICK, arrivals_per_slot=0, drop_off_until=None)
    demand = replace(prepared.demand, notice_minutes=0, caps=(), online=False)
    return replace(prepared, state=replace(prepared.state, rules=rules), demand=demand)


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
    """Up to three free places near one that was refused, in order of time; none passes a soft rule.

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
            visit_of(view, online=is_online_work(view)),
            first_on=dates[0],
            last_on=dates[1],
            except_appointment_id=view.id,
            or_anyway=True,
        )
        prepared = without_arrival_rules(prepared) if view.status in HERE else prepared
        promised_at = _promised_at(view)
        stands_at = to_minutes(promised_at) if promised_at else None
        places = _search_for_desk(prepared, request, dates=dates, stands_at=stands_at)
        found = [each for each in places if not each.is_at(view.appointment.arrives_at, here)]
        if found:
            return found
    return []


def _search_for_desk(
    prepared: Prepared, request: MoveRequest, *, dates: tuple[date, date], stands_at: int | None
) -> list[DeskPlace]:
    """What is free on the dates: as asked, else anybody; the wanted time itself with anybody."""
    wanted, now = to_minutes(request.arrives_at), to_minutes_up(clock.now())
    arrivals = Arrivals(prepared.state, prepared.demand, now=now, stands_at=stands_at)
    found = []
    if dates[0] <= local_date(request.arrives_at, prepared.state.hours.timezone) <= dates[1]:
        found.append(_place_within(prepared, arrivals, arrives_at=wanted, now=now))
    for whom in (request.named, ANYBODY):
        state, demand = at_any_arrival(prepared, whom)
        slots = list_slots(state, demand, first_on=dates[0], last_on=dates[1], now=now)
        offered = [slot.arrives_at for slot in slots if slot.arrives_at not in {wanted, stands_at}]
        near = _around(offered, wanted, arrivals)
        found += [place(state, demand, arrives_at=arrives_at, now=now) for arrives_at in near]
        if near:
            break
    places = dict.fromkeys(desk_place(each) for each in found if each)
    return sorted(places, key=lambda each: each.arrives_at)


def _place_within(prepared: Prepared, arrivals: Arrivals, *, arrives_at: int, now: int) -> Placement | None:
    """The visit at that arrival, done by anybody, if that passes no soft rule."""
    if arrivals.list_passed(arrives_at):
        return None
    state, demand = at_any_arrival(prepared, ANYBODY)
    at_any_tick = replace(state, rules=replace(state.rules, slot_minutes=TICK))
    return place(at_any_tick, demand, arrives_at=arrives_at, now=now)


def at_any_arrival(prepared: Prepared, named: Named) -> tuple[Workshop, Demand]:
    """The same question without the rules of the arrival but the grid, to those that are named."""
    state = only(prepared.state, named)
    rules = replace(state.rules, horizon_days=DESK_HORIZON_DAYS, arrivals_per_slot=0, drop_off_until=None)
    demand = replace(prepared.demand, notice_minutes=0, caps=(), online=False)
    return replace(state, rules=rules), demand


def _around(offered: Sequence[int], wanted: int, arrivals: Arrivals) -> list[int]:
    """The last arrival before the wanted one and the first after it that pass no soft rule."""
    before = (each for each in reversed(offered) if each < wanted)
    after = (each for each in offered if each > wanted)
    nearest = (
        next((each for each in side if not arrivals.list_passed(each)), None) for side in (before, after)
    )
    return [each for each in nearest if each is not None]


def desk_place(placement: Placement) -> DeskPlace:
    return DeskPlace(
        arrives_at=from_minutes(placement.arrives_at),
        ready_at=from_minutes(placement.ready_at),
        bay_id=placement.bay.resource_id,
        technician_id=placement.technician.resource_id,
    )


def _start_of_today(workshop: WorkshopView) -> datetime:
    """The desk also writes down what has happened earlier today."""
    return day_bounds(local_date(clock.now(), workshop.timezone), workshop.timezone)[0]
