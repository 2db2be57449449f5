"""The list's place in the desk's rail, with how many visits have no place; none where all have one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.web.registries import NavEntry
from booking.appointments.conflict_counts import count_to_plan

TO_PLAN = NavEntry(
    "booking_to_plan.listing",
    _l("To plan"),
    "hour",
    role="receptionist",
    position=35,
    count=count_to_plan,
)
