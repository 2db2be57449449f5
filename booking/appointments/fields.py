"""How and when somebody comes, as forms say it: one rule each for pages and desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from flask_babel import gettext as _

from app import clock
from booking.availability.engine.model import Mode
from booking.catalog.models import MODES, ServiceType

COURTESY_CAR = "courtesy_car"
MOST_SERVICES = 50
"""Service types of one visit that are looked at; nobody orders more."""

REACH = timedelta(days=3660)


def parse_mode(text: str) -> tuple[Mode, bool]:
    """``wait``, ``drop_off``, or ``courtesy_car``, which is a drop-off with a car lent."""
    if text == COURTESY_CAR:
        return "drop_off", True
    if text not in MODES:
        raise ValueError(_("Please choose one of the options."))
    return text, False  # type: ignore[return-value]  # one of MODES, the Mode literals


def parse_arrival(text: str) -> datetime | None:
    """An instant in RFC 3339 with its offset; empty is None."""
    if not text:
        return None
    refusal = ValueError(_("Choose one of the times shown."))
    try:
        moment = datetime.fromisoformat(text if text.isprintable() else "")
        if moment.tzinfo is None or abs(moment - clock.now()) > REACH:
            raise refusal
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise refusal from error


def parse_day(text: str, *, today: date) -> date | None:
    """A date as a date field writes it; empty is None, a day gone by is refused."""
    if not text:
        return None
    try:
        on = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(_("A date looks like 2026-11-24.")) from error
    if on < today:
        raise ValueError(_("This day is past."))
    if on - today > REACH:
        raise ValueError(_("This day is too far ahead."))
    return on


def parse_time(text: str) -> time | None:
    """A wall-clock time as a time field writes it, in whole minutes; empty is None."""
    if not text:
        return None
    try:
        at = time.fromisoformat(text)
    except ValueError as error:
        raise ValueError(_("A time looks like 14:30.")) from error
    return at.replace(second=0, microsecond=0, tzinfo=None)


def shared_modes(chosen: Iterable[ServiceType]) -> list[Mode]:
    """The ways to come that all chosen service types have."""
    rows = list(chosen)
    return [mode for mode in MODES if all(mode in row.modes for row in rows)]  # type: ignore[misc]  # MODES are the Mode literals
