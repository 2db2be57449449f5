"""The forms of weekly hours and of dates with other hours: what was typed, and what it means once right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.errors import InvalidInputError
from app.tenancy.garage_file.kinds import Table, Values
from app.tenancy.garage_file.report import Report, field_errors
from booking.appointments.fields import REACH
from booking.desk.settings.week import (
    Typed,
    day_errors,
    like_monday,
    pairs_entry,
    read_pairs,
    read_week,
    type_pairs,
    type_week,
    week_entry,
)
from booking.resources.garage_file import EXCEPTION, RULE_KEYS
from booking.resources.models import OpeningException, WorkshopRules

MOST_KEPT = 300
WEEKLY = Table(tuple(key for key in RULE_KEYS if key.name in {"hours", "observe_holidays"}))
"""The keys of the garage file that this page is about."""


@dataclass(frozen=True, slots=True)
class TypedHours:
    """As typed: the week, and whether public holidays are closed."""

    week: Typed
    observes: bool


@dataclass(frozen=True, slots=True)
class TypedDates:
    """As typed: dates, and hours in ``pairs`` unless they are closed."""

    first: str = ""
    last: str = ""
    is_open: bool = False
    pairs: list[tuple[str, str]] = field(default_factory=list)
    label: str = ""


def read_hours_typed(form: MultiDict[str, str]) -> TypedHours:
    """What came; ``copy`` says Monday's hours for every day to Friday."""
    week = read_week(form)
    return TypedHours(like_monday(week) if form.get("copy") else week, form.get("observe_holidays") == "1")


def type_hours(rules: WorkshopRules) -> TypedHours:
    """Stored rules in the form's own words."""
    return TypedHours(type_week(rules.hours), rules.observe_holidays)


def read_hours(typed: TypedHours) -> Values:
    """What the garage file would say, in stored form; raises InvalidInputError for a wrong day."""
    report = Report()
    entry = {"hours": week_entry(typed.week), "observe_holidays": typed.observes}
    values = WEEKLY.read(entry, report)
    if report.problems:
        raise InvalidInputError(day_errors(report.problems))
    return dict(values)


def read_dates_typed(form: MultiDict[str, str]) -> TypedDates:
    """What came, cut where nobody types on."""
    return TypedDates(
        first=form.get("from", "")[:MOST_KEPT],
        last=form.get("to", "")[:MOST_KEPT],
        is_open=form.get("open") == "1",
        pairs=read_pairs(form, "hours"),
        label=form.get("label", "")[:MOST_KEPT],
    )


def type_dates(row: OpeningException) -> TypedDates:
    """Stored dates in the form's own words."""
    is_one_day = row.first_on == row.last_on
    return TypedDates(
        first=row.first_on.isoformat(),
        last="" if is_one_day else row.last_on.isoformat(),
        is_open=bool(row.hours),
        pairs=type_pairs(row.hours),
        label=row.label,
    )


def type_new_dates(on: str, usual: Sequence[Sequence[int]], *, is_open: bool) -> TypedDates:
    """The form for a date that the page of hours has named, with the usual hours of its weekday."""
    return TypedDates(first=on[:MOST_KEPT], is_open=is_open, pairs=type_pairs(usual) if is_open else [])


def read_dates(typed: TypedDates, *, today: date) -> Values:
    """What the garage file would say, in stored form; dates gone by are refused.

    Raises InvalidInputError with every field that is wrong.
    """
    hours = pairs_entry(typed.pairs) if typed.is_open else []
    entry: Values = {"hours": hours, "label": typed.label}
    entry |= {key: day for key, day in (("from", typed.first), ("to", typed.last)) if day}
    report = Report()
    values = EXCEPTION.read(entry, report)
    errors = field_errors(report.problems)
    if typed.is_open and not hours:
        errors["hours"] = _("Type the hours, or choose closed.")
    if not errors:
        errors = _out_of_reach(values, today=today)
    if errors:
        raise InvalidInputError(errors)
    return dict(values)


def _out_of_reach(values: Values, *, today: date) -> dict[str, str]:
    last = values["to"] or values["from"]
    name = "to" if values["to"] else "from"
    if last < today:
        return {name: _("This day is past.")}
    return {name: _("This day is too far ahead.")} if last - today > REACH else {}
