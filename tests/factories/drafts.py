"""Bookings that are still being typed."""

from __future__ import annotations

from typing import Any

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.drafts.operations import start_draft
from tests.factories.garages import MadeGarage


def start_draft_with(garage: MadeGarage, *, answers: dict[str, Any], locale: str = "en") -> str:
    """Open a draft with these answers by step and return its token."""
    with scoped_to(garage.id), unit_of_work() as session:
        return start_draft(session, workshop=garage.workshop, locale=locale, answers=answers)
