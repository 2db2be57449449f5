"""Housekeeping of drafts."""

from __future__ import annotations

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import across_garages
from booking.drafts.operations import delete_old_drafts


def forget_old_drafts() -> None:
    """Delete drafts that are long over, with what was typed into them."""
    with across_garages("old drafts of every garage"), unit_of_work() as session:
        delete_old_drafts(session)
