"""The conflicts' place in the desk's rail, with how many visits are to be re-planned."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.web.registries import NavEntry
from booking.appointments.conflict_counts import count_conflicts

TO_REPLAN = NavEntry(
    "booking_conflicts.conflicts",
    _l("Conflicts"),
    "alert",
    role="receptionist",
    position=40,
    count=count_conflicts,
)
