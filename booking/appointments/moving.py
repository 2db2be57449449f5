"""What a move asks of the engine: the visit as it was agreed, and what the desk may set aside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import cast

from sqlalchemy.orm import Session

from app import clock
from app.localtime import at_same_time, day_bounds, from_minutes, local_date, to_local, to_minutes
from app.tenancy.queries import WorkshopView
from booking.appointments.holds import ONLINE_SOURCES
from booking.appointments.lengths import next_tick
from booking.appointments.life_cycle import Status
from booking.appointments.loading import Prepared, prepare
from booking.appointments.models import Appointment
from booking.appointments.placing import place_exactly, place_for_desk
from booking.appointments.queries import AppointmentView
from booking.appointments.requests import MoveRequest, VisitQuestion
from booking.availability.engine.anyway import Named, PlacedAnyway, only
from booking.availability.engine.model import TICK, Demand, Mode, Placement, Row, Workshop

MOVABLE = frozenset({Status.REQUESTED, Status.CONFIRMED})
"""States before the car is here; from then on the visit takes place where it is."""

HERE = frozenset({Status.ARRIVED, Status.IN_PROGRESS, Status.WAITING_PARTS})
"""States of a car that is here and not done: its arrival is a fact, and only its work is moved."""

BEGUN = HERE - {Status.ARRIVED}
"""States of work that has begun: it stays where it is, and may only become longer or shorter."""

LONGER_HERE = 30
"""Open days that a car may stay that is here: no promise of its services sends it home undone."""

DESK_HORIZON_DAYS = 3660


@dataclass(frozen=True, slots=True)
class DeskPlace:
    """A place that is free for the desk: arrival and promise; when, where and by whom it would be done.

    ``rows`` are what it would take, turnaround and courtesy car included.
    """

    arrives_at: datetime
    ready_at: datetime
    bay_id: int
    technician_id: int
    works_at: datetime
    rows: tuple[Row, ...] = field(default=(), compare=False)

    def is_at(self, arrives_at: datetime, resource_ids: Collection[int]) -> bool:
        """Whether it is that arrival on those resources."""
        return self.arrives_at == arrives_at and {self.bay_id, self.technician_id} <= set(resource_ids)


def is_unplaced(view: AppointmentView) -> bool:
    """Whether the visit takes no bay: never planned, or given up when nobody came."""
    return view.place("bay") is None


def is_day_alone(appointment: Appointment, timezone: str) -> bool:
    """Whether a day is wished, at any time: stored as its first instant."""
    return appointment.is_wish and to_local(appointment.arrives_at, timezone).time() == time()


def is_movable(view: AppointmentView) -> bool:
    """Whether the desk may give the visit another place, or one at all: until its work has begun."""
    return view.status in MOVABLE | (HERE - BEGUN) or (view.status in HERE and is_unplaced(view))


def may_change_length(view: AppointmentView) -> bool:
    """Whether the desk may make the work longer or shorter: of what is placed, until it is done."""
    return not is_unplaced(view) and (is_movable(view) or view.status == Status.IN_PROGRESS)


def stays_here(view: AppointmentView) -> bool:
    """Whether the car is here and has its place: a move is then one of its work alone."""
    return view.status in HERE and not is_unplaced(view)


def work_asked(view: AppointmentView, request: MoveRequest) -> datetime | None:
    """When the work is to start, if that is asked; of a car that is here any time is one of its work."""
    return request.works_at or (request.arrives_at if stays_here(view) else None)


def arrival_for(view: AppointmentView, works_at: datetime, *, timezone: str) -> datetime:
    """The arrival that goes with a start of the work, where none was said.

    Who waits arrives when the work starts. Who leaves the car comes as was agreed while the work stays on
    its day and does not start before; on another day at the same time of the clock, or
    now. Never after the start.
    """
    appointment = view.appointment
    arrives_at = appointment.arrives_at
    if view.status in HERE:
        return works_at if is_unplaced(view) else arrives_at
    if appointment.mode == "wait":
        return works_at
    on = local_date(works_at, timezone)
    days = {local_date(arrives_at, timezone)}
    if appointment.work_starts_at is not None and not is_unplaced(view):
        days.add(local_date(appointment.work_starts_at, timezone))
    if on in days:
        wanted = arrives_at
    else:
        wanted = max(at_same_time(arrives_at, on, timezone=timezone), next_tick(clock.now()))
    return works_at if is_day_alone(appointment, timezone) else min(wanted, works_at)


def visit_of(view: AppointmentView, *, online: bool, work_minutes: int | None = None) -> VisitQuestion:
    """The visit to find another time for: its services, mode, class, energy and car, and its length.

    What was agreed stands, also when the catalogue has changed since. ``online``: it counts as online
    work, under the day's share. ``work_minutes`` is another length.
    """
    appointment = view.appointment
    return VisitQuestion(
        service_codes=tuple(line.code for line in view.lines),
        mode=cast("Mode", appointment.mode),
        vehicle_class=appointment.vehicle_class,
        energy=appointment.energy,
        courtesy_car=appointment.courtesy_car,
        online=online,
        agreed_minutes=work_minutes or appointment.work_minutes,
        further_stay_days=LONGER_HERE if view.status in HERE else 0,
    )


def is_online_work(view: AppointmentView) -> bool:
    """Whether the visit came online, and so counts under the online share of its day."""
    return view.appointment.source in ONLINE_SOURCES


def find_place(
    session: Session, view: AppointmentView, request: MoveRequest, *, workshop: WorkshopView, online: bool
) -> PlacedAnyway:
    """Where the visit would lie at the wanted arrival, its present place counted as free.

    ``online`` asks under all rules of online booking. The desk may name bay, technician and the start of
    the work, and pass the soft rules that it has read; it also writes down what has happened earlier today.
    To a car that is here rules of its arrival mean nothing, and its arrival stands. What was promised
    stands as long as it can be kept. Raises SlotTakenError with the reason online; for the desk what
    :func:`booking.appointments.placing.place_for_desk` raises.
    """
    works_at = work_asked(view, request)
    arrives_at = works_at if works_at is not None and stays_here(view) else request.arrives_at
    arrives_on = local_date(arrives_at, workshop.timezone)
    prepared = prepare(
        session,
        workshop,
        visit_of(view, online=online or is_online_work(view), work_minutes=request.work_minutes),
        first_on=arrives_on,
        last_on=arrives_on,
        except_appointment_id=view.id,
        or_anyway=not online,
    )
    if view.status in HERE:
        prepared = without_arrival_rules(prepared)
    if online:
        found = PlacedAnyway(place_exactly(prepared, arrives_at=arrives_at, now=clock.now()))
    else:
        found = place_for_desk(
            session,
            prepared,
            arrives_at=arrives_at,
            anyway=request.anyway,
            choices=choices_of(view, replace(request, works_at=works_at)),
            stands_at=promised_at(view),
            since=_earliest(view, arrives_at, workshop),
        )
    return replace(found, placement=_kept(view, found.placement))


def choices_of(view: AppointmentView, request: MoveRequest) -> tuple[Named, ...]:
    """Whom and what alone the move will have, the dearest first; a courtesy car that is out stays out."""
    taken = {place.kind: place.resource_id for place in view.places}
    named = request.named
    if view.appointment.is_car_out:
        named = replace(named, courtesy_car_id=taken.get("courtesy_car"))
    if not request.keeps_team:
        return (named,)
    kept = replace(
        named,
        bay_id=named.bay_id or taken.get("bay"),
        technician_id=named.technician_id or taken.get("technician"),
        courtesy_car_id=named.courtesy_car_id or taken.get("courtesy_car"),
    )
    return (kept, named) if kept != named else (named,)


def promised_at(view: AppointmentView) -> datetime | None:
    """The arrival that stands, so that its rules are not asked again; nobody has agreed to a mere wish."""
    return None if view.appointment.is_wish else view.appointment.arrives_at


def _kept(view: AppointmentView, placement: Placement) -> Placement:
    """The placement with what stands all the same: arrival and loan of a car that is here; the promise."""
    appointment = view.appointment
    if is_unplaced(view):
        return placement
    if view.status in HERE:
        placement = replace(placement, arrives_at=to_minutes(appointment.arrives_at))
        lent = view.place("courtesy_car")
        if placement.courtesy_car and lent:
            row = placement.courtesy_car
            ends_at = max(row.ends_at, to_minutes(lent.ends_at)) if appointment.is_car_out else row.ends_at
            placement = replace(
                placement, courtesy_car=Row(row.resource_id, to_minutes(lent.starts_at), ends_at)
            )
    if appointment.is_wish or placement.arrives_at != to_minutes(appointment.arrives_at):
        return placement
    return replace(placement, ready_at=max(placement.ready_at, to_minutes(appointment.ready_at)))


def without_arrival_rules(prepared: Prepared) -> Prepared:
    """The same question for a car that is here already; steps of five minutes stay."""
    rules = replace(prepared.state.rules, slot_minutes=TICK, arrivals_per_slot=0, drop_off_until=None)
    demand = replace(prepared.demand, notice_minutes=0, caps=(), online=False)
    return replace(prepared, state=replace(prepared.state, rules=rules), demand=demand)


def at_any_arrival(prepared: Prepared, named: Named) -> tuple[Workshop, Demand]:
    """The same question without the rules of the arrival but the grid, to those that are named."""
    state = only(prepared.state, named)
    rules = replace(state.rules, horizon_days=DESK_HORIZON_DAYS, arrivals_per_slot=0, drop_off_until=None)
    demand = replace(prepared.demand, notice_minutes=0, caps=(), online=False)
    return replace(state, rules=rules), demand


def desk_place(placement: Placement) -> DeskPlace:
    return DeskPlace(
        arrives_at=from_minutes(placement.arrives_at),
        ready_at=from_minutes(placement.ready_at),
        bay_id=placement.bay.resource_id,
        technician_id=placement.technician.resource_id,
        works_at=from_minutes(placement.work_starts_at),
        rows=tuple(filter(None, (placement.bay, placement.technician, placement.courtesy_car))),
    )


def _earliest(view: AppointmentView, arrives_at: datetime, workshop: WorkshopView) -> datetime:
    """The desk also writes down what has happened earlier today; work that has begun began when it did."""
    today = day_bounds(local_date(clock.now(), workshop.timezone), workshop.timezone)[0]
    starts_at = view.appointment.work_starts_at
    return min(today, arrives_at) if stays_here(view) and arrives_at == starts_at else today
