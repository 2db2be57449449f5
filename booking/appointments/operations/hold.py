"""Keeping a slot for somebody who is still typing, and giving it back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.localtime import from_minutes, local_date
from app.tenancy.calendar import lock_calendar
from app.tenancy.queries import WorkshopView
from booking.appointments.holds import count_held_by, sum_held_minutes
from booking.appointments.loading import Prepared
from booking.appointments.models import Hold
from booking.appointments.occupancies import drop_expired_holds, end_hold, occupy_for_hold
from booking.appointments.operations.book import find_placement
from booking.appointments.requests import HoldRequest
from booking.availability.engine.limits import technician_minutes
from booking.availability.engine.model import Placement

HELD_FOR = timedelta(minutes=10)
HOLDS_PER_ADDRESS = 3
PARTS_OF_A_DAY = 4
"""All holds together take at most one of so many parts of a day's technician minutes."""


def hold_slot(session: Session, *, workshop: WorkshopView, request: HoldRequest) -> Hold | None:
    """Keep exactly this arrival for ten minutes, if the rules of availability offer it now.

    ``request.visit.own_hold_id`` is what the asker holds already: it counts nowhere, and its row is
    used again, so that one asker has one hold. The same slot chosen again stays as it is, with the
    expiry that it has. None, and nothing is held any more, where the address has three others or
    the day's holds would take more than a quarter of its technician minutes (one always may): the
    slot is then decided at booking. Takes the workshop's lock; raises no version. Flushes. Raises
    SlotTakenError if the slot is not offered, or what
    :func:`booking.appointments.loading.prepare` raises.
    """
    lock_calendar(session, workshop.garage_id, workshop.id)
    drop_expired_holds(session, garage_id=workshop.garage_id, workshop_id=workshop.id)
    prepared, placement = find_placement(session, workshop, request.visit, arrives_at=request.arrives_at)
    own = _find_own(session, workshop, request)
    if own is not None and _is_kept(own, request, prepared):
        return own
    if own is not None:
        end_hold(session, garage_id=own.garage_id, hold_id=own.id)
    if not _is_within_bounds(session, workshop, request, prepared=prepared):
        return None
    hold = own or Hold(garage_id=workshop.garage_id, workshop_id=workshop.id)
    return _keep(session, hold, request, prepared=prepared, placement=placement)


def release_hold(session: Session, *, workshop: WorkshopView, hold_id: int) -> None:
    """Give the slot back at once. Takes the workshop's lock; raises no version."""
    lock_calendar(session, workshop.garage_id, workshop.id)
    end_hold(session, garage_id=workshop.garage_id, hold_id=hold_id)


def _find_own(session: Session, workshop: WorkshopView, request: HoldRequest) -> Hold | None:
    return session.scalar(
        select(Hold)
        .where(
            Hold.garage_id == workshop.garage_id,
            Hold.workshop_id == workshop.id,
            Hold.id == request.visit.own_hold_id,
        )
        .execution_options(populate_existing=True)
    )


def _is_kept(own: Hold, request: HoldRequest, prepared: Prepared) -> bool:
    return (
        own.expires_at > clock.now()
        and own.arrives_at == request.arrives_at
        and own.work_minutes == prepared.demand.work_minutes
        and own.service_type_ids == [row.id for row in prepared.service_types]
    )


def _is_within_bounds(
    session: Session, workshop: WorkshopView, request: HoldRequest, *, prepared: Prepared
) -> bool:
    own_id = request.visit.own_hold_id
    held = count_held_by(
        session, workshop.garage_id, address_hash=request.address_hash, except_hold_id=own_id
    )
    if held >= HOLDS_PER_ADDRESS:
        return False
    on = local_date(request.arrives_at, workshop.timezone)
    minutes = sum_held_minutes(session, workshop, on=on, except_hold_id=own_id)
    most = technician_minutes(prepared.state, on)
    return not minutes or PARTS_OF_A_DAY * (minutes + prepared.demand.work_minutes) <= most


def _keep(
    session: Session, hold: Hold, request: HoldRequest, *, prepared: Prepared, placement: Placement
) -> Hold:
    hold.arrives_at = from_minutes(placement.arrives_at)
    hold.work_minutes = prepared.demand.work_minutes
    hold.service_type_ids = [row.id for row in prepared.service_types]
    hold.source = request.source
    hold.address_hash = request.address_hash
    hold.taken_at = clock.now()
    hold.expires_at = hold.taken_at + HELD_FOR
    session.add(hold)
    session.flush()
    occupy_for_hold(session, hold, placement)
    session.flush()
    return hold
