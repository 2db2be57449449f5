"""Reading drafts: one, by the token in its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from app.security.links import hash_token
from app.tenancy.models import Garage, Workshop
from app.tenancy.queries import GarageView, WorkshopView, garage_view, workshop_view
from booking.appointments.models import Hold
from booking.drafts.models import BookingDraft


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as pages know it; ``answers`` holds the form's own words by step.

    ``held_until`` is None unless the draft's hold is live.
    """

    id: int
    locale: str
    step: str
    answers: dict[str, Any]
    appointment_id: int | None
    hold_id: int | None = None
    held_until: datetime | None = None


def find_draft_at(
    session: Session, *, garage_slug: str, workshop_slug: str, token: str
) -> tuple[GarageView, WorkshopView, DraftView | None]:
    """The place at a public address, and the draft of this token there, in one statement.

    The draft is None when it is over, of another workshop, or was never there. Raises
    NotFoundError for an unknown place. The caller stands in
    :func:`app.tenancy.scope.across_garages`: the address names the garage.
    """
    if not (garage_slug + workshop_slug).isprintable():  # PostgreSQL refuses NUL in a text
        raise NotFoundError
    of_token = and_(
        BookingDraft.garage_id == Garage.id,
        BookingDraft.workshop_id == Workshop.id,
        BookingDraft.token_hash == hash_token(token),
        BookingDraft.expires_at > clock.now(),
    )
    held = and_(
        Hold.garage_id == BookingDraft.garage_id,
        Hold.id == BookingDraft.hold_id,
        Hold.expires_at > clock.now(),
    )
    row = session.execute(
        select(Garage, Workshop, BookingDraft, Hold.expires_at)
        .join(Workshop, Workshop.garage_id == Garage.id)
        .outerjoin(BookingDraft, of_token)
        .outerjoin(Hold, held)
        .where(Garage.slug == garage_slug, Workshop.slug == workshop_slug, Workshop.archived_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFoundError
    garage, workshop, draft, held_until = row
    found = draft_view(draft, held_until=held_until) if draft else None
    return garage_view(garage), workshop_view(workshop), found


def draft_view(row: BookingDraft, *, held_until: datetime | None) -> DraftView:
    """The row as pages know it."""
    return DraftView(
        id=row.id,
        locale=row.locale,
        step=row.step,
        answers=dict(row.answers),
        appointment_id=row.appointment_id,
        hold_id=row.hold_id,
        held_until=held_until,
    )


def list_places_with_past_holds(session: Session) -> list[tuple[int, int]]:
    """Garage and workshop of holds that are over.

    The caller stands in :func:`app.tenancy.scope.across_garages`.
    """
    pairs = select(Hold.garage_id, Hold.workshop_id).where(Hold.expires_at <= clock.now()).distinct()
    rows = session.execute(pairs.order_by(Hold.garage_id, Hold.workshop_id))
    return [(row.garage_id, row.workshop_id) for row in rows]
