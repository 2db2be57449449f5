"""Housekeeping of drafts and their holds."""

from __future__ import annotations

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import across_garages, scoped_to
from booking.drafts.operations import delete_old_drafts, delete_past_holds
from booking.drafts.queries import list_places_with_past_holds


def forget_old_drafts() -> None:
    """Delete drafts that are long over, with what was typed into them."""
    with across_garages("old drafts of every garage"), unit_of_work() as session:
        delete_old_drafts(session)


def forget_past_holds() -> None:
    """Delete holds that are over, one workshop and its lock at a time."""
    with across_garages("holds of every garage"), reading() as session:
        places = list_places_with_past_holds(session)
    for garage_id, workshop_id in places:
        with scoped_to(garage_id), unit_of_work() as session:
            delete_past_holds(session, garage_id=garage_id, workshop_id=workshop_id)
