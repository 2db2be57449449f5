"""Why an arrival is refused, as the car owner is told: only what helps them to choose another one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app import clock
from booking.availability.engine.model import Reason

PASSED = _l("that time has passed")
CLAUSES: Mapping[Reason, LazyString] = {
    "closed": _l("the workshop is closed then"),
    "no_slot_time": _l("the workshop takes cars in at other times"),
    "drop_off_time": _l("cars to be left are taken in earlier in the day"),
    "horizon": _l("that day cannot be booked yet"),
    "notice": _l("it is too short notice for the workshop now"),
    "reception": _l("as many cars as the workshop can welcome arrive then already"),
    "cap": _l("the workshop takes no more visits of this kind that day"),
    "online_share": _l(
        "the places for online booking that day are taken, yet the workshop may have others by phone"
    ),
    "not_in_time": _l("the work could not be finished in time"),
    "courtesy_car": _l("no courtesy car is free for that stay"),
}
"""By the engine's reason (rule 13). Whether bays or technicians are taken tells a car owner nothing:
somebody else was quicker, and no clause says more."""


def say_refused(reason: str | None, *, wanted_at: datetime) -> str:
    """The clause for a reason, in the reader's language; empty where the time has just gone."""
    if reason == "notice" and wanted_at <= clock.now():
        return str(PASSED)
    return next((str(clause) for code, clause in CLAUSES.items() if code == reason), "")
