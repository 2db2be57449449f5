"""Keeping what a visitor types, and turning it into an appointment once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import clock
from app.security.links import hash_token
from app.tenancy.calendar import lock_calendar
from app.tenancy.queries import WorkshopView
from booking.appointments.models import Hold
from booking.appointments.occupancies import drop_expired_holds
from booking.appointments.operations.book import book_appointment
from booking.appointments.operations.hold import hold_slot, release_hold
from booking.appointments.requests import CUSTOMER, BookingRequest, HoldRequest
from booking.drafts.errors import DraftGoneError
from booking.drafts.models import BookingDraft

LIFE = timedelta(hours=2)
KEPT_AFTERWARDS = timedelta(days=1)
TOKEN_BYTES = 16


def start_draft(
    session: Session,
    *,
    workshop: WorkshopView,
    locale: str,
    answers: Mapping[str, Any],
    source: str = "page",
) -> str:
    """Open a draft for two hours with its first answers and return its token. Flushes.

    The token is 128 random bits; only its SHA-256 is stored.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        BookingDraft(
            garage_id=workshop.garage_id,
            workshop_id=workshop.id,
            token_hash=hash_token(token),
            locale=locale,
            source=source,
            answers=dict(answers),
            expires_at=clock.now() + LIFE,
        )
    )
    session.flush()
    return token


def store_answers(
    session: Session,
    *,
    garage_id: int,
    draft_id: int,
    step: str,
    answers: Mapping[str, Any],
    locale: str,
) -> dict[str, Any]:
    """Keep what was typed in ``step``, right or wrong, over what stood there; returns all answers.

    ``answers`` replaces the keys it names and leaves the others. Flushes. Raises DraftGoneError.
    """
    draft = _locked(session, garage_id=garage_id, draft_id=draft_id)
    draft.answers = {**draft.answers, **answers}
    draft.step = step
    draft.locale = locale
    session.flush()
    return dict(draft.answers)


def hold_for_draft(session: Session, *, workshop: WorkshopView, draft_id: int, request: HoldRequest) -> None:
    """Keep the chosen slot for the draft, in place of any that it holds; within the bounds of holds.

    Takes the workshop's lock first. Raises DraftGoneError, or what
    :func:`booking.appointments.operations.hold.hold_slot` raises.
    """
    lock_calendar(session, workshop.garage_id, workshop.id)
    draft = _locked(session, garage_id=workshop.garage_id, draft_id=draft_id)
    visit = replace(request.visit, own_hold_id=draft.hold_id)
    hold = hold_slot(session, workshop=workshop, request=replace(request, visit=visit))
    if hold is not None:
        draft.hold_id = hold.id
        session.flush()


def give_up_hold(session: Session, *, workshop: WorkshopView, draft_id: int) -> None:
    """Give back the slot that the draft holds: something else is asked for now.

    Takes the workshop's lock first. Raises DraftGoneError.
    """
    lock_calendar(session, workshop.garage_id, workshop.id)
    draft = _locked(session, garage_id=workshop.garage_id, draft_id=draft_id)
    if draft.hold_id is not None:
        release_hold(session, workshop=workshop, hold_id=draft.hold_id)


def book_draft(session: Session, *, workshop: WorkshopView, draft_id: int, request: BookingRequest) -> int:
    """Book what the draft asks for, once: asked again, it answers with the same appointment's id.

    Takes the workshop's lock first, so that the same form sent twice at once books once. The slot
    that the draft holds becomes the appointment. Raises DraftGoneError, or what
    :func:`booking.appointments.operations.book.book_appointment` raises.
    """
    lock_calendar(session, workshop.garage_id, workshop.id)
    draft = _locked(session, garage_id=workshop.garage_id, draft_id=draft_id)
    if draft.appointment_id is None:
        visit = replace(request.visit, own_hold_id=draft.hold_id)
        appointment = book_appointment(
            session, workshop=workshop, request=replace(request, visit=visit), actor=CUSTOMER
        )
        draft.appointment_id = appointment.id
        draft.step = "booked"
        session.flush()
    return draft.appointment_id


def delete_old_drafts(session: Session) -> None:
    """Forget drafts that were over a day ago, with all that was typed into them.

    The caller stands in :func:`app.tenancy.scope.across_garages`.
    """
    session.execute(delete(BookingDraft).where(BookingDraft.expires_at < clock.now() - KEPT_AFTERWARDS))


def delete_past_holds(session: Session, *, garage_id: int, workshop_id: int) -> None:
    """Forget the workshop's holds that are over, with what they still keep. Takes its lock."""
    lock_calendar(session, garage_id, workshop_id)
    drop_expired_holds(session, garage_id=garage_id, workshop_id=workshop_id)
    over = [Hold.garage_id == garage_id, Hold.workshop_id == workshop_id, Hold.expires_at <= clock.now()]
    session.execute(
        update(BookingDraft)
        .where(BookingDraft.garage_id == garage_id, BookingDraft.hold_id.in_(select(Hold.id).where(*over)))
        .values(hold_id=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(Hold).where(*over).execution_options(synchronize_session=False))


def _locked(session: Session, *, garage_id: int, draft_id: int) -> BookingDraft:
    """The draft's row, locked and read again; raises DraftGoneError once it is over."""
    draft = session.scalar(
        select(BookingDraft)
        .where(BookingDraft.garage_id == garage_id, BookingDraft.id == draft_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if draft is None or draft.expires_at <= clock.now():
        raise DraftGoneError
    return draft
