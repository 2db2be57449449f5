"""Slots kept for somebody who is still typing, through the real operation."""

from __future__ import annotations

from datetime import datetime

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.operations.hold import hold_slot
from booking.appointments.requests import HoldRequest, VisitQuestion
from tests.factories.garages import MadeGarage


def hold(
    garage: MadeGarage,
    arrives_at: datetime,
    *,
    services: tuple[str, ...] = ("oil",),
    mode: str = "wait",
    address: str = "somebody",
    own: int | None = None,
) -> int | None:
    """Hold an arrival; the hold's id, or None where the bounds of holds leave it open."""
    visit = VisitQuestion(services, mode, own_hold_id=own)  # type: ignore[arg-type]  # a mode as tests write it
    request = HoldRequest(visit=visit, arrives_at=arrives_at, source="page", address_hash=address)
    with scoped_to(garage.id), unit_of_work() as session:
        held = hold_slot(session, workshop=garage.workshop, request=request)
        return held.id if held else None
