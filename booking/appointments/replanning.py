"""New places for visits that something is about to lie over, proposed so that none takes another's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app import clock
from app.localtime import local_date, to_minutes, to_minutes_up
from app.tenancy.queries import WorkshopView
from booking.appointments.loading import Prepared, Stretch, load_stretch
from booking.appointments.moving import (
    HERE,
    DeskPlace,
    is_movable,
    is_online_work,
    visit_of,
    without_arrival_rules,
)
from booking.appointments.queries import AppointmentView
from booking.appointments.requests import MoveRequest
from booking.appointments.touched import Request, hours_after
from booking.appointments.works import Works
from booking.availability.engine import model as engine
from booking.resources.requests import ClosingRequest

DAYS_AFTER = 14
"""Days after its own that a visit is given another place on."""

MOST = 3


@dataclass(frozen=True, slots=True)
class Proposed:
    """One visit, and where it could go: the first is what is proposed; none where nothing is free."""

    view: AppointmentView
    places: tuple[DeskPlace, ...]


def propose_places(
    session: Session, workshop: WorkshopView, request: Request, *, touched: Sequence[AppointmentView]
) -> list[Proposed]:
    """For each touched visit up to three places that stay free once the request is stored.

    Its own time with somebody else first, then what is nearest that day, then the next days. Decided one
    after the other, by arrival: the first place of each counts as taken for those after it. None passes
    a soft rule. A constant number of statements. Work that has begun is proposed nothing.
    """
    if not touched:
        return []
    zone, today = workshop.timezone, local_date(clock.now(), workshop.timezone)
    days = [local_date(moment, zone) for view in touched for moment in _moments(view)]
    stretch = load_stretch(
        session,
        workshop,
        first_on=min(today, *days),
        last_on=max(today, *days) + timedelta(days=DAYS_AFTER),
    )
    after = _after(session, workshop, request, stretch=stretch)
    found: list[Proposed] = []
    for view in touched:
        places = _propose(view, after) if is_movable(view) else ()
        found.append(Proposed(view, places))
        if places:
            taken = (
                engine.Busy(row.resource_id, row.starts_at, row.ends_at, "job") for row in places[0].rows
            )
            after = replace(after, busy=(*after.busy, *taken))
    return found


def _moments(view: AppointmentView) -> tuple[datetime, datetime]:
    """When the car comes and when its work starts."""
    appointment = view.appointment
    return appointment.arrives_at, appointment.work_starts_at or appointment.arrives_at


def _after(session: Session, workshop: WorkshopView, request: Request, *, stretch: Stretch) -> Stretch:
    """What will stand once the request is stored."""
    if not isinstance(request, ClosingRequest):
        # A block is passed by nobody; a proposal passes neither.
        away = [
            engine.Busy(request.resource_id, to_minutes(starts_at), to_minutes_up(ends_at), "block")
            for starts_at, ends_at in request.spans
        ]
        return replace(stretch, busy=(*stretch.busy, *away))
    hours = hours_after(session, workshop, request)
    return replace(stretch, set_up=replace(stretch.set_up, plain=replace(stretch.set_up.plain, hours=hours)))


def _propose(view: AppointmentView, stretch: Stretch) -> tuple[DeskPlace, ...]:
    arrives_at, wanted_at = _moments(view)
    works = Works(
        view, MoveRequest(arrives_at, works_at=wanted_at, keeps_team=True), prepared=_of(view, stretch)
    )
    zone = stretch.set_up.workshop.timezone
    near = sorted(works.near(wanted_at), key=lambda each: abs(each.works_at - wanted_at))
    days = _days_after(max(wanted_at, clock.now()), zone)
    later = filter(None, (works.first_on(on) for on in days))
    while len(near) < MOST and (place := next(later, None)):
        near.append(place)
    return tuple(near)


def _days_after(moment: datetime, zone: str) -> Iterable[date]:
    on = local_date(moment, zone)
    return [on + timedelta(days=number) for number in range(1, DAYS_AFTER + 1)]


def _of(view: AppointmentView, stretch: Stretch) -> Prepared:
    """The question of one visit, its present place and its own arrival counted nowhere."""
    prepared = stretch.prepare(visit_of(view, online=is_online_work(view)))
    own = {
        (place.resource_id, to_minutes(place.starts_at), to_minutes_up(place.ends_at))
        for place in view.places
    }
    state = prepared.state
    busy = tuple(row for row in state.busy if (row.resource_id, row.starts_at, row.ends_at) not in own)
    visits = list(state.visits)
    arrives_at = to_minutes(view.appointment.arrives_at)
    mine = (each for each in visits if each.arrives_at == arrives_at)
    if (one := next(mine, None)) is not None:
        visits.remove(one)
    prepared = replace(prepared, state=replace(state, busy=busy, visits=tuple(visits)))
    return without_arrival_rules(prepared) if view.status in HERE else prepared
