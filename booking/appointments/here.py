"""A car that stands at the counter: the next places for its work, and the one that a booking takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app import clock
from app.localtime import local_date, to_minutes
from app.tenancy.queries import WorkshopView
from booking.appointments.bookings import Decided
from booking.appointments.lengths import next_tick
from booking.appointments.loading import Prepared, prepare
from booking.appointments.moving import LONGER_HERE, without_arrival_rules
from booking.appointments.placing import place_for_desk
from booking.appointments.requests import BookingRequest, VisitQuestion
from booking.appointments.slots import ALTERNATIVES, OfferedSlot, list_next
from booking.availability.engine.anyway import Named, place_within
from booking.availability.engine.here import list_next_works
from booking.availability.engine.model import Placement
from booking.errors import InTheWayError


@dataclass(frozen=True, slots=True)
class PlacesHere:
    """What there is for a car at the counter, in order of time.

    ``here`` are places for a car that stays, from now on or once its turn comes; ``later`` are arrivals of
    somebody who wants to wait and comes back. ``refusal`` says why the work cannot begin now, where it
    cannot: with soft rules, what the desk would pass.
    """

    here: tuple[Placement, ...]
    later: tuple[OfferedSlot, ...] = ()
    refusal: InTheWayError | None = None


def list_places_here(session: Session, workshop: WorkshopView, question: VisitQuestion) -> PlacesHere:
    """The next three places from now on for a car that is here.

    Who leaves the car has the next three starts of the work; who waits has the present, if the work can
    begin within five minutes, and the next arrivals that are offered. Of the rules of an arrival none is
    asked for what begins here. Raises what :func:`booking.appointments.loading.prepare` raises.
    """
    arrives_at = next_tick(clock.now())
    prepared = _prepare(session, workshop, question, arrives_at=arrives_at)
    asked = without_arrival_rules(prepared)
    step = prepared.state.rules.slot_minutes
    found = list_next_works(
        asked.state, asked.demand, arrives_at=to_minutes(arrives_at), step=step, most=ALTERNATIVES
    )
    begins_now = bool(found) and found[0].work_starts_at == to_minutes(arrives_at)
    refusal = None if begins_now else _why_not_now(session, asked, arrives_at=arrives_at)
    if question.mode != "wait":
        return PlacesHere(tuple(found), refusal=refusal)
    today = local_date(arrives_at, workshop.timezone)
    slots = [
        slot
        for slot in list_next(session, workshop, question, first_on=today)
        if slot.arrives_at > arrives_at
    ]
    return PlacesHere(tuple(found), later=tuple(slots[: ALTERNATIVES - len(found)]), refusal=refusal)


def decide_here(session: Session, workshop: WorkshopView, request: BookingRequest) -> Decided:
    """The place that a car takes which is here: the work from ``request.works_at``, or now if that is past.

    The caller holds the workshop's lock. Raises InTheWayError with the reason where that is not free any
    more, or SoftRulesError where the place passes rules that ``request.anyway`` does not name.
    """
    works_at = max(request.works_at or request.arrives_at, request.arrives_at)
    asked = without_arrival_rules(_prepare(session, workshop, request.visit, arrives_at=request.arrives_at))
    named = Named(works_at=to_minutes(works_at))
    placement = place_within(
        asked.state, asked.demand, arrives_at=to_minutes(request.arrives_at), named=named
    )
    if placement is not None:
        return Decided(asked, placement)
    found = place_for_desk(
        session, asked, arrives_at=request.arrives_at, anyway=request.anyway or (), choices=(named,)
    )
    return Decided(asked, found.placement, found.passed)


def arrived_now(request: BookingRequest) -> BookingRequest:
    """The request with the present for its arrival: a car that is here came when it is written down."""
    return replace(request, arrives_at=next_tick(clock.now()))


def _prepare(
    session: Session, workshop: WorkshopView, question: VisitQuestion, *, arrives_at: datetime
) -> Prepared:
    """The question of a car that may stay for weeks: no promise of its services sends it home undone."""
    stays = LONGER_HERE if question.mode == "drop_off" else 0
    on = local_date(arrives_at, workshop.timezone)
    longer = replace(question, further_stay_days=stays)
    return prepare(session, workshop, longer, first_on=on, last_on=on, or_anyway=True)


def _why_not_now(session: Session, asked: Prepared, *, arrives_at: datetime) -> InTheWayError | None:
    """Why the work cannot begin at once, or which soft rules it would pass."""
    named = Named(works_at=to_minutes(arrives_at))
    try:
        place_for_desk(session, asked, arrives_at=arrives_at, choices=(named,))
    except InTheWayError as refusal:
        return refusal
    return None
