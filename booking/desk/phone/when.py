"""When the customer comes: the place that was chosen, or the wish that is placed anyway or planned later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal, cast, get_args

from flask_babel import gettext as _

from app import clock
from app.localtime import local_date, zone
from app.tenancy.queries import WorkshopView
from booking.appointments.fields import parse_arrival, parse_day, parse_time
from booking.availability.engine.model import TICK
from booking.customers.fields import FieldReader, parse_flag

Press = Literal["book", "anyway", "later"]
"""The button: a place that is offered, the wished time past soft rules, or no place yet."""


@dataclass(frozen=True, slots=True)
class Wish:
    """When the customer would like to come: a local date, and perhaps a time."""

    on: date | None = None
    at: time | None = None

    def moment(self, today: date, timezone: str) -> datetime | None:
        """The wished instant; None where only a day is named. Without a day it is today's."""
        return None if self.at is None else self._instant(today, self.at, timezone)

    def first_moment(self, today: date, timezone: str) -> datetime:
        """The wished instant, the first one of the day where no time is named."""
        return self._instant(today, self.at or time(), timezone)

    def _instant(self, today: date, at: time, timezone: str) -> datetime:
        wall = datetime.combine(self.on or today, at, tzinfo=zone(timezone))
        return wall.astimezone(UTC).astimezone(zone(timezone))  # a skipped time moves on by the gap


@dataclass(frozen=True, slots=True)
class When:
    """What a booking request says of its time, as keywords of it."""

    arrives_at: datetime
    is_unplanned: bool = False
    is_wish: bool = False
    anyway: frozenset[str] | None = None
    is_here: bool = False
    works_at: datetime | None = None


def read_press(word: str) -> Press | None:
    """Which of the buttons that book was pressed, if any."""
    return cast("Press", word) if word in get_args(Press) else None


def read_wish_from(check: FieldReader, *, today: date) -> Wish:
    """The wished day and time; what is neither, or a day gone by, is an error of its field."""
    on = check.take("on", lambda text: parse_day(text, today=today), None)
    return Wish(on, check.take("at", parse_time, None))


def read_when(check: FieldReader, workshop: WorkshopView, *, press: Press) -> When | None:
    """When they come, by the button that was pressed; what is missing is an error of its field."""
    timezone = workshop.timezone
    today = local_date(clock.now(), timezone)
    if press == "book":
        arrives_at = check.take("arrives_at", parse_arrival, None)
        return When(arrives_at) if arrives_at else None
    is_promised = press == "anyway" or check.take("promised", parse_flag, default=False)
    wish = read_wish_from(check, today=today)
    if check.errors.keys() & {"on", "at"}:
        return None
    if wish.at is not None and wish.at.minute % TICK:
        check.errors["at"] = _("Times go in steps of five minutes.")
    elif wish.at is None and is_promised:
        check.errors["at"] = _("Choose a time.")
    arrives_at = wish.first_moment(today, timezone)
    field = "passed" if press == "anyway" else "passed_later"
    anyway = frozenset(check.take(field, str.split, cast("list[str]", [])))
    if press == "anyway":
        return When(arrives_at, anyway=anyway)
    return When(arrives_at, is_unplanned=True, is_wish=not is_promised, anyway=anyway)
