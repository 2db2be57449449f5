"""When the work of a car at the counter is done, by the button and the place that were pressed."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Literal, cast, get_args

from flask_babel import gettext as _

from app import clock
from app.tenancy.queries import WorkshopView
from booking.appointments.fields import parse_arrival
from booking.appointments.lengths import next_tick
from booking.customers.fields import FieldReader
from booking.desk.phone.forms import ReadTime
from booking.desk.phone.when import When

Press = Literal["book", "anyway", "later"]
"""The button: a place that is proposed, the present past soft rules, or no place yet."""

HERE = "here "
"""Before the start of the work, in the value of a place for which the car stays here at once."""


def read_press(word: str) -> Press | None:
    """Which of the buttons that book was pressed, if any."""
    return cast("Press", word) if word in get_args(Press) else None


def time_reader(press: Press) -> ReadTime:
    """Reads when, as the button asks."""
    return partial(_read_time, press=press)


def _read_time(check: FieldReader, _workshop: WorkshopView, *, press: Press) -> When | None:
    now = next_tick(clock.now())
    if press == "later":
        return When(now, is_unplanned=True, is_here=True)
    if press == "anyway":
        passed = frozenset(check.take("passed", str.split, cast("list[str]", [])))
        return When(now, anyway=passed, is_here=True)
    place = check.take("arrives_at", _parse_place, None)
    if place is None:
        if not {"service", "mode", "arrives_at"} & check.errors.keys():
            check.errors["arrives_at"] = _("Choose one of the places, or take the car in without one.")
        return None
    starts_at, is_here = place
    return When(now, is_here=True, works_at=starts_at) if is_here else When(starts_at)


def _parse_place(text: str) -> tuple[datetime, bool] | None:
    """The start of the work and whether the car stays for it, or the arrival of somebody who comes back."""
    moment = parse_arrival(text.removeprefix(HERE))
    return None if moment is None else (moment, text.startswith(HERE))
