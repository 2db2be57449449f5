"""What a booking is to take: the place that the rules or the desk give it, or none for the time being."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import clock
from app.localtime import day_bounds, from_minutes, local_date, to_minutes, to_minutes_up
from app.tenancy.queries import WorkshopView
from booking.appointments.loading import Prepared, prepare
from booking.appointments.occupancies import courtesy_car_due_at
from booking.appointments.placing import is_whole_minute, place_for_desk
from booking.appointments.requests import BookingRequest, VisitQuestion
from booking.appointments.set_up import load_set_up
from booking.appointments.slots import OfferedSlot
from booking.availability.engine.anyway import Arrivals
from booking.availability.engine.model import TICK, Placement
from booking.availability.engine.search import place
from booking.errors import InTheWayError, SoftRulesError


@dataclass(frozen=True, slots=True)
class Decided:
    """What a booking takes; nothing without ``placement``. ``passed`` are the soft rules that it passes."""

    prepared: Prepared
    placement: Placement | None
    passed: tuple[str, ...] = ()

    def clocks(self, arrives_at: datetime) -> dict[str, datetime | None]:
        """The times of the visit; without a place it promises no end, and the shortest stands there."""
        placed = self.placement
        if placed is None:
            ready_at = arrives_at + timedelta(minutes=self.prepared.demand.work_minutes)
            return {"arrives_at": arrives_at, "ready_at": ready_at}
        return {
            "arrives_at": from_minutes(placed.arrives_at),
            "work_starts_at": from_minutes(placed.work_starts_at),
            "work_ends_at": from_minutes(placed.work_ends_at),
            "ready_at": from_minutes(placed.ready_at),
            "courtesy_car_due_at": courtesy_car_due_at(placed),
        }


def decide_anyway(session: Session, workshop: WorkshopView, request: BookingRequest) -> Decided:
    """Where the desk places it past the soft rules that it has read, under the workshop's lock.

    Raises what :func:`booking.appointments.placing.place_for_desk` and
    :func:`booking.appointments.loading.prepare` raise.
    """
    prepared = _prepare(session, workshop, request.visit, arrives_at=request.arrives_at)
    anyway = request.anyway or ()
    found = place_for_desk(session, prepared, arrives_at=request.arrives_at, anyway=anyway)
    return Decided(prepared, found.placement, found.passed)


def decide_later(session: Session, workshop: WorkshopView, request: BookingRequest) -> Decided:
    """No place yet. What is promised is an arrival, so the rules of arrivals are asked; of a wish, and of a
    car that is here, nothing.

    Raises SoftRulesError with the rules that the promise passes and ``request.anyway`` lacks,
    InTheWayError for one off the steps of five minutes or past (a wish: before today), or what
    :func:`booking.appointments.loading.prepare` raises.
    """
    prepared = _prepare(session, workshop, request.visit, arrives_at=request.arrives_at)
    today = day_bounds(local_date(clock.now(), workshop.timezone), workshop.timezone)[0]
    if not is_whole_minute(request.arrives_at) or to_minutes(request.arrives_at) % TICK:
        raise InTheWayError("no_slot_time")
    if request.arrives_at < (today if request.is_wish else clock.now()):
        raise InTheWayError("notice")
    if request.is_wish or request.is_here:
        return Decided(prepared, None)
    arrivals = Arrivals(prepared.state, prepared.demand, now=to_minutes_up(clock.now()))
    passed = tuple(arrivals.list_passed(to_minutes(request.arrives_at)))
    if not set(request.anyway or ()).issuperset(passed):
        raise SoftRulesError(passed)
    return Decided(prepared, None, passed)


def find_passed(
    session: Session, workshop: WorkshopView, visit: VisitQuestion, *, wanted_at: datetime
) -> SoftRulesError | None:
    """The soft rules that the desk would pass to place a visit that arrives then; None where that is no help.

    Raises what :func:`booking.appointments.loading.prepare` raises.
    """
    prepared = _prepare(session, workshop, visit, arrives_at=wanted_at)
    try:
        place_for_desk(session, prepared, arrives_at=wanted_at)
    except SoftRulesError as refusal:
        return refusal
    except InTheWayError:
        return None
    return None


def name_courtesy_cars(
    session: Session, workshop: WorkshopView, question: VisitQuestion, *, slots: Sequence[OfferedSlot]
) -> dict[datetime, str]:
    """By arrival, the name of the courtesy car that the visit would take there.

    Raises what :func:`booking.appointments.loading.prepare` raises.
    """
    if not slots:
        return {}
    days = [local_date(slot.arrives_at, workshop.timezone) for slot in slots]
    prepared = prepare(session, workshop, question, first_on=min(days), last_on=max(days))
    set_up = load_set_up(session, workshop, first_on=min(days), last_on=max(days))
    names = {row.id: row.name for row in set_up.resources}
    now = to_minutes_up(clock.now())
    placed = {
        slot.arrives_at: place(
            prepared.state, prepared.demand, arrives_at=to_minutes(slot.arrives_at), now=now
        )
        for slot in slots
    }
    return {
        arrives_at: names[found.courtesy_car.resource_id]
        for arrives_at, found in placed.items()
        if found and found.courtesy_car
    }


def _prepare(
    session: Session, workshop: WorkshopView, visit: VisitQuestion, *, arrives_at: datetime
) -> Prepared:
    """As far as a place past soft rules may reach; whoever books at the desk is bound by no notice."""
    on = local_date(arrives_at, workshop.timezone)
    prepared = prepare(session, workshop, visit, first_on=on, last_on=on, or_anyway=True)
    return replace(prepared, demand=replace(prepared.demand, notice_minutes=0))
