"""The list's place in the desk's rail, with how many requests wait; none where nobody can make any."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.web.registries import NavEntry
from booking.appointments.undecided import count_undecided

TO_DECIDE = NavEntry(
    "booking_requests.requests",
    _l("Requests"),
    "inspect",
    role="receptionist",
    position=20,
    count=count_undecided,
)
