"""Visits without a place: those of a garage, how many there are, and the next places for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, func, select, text
from sqlalchemy.orm import Session

from app import clock
from app.localtime import local_date, to_minutes, to_minutes_up
from app.tenancy.queries import WorkshopView
from booking.appointments.lengths import next_tick
from booking.appointments.loading import Prepared, prepare
from booking.appointments.models import UNPLANNED_SQL, Appointment
from booking.appointments.moving import (
    HERE,
    DeskPlace,
    at_any_arrival,
    desk_place,
    visit_of,
    without_arrival_rules,
)
from booking.appointments.queries import AppointmentView, list_views
from booking.appointments.slots import ALTERNATIVES, NEXT_DAYS
from booking.availability.engine.anyway import ANYBODY
from booking.availability.engine.model import TICK, Placement
from booking.availability.engine.search import list_slots, place


def list_unplanned(session: Session, garage_id: int) -> list[AppointmentView]:
    """The garage's visits to place, whatever their day, by promised or wished arrival; four statements.

    Those that were left unplanned, and cars that came after their place had been given up.
    """
    ids = session.scalars(
        select(Appointment.id).where(*_unplanned(garage_id)).order_by(Appointment.arrives_at, Appointment.id)
    ).all()
    views = {view.id: view for view in list_views(session, garage_id, ids)} if ids else {}
    return [views[number] for number in ids]


def counting_unplanned(garage_id: int) -> Select[int]:
    """The statement that counts them, by an index that holds nothing else."""
    return select(func.count(Appointment.id)).where(*_unplanned(garage_id))


def list_next_places(session: Session, view: AppointmentView, *, workshop: WorkshopView) -> list[DeskPlace]:
    """The next three places for a visit without one, from its promised or wished arrival on.

    A promised arrival comes first where the work can be done from it; for a car that is here, the present.
    None passes a soft rule, but those of that arrival. Beyond two weeks only where those hold fewer.
    """
    asked_at = max(view.appointment.arrives_at, clock.now())
    asked_on, now = local_date(asked_at, workshop.timezone), to_minutes_up(clock.now())
    found: dict[int, Placement] = {}
    for first, last in NEXT_DAYS:
        dates = asked_on + timedelta(days=first), asked_on + timedelta(days=last)
        prepared = prepare(
            session,
            workshop,
            visit_of(view, online=False),
            first_on=dates[0],
            last_on=dates[1],
            except_appointment_id=view.id,
        )
        if view.status in HERE:
            prepared = _with_grid(without_arrival_rules(prepared), of=prepared)
        if not first and not view.appointment.is_wish:
            at = next_tick(asked_at) if view.status in HERE else view.appointment.arrives_at
            found |= _at_agreed(prepared, arrives_at=to_minutes(at), now=now)
        slots = list_slots(prepared.state, prepared.demand, first_on=dates[0], last_on=dates[1], now=now)
        arrivals = (slot.arrives_at for slot in slots if slot.arrives_at >= to_minutes(asked_at))
        found |= dict(_each(prepared, arrivals, most=ALTERNATIVES - len(found), known=found, now=now))
        if len(found) >= ALTERNATIVES:
            break
    return [desk_place(placement) for placement in found.values()]


def _each(
    prepared: Prepared, arrivals: Iterator[int], *, most: int, known: dict[int, Placement], now: int
) -> Iterator[tuple[int, Placement]]:
    """So many further arrivals, each with its place."""
    for arrives_at in arrivals:
        if most <= 0:
            return
        placement = place(prepared.state, prepared.demand, arrives_at=arrives_at, now=now)
        if placement is not None and arrives_at not in known:
            most -= 1
            yield arrives_at, placement


def _at_agreed(prepared: Prepared, *, arrives_at: int, now: int) -> dict[int, Placement]:
    """The place at an arrival that stands, whose own rules are not asked again."""
    state, demand = at_any_arrival(prepared, ANYBODY)
    at_any_tick = replace(state, rules=replace(state.rules, slot_minutes=TICK))
    placement = place(at_any_tick, demand, arrives_at=arrives_at, now=now)
    return {arrives_at: placement} if placement else {}


def _with_grid(prepared: Prepared, *, of: Prepared) -> Prepared:
    """In the steps of the workshop's own grid: three places five minutes apart are one."""
    rules = replace(prepared.state.rules, slot_minutes=of.state.rules.slot_minutes)
    return replace(prepared, state=replace(prepared.state, rules=rules))


def _unplanned(garage_id: int) -> list[ColumnElement[bool]]:
    return [Appointment.garage_id == garage_id, text(UNPLANNED_SQL)]  # type: ignore[list-item]  # text is one too
