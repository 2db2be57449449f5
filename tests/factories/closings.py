"""Closings, leave and blocks, made through the real operation, and the conflicts that follow."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.conflict_counts import count_conflicts
from booking.appointments.conflicts import list_conflicts
from booking.appointments.operations.set_aside import set_aside
from booking.appointments.touched import Request, list_touched
from booking.resources.models import Resource
from booking.resources.requests import AwayRequest, ClosingRequest, RepeatRequest
from booking.resources.rhythm import Rhythm
from tests.factories.garages import MadeGarage


def resource_id(garage: MadeGarage, name: str) -> int:
    """The id of the garage's resource called ``name``."""
    with scoped_to(garage.id), reading() as session:
        return session.scalars(
            select(Resource.id).where(Resource.garage_id == garage.id, Resource.name == name)
        ).one()


def away(
    garage: MadeGarage, name: str, starts_at: datetime, ends_at: datetime, label: str = ""
) -> AwayRequest:
    """The wish that ``name`` takes no work in this time."""
    return AwayRequest(resource_id(garage, name), starts_at, ends_at, label)


def repeated(garage: MadeGarage, name: str, rhythm: Rhythm, label: str = "") -> RepeatRequest:
    """The wish that ``name`` takes no work on the dates of a rhythm."""
    spans = rhythm.spans(garage.workshop.timezone)
    return RepeatRequest(resource_id(garage, name), rhythm, spans, label)


def closing(
    first_on: date, last_on: date | None = None, span: tuple[int, int] | None = None
) -> ClosingRequest:
    """The wish to close dates, or hours of one."""
    return ClosingRequest(first_on, last_on or first_on, span)


def touched_by(garage: MadeGarage, request: Request) -> list[int]:
    """What a preview names."""
    with scoped_to(garage.id), reading() as session:
        return [view.id for view in list_touched(session, garage.workshop, request)]


def store(garage: MadeGarage, request: Request, *, seen: list[int] | None = None) -> list[int]:
    """Store it, having seen ``seen``: all that it touches, unless a test says otherwise."""
    shown = touched_by(garage, request) if seen is None else seen
    with scoped_to(garage.id), unit_of_work() as session:
        views = set_aside(session, workshop=garage.workshop, request=request, seen_ids=shown, user_id=None)
        return [view.id for view in views]


def conflicts(garage: MadeGarage) -> dict[int, list[tuple[str, str]]]:
    """The visits to re-plan, in order, each with the kinds and names of its reasons; the count agrees."""
    with scoped_to(garage.id), reading() as session:
        found = list_conflicts(session, garage.id)
        assert count_conflicts(session, garage.id) == len(found)
        return {each.view.id: [(reason.kind, reason.name) for reason in each.reasons] for each in found}
