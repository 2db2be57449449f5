"""Housekeeping of lists that were sent and not stored."""

from __future__ import annotations

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import across_garages
from booking.customers.importing.uploads import delete_old_uploads


def forget_old_uploads() -> None:
    """Delete files of customers whose time is over, with all that is in them."""
    with across_garages("old files of every garage"), unit_of_work() as session:
        delete_old_uploads(session)
