"""Where a public page is: its garage and workshop, read from the address, and the draft at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from flask import abort, g, redirect, request

from app.db.unit_of_work import reading, unit_of_work
from app.errors import NotFoundError
from app.i18n import LOCALES, select_locale, use_locale
from app.security.links import show_link
from app.tenancy.queries import GarageView, WorkshopView, find_garage, get_place
from app.tenancy.scope import across_garages, scoped_to
from booking.appointments.operations.book import MANAGE
from booking.drafts.errors import DraftGoneError
from booking.drafts.operations import give_up_hold, store_answers
from booking.drafts.queries import DraftView, find_draft_at
from booking.public.links import manage_url

ASKED_FOR = frozenset({"services", "vehicle", "slot"})
"""Steps whose answers say which slot is sought; another answer gives back the one that is held."""
DOOR = "a public address names its garage"


@dataclass(frozen=True, slots=True)
class Place:
    """A workshop's public pages."""

    garage: GarageView
    workshop: WorkshopView

    @property
    def timezone(self) -> str:
        return self.workshop.timezone


@dataclass(frozen=True, slots=True)
class Visit:
    """A booking being typed at a place; ``token`` is its address."""

    place: Place
    token: str
    draft: DraftView


@contextmanager
def at_garage(slug: str) -> Iterator[GarageView]:
    """Within the block the garage called ``slug`` is in scope; raises NotFoundError."""
    with reading() as session:
        garage = find_garage(session, slug)
    if garage is None:
        raise NotFoundError
    g.garage_locale = garage.locale
    with scoped_to(garage.id):
        yield garage


@contextmanager
def at_workshop(garage_slug: str, workshop_slug: str) -> Iterator[Place]:
    """Within the block the workshop's garage is in scope; raises NotFoundError."""
    with across_garages(DOOR), reading() as session:
        garage, workshop = get_place(session, garage_slug, workshop_slug)
    g.garage_locale = garage.locale
    place = g.public_place = Place(garage, workshop)
    with scoped_to(garage.id):
        yield place


@contextmanager
def at_draft(garage_slug: str, workshop_slug: str, token: str) -> Iterator[Visit]:
    """Within the block the draft's garage is in scope and its language is spoken.

    A draft that was booked leads on to its appointment. Raises NotFoundError for an unknown
    place, DraftGoneError for a draft that is over.
    """
    with across_garages(DOOR), reading() as session:
        garage, workshop, draft = find_draft_at(
            session, garage_slug=garage_slug, workshop_slug=workshop_slug, token=token
        )
    g.garage_locale = garage.locale
    place = g.public_place = Place(garage, workshop)
    if draft is None:
        raise DraftGoneError
    if request.args.get("lang") not in LOCALES:
        use_locale(draft.locale)
    with scoped_to(garage.id):
        if draft.appointment_id is not None:
            abort(redirect(booked_url(garage.id, draft.appointment_id), 303))
        yield Visit(place, token, draft)


def keep_answers(visit: Visit, **answers: object) -> Visit:
    """Store what was typed, before anything is judged; the visit with its new answers.

    The one keyword names the step. Where services, vehicle, way or time are others than before,
    the slot that was held is given back in the same transaction.
    """
    (step,) = answers
    before, held_until = visit.draft.answers.get(step), visit.draft.held_until
    gives_up = held_until is not None and step in ASKED_FOR and before != answers[step]
    with unit_of_work() as session:
        if gives_up:  # before the draft's row: the workshop's lock comes first
            give_up_hold(session, workshop=visit.place.workshop, draft_id=visit.draft.id)
        kept = store_answers(
            session,
            garage_id=visit.place.garage.id,
            draft_id=visit.draft.id,
            step=step,
            answers=answers,
            locale=select_locale(),
        )
    held_until = None if gives_up else held_until
    return replace(visit, draft=replace(visit.draft, step=step, answers=kept, held_until=held_until))


def booked_url(garage_id: int, appointment_id: int) -> str:
    """The address that confirms an appointment just booked. Opens its own transaction."""
    with reading() as session:
        token = show_link(session, garage_id=garage_id, purpose=MANAGE, subject_id=appointment_id)
    return manage_url(token, booked=1)
