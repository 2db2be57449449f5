"""Where a call of the public API is: its garage and workshop, or the appointment of its token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import g

from app.db.unit_of_work import reading
from app.security.links import open_link
from app.tenancy.queries import GarageView, WorkshopView, get_garage
from app.tenancy.scope import across_garages, scoped_to
from booking.appointments.operations.book import MANAGE
from booking.appointments.standing import Standing, get_standing


@dataclass(frozen=True, slots=True)
class Place:
    """A workshop of a garage, and what answers about it stand on."""

    garage: GarageView
    workshop: WorkshopView
    standing: Standing


@dataclass(frozen=True, slots=True)
class Subject:
    """The appointment that a token opens."""

    garage_id: int
    appointment_id: int


@contextmanager
def at_workshop(garage_slug: str, workshop_slug: str) -> Iterator[Place]:
    """Within the block the workshop's garage is in scope; raises NotFoundError.

    The garage's language is taken up only once both are known: the refusal tells nothing.
    """
    with across_garages("a public address names its garage"), reading() as session:
        standing = get_standing(session, garage_slug, workshop_slug)
    garage = standing.garage
    g.garage_locale = garage.locale
    with scoped_to(garage.id):
        yield Place(garage, standing.workshop, standing)


def read_again(place: Place) -> Standing:
    """What stands there by now; raises NotFoundError. Called in no transaction."""
    with across_garages("a public address names its garage"), reading() as session:
        return get_standing(session, place.garage.slug, place.workshop.slug)


@contextmanager
def at_appointment(token: str) -> Iterator[Subject]:
    """Within the block the garage of the token's appointment is in scope; raises NotFoundError."""
    with across_garages("a token names its garage"), reading() as session:
        target = open_link(session, purpose=MANAGE, token=token)
        garage = get_garage(session, target.garage_id)
    g.garage_locale = garage.locale
    with scoped_to(garage.id):
        yield Subject(garage_id=garage.id, appointment_id=target.subject_id)
