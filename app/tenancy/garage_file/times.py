"""Times in a garage file: dates, clock times, opening hours. Stored as minutes since local midnight."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.tenancy.garage_file.kinds import ListOf, MappingOf, Scalar
from app.tenancy.garage_file.report import Report, WrongValueError
from app.tenancy.garage_file.values import as_text

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
STEP_MINUTES = 5

_TIME = _l("A time looks like 14:30.")
_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})")


def clock_time(*, step: int = 1, is_required: bool = False) -> Scalar:
    """``HH:MM`` as minutes, a multiple of ``step``; empty is None unless required."""

    def parse(value: Any) -> int | None:
        if value == "" and not is_required:
            return None
        minutes = parse_clock(as_text(value))
        if minutes == DAY_MINUTES:
            raise WrongValueError("must be before 24:00", _TIME)
        _check_step(minutes, step)
        return minutes

    return Scalar(parse, lambda stored: "" if stored is None else format_clock(stored))


def span() -> Scalar:
    """Opening hours ``HH:MM-HH:MM`` as ``[opens, closes]``; ``24:00`` closes a day."""

    def parse(value: Any) -> list[int]:
        opens, closes = parse_span(value)
        for minutes in (opens, closes):
            _check_step(minutes, STEP_MINUTES)
        if opens >= closes:
            raise WrongValueError(
                f"{value!r} must close after it opens", _l("The end comes before the beginning.")
            )
        return [opens, closes]

    return Scalar(parse, format_span)


def spans() -> ListOf:
    """The opening hours of one day; empty is closed. Where they touch or overlap they count as one."""
    return ListOf(span())


@dataclass(frozen=True, slots=True)
class Week:
    """Weekly hours by day; a day without hours is a missing one."""

    days: MappingOf = field(default_factory=lambda: MappingOf(DAYS, spans()))

    def read(self, value: Any, report: Report) -> Any:
        stored = self.days.read(value, report)
        return {day: hours for day, hours in stored.items() if hours} if isinstance(stored, dict) else stored

    def write(self, stored: Any) -> Any:
        return self.days.write(stored)


def day_date() -> Scalar:
    """A date ``YYYY-MM-DD``, in quotes or as TOML's own."""

    def parse(value: Any) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return datetime.strptime(as_text(value), "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
        except ValueError as error:
            raise WrongValueError(
                f"{value!r} must be a date of the form YYYY-MM-DD", _l("A date looks like 2026-11-24.")
            ) from error

    return Scalar(parse, date.isoformat)


def parse_span(value: Any) -> tuple[int, int]:
    """Both ends of ``HH:MM-HH:MM`` in minutes, in whatever order; raises ValueError."""
    first, dash, second = as_text(value).partition("-")
    if not dash:
        raise WrongValueError(f"{value!r} must be hours of the form HH:MM-HH:MM", _TIME)
    return parse_clock(first), parse_clock(second)


def format_span(stored: tuple[int, int] | list[int]) -> str:
    """``HH:MM-HH:MM`` of a pair of minutes."""
    first, second = stored
    return f"{format_clock(first)}-{format_clock(second)}"


def parse_clock(value: str) -> int:
    """Minutes since midnight of ``HH:MM``, up to 24:00; raises ValueError."""
    match = _CLOCK.fullmatch(value)
    hours, minutes = (int(match[1]), int(match[2])) if match else (99, 99)
    if minutes > 59 or hours * 60 + minutes > DAY_MINUTES:
        raise WrongValueError(f"{value!r} must be a time of the form HH:MM", _TIME)
    return hours * 60 + minutes


def format_clock(minutes: int) -> str:
    """``HH:MM`` of minutes since midnight."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _check_step(minutes: int, step: int) -> None:
    if minutes % step:
        raise WrongValueError(
            f"{format_clock(minutes)} must be a multiple of {step} minutes",
            _l("Times go in steps of five minutes."),
        )
