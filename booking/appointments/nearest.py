"""What is free near a place that was refused: near an arrival, or near a start of the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app import clock
from app.localtime import local_date, to_minutes, to_minutes_up
from app.tenancy.queries import WorkshopView
from booking.appointments.loading import Prepared, prepare
from booking.appointments.moving import (
    HERE,
    DeskPlace,
    at_any_arrival,
    desk_place,
    is_online_work,
    promised_at,
    stays_here,
    visit_of,
    without_arrival_rules,
)
from booking.appointments.queries import AppointmentView
from booking.appointments.requests import MoveRequest
from booking.appointments.slots import OfferedSlot, list_nearest
from booking.appointments.works import Works
from booking.availability.engine.anyway import ANYBODY, Arrivals
from booking.availability.engine.model import TICK, Placement
from booking.availability.engine.search import list_slots, place

DESK_DAYS = ((-3, 3), (4, 31))
"""Days around a refused time that are looked through for a free place, one range after the other."""


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
            visit_of(view, online=is_online_work(view), work_minutes=request.work_minutes),
            first_on=dates[0],
            last_on=dates[1],
            except_appointment_id=view.id,
            or_anyway=True,
        )
        prepared = without_arrival_rules(prepared) if view.status in HERE else prepared
        promised = promised_at(view)
        stands_at = to_minutes(promised) if promised else None
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


def _around(offered: Sequence[int], wanted: int, arrivals: Arrivals) -> list[int]:
    """The last arrival before the wanted one and the first after it that pass no soft rule."""
    before = (each for each in reversed(offered) if each < wanted)
    after = (each for each in offered if each > wanted)
    nearest = (
        next((each for each in side if not arrivals.list_passed(each)), None) for side in (before, after)
    )
    return [each for each in nearest if each is not None]


def list_nearest_works(
    session: Session, view: AppointmentView, request: MoveRequest, *, workshop: WorkshopView
) -> list[DeskPlace]:
    """Up to three free places near a start of the work that was refused, in order of time.

    The wanted start with anybody; the last before it and the first after it on that day where bay and
    technician are those that were named. None passes a soft rule, none lies in the past. Where the day
    has none, what :func:`list_nearest_for_desk` finds.
    """
    wanted_at, zone = request.works_at or request.arrives_at, workshop.timezone
    on = local_date(wanted_at, zone)
    days = {on, local_date(view.appointment.arrives_at, zone)} if not stays_here(view) else {on}
    prepared = prepare(
        session,
        workshop,
        visit_of(view, online=is_online_work(view), work_minutes=request.work_minutes),
        first_on=min(days),
        last_on=max(days),
        except_appointment_id=view.id,
        or_anyway=True,
    )
    prepared = without_arrival_rules(prepared) if view.status in HERE else prepared
    places = Works(view, request, prepared=prepared).near(wanted_at)
    return places or list_nearest_for_desk(session, view, request, workshop=workshop)
