"""Closing, leave and blocks together with new places for what they touch: all of it at once, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.errors import StaleVersionError
from app.tenancy.queries import WorkshopView
from booking.appointments.operations.move import move_at_desk
from booking.appointments.operations.set_aside import set_aside
from booking.appointments.requests import Actor, MoveRequest
from booking.appointments.touched import Request
from booking.errors import MoveNotAllowedError, PlaceLostError, SlotTakenError


@dataclass(frozen=True, slots=True)
class Accepted:
    """A proposed place that the desk has accepted, from the version of the visit that it saw."""

    appointment_id: int
    version: int
    request: MoveRequest


@dataclass(frozen=True, slots=True)
class Replanned:
    """How many visits were moved, and how many wait as conflicts."""

    moved: int
    left: int


def set_aside_and_move(
    session: Session,
    *,
    workshop: WorkshopView,
    request: Request,
    seen_ids: Collection[int],
    accepted: Sequence[Accepted],
    actor: Actor,
) -> Replanned:
    """Store the request, and move each touched visit whose new place was accepted; customers are told.

    Decided under the workshop's lock. Raises what :func:`set_aside` raises, or PlaceLostError where a
    visit or its new place is not what it was: nothing is stored then.
    """
    touched = set_aside(session, workshop=workshop, request=request, seen_ids=seen_ids, user_id=actor.user_id)
    ids = {view.id for view in touched}
    moves = [each for each in accepted if each.appointment_id in ids]
    for each in moves:
        try:
            move_at_desk(
                session,
                garage_id=workshop.garage_id,
                appointment_id=each.appointment_id,
                request=each.request,
                actor=actor,
                version=each.version,
            )
        except (SlotTakenError, StaleVersionError, MoveNotAllowedError) as refusal:
            raise PlaceLostError(each.appointment_id) from refusal
    return Replanned(moved=len(moves), left=len(touched) - len(moves))
