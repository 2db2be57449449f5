"""What the page of opening hours shows: dates with other hours, and the year's public holidays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _

from app.tenancy.queries import GarageView, WorkshopView
from booking.appointments.plain_hours import plain_hours, plain_week
from booking.availability.engine.opening import spans_on
from booking.desk.conflicts.words import DAY_ENDS, Stretch, say_spans, say_stretch
from booking.desk.settings.hours.forms import TypedDates, TypedHours, type_dates
from booking.desk.settings.week import NAMES, pairs_entry, week_entry
from booking.resources.models import OpeningException, WorkshopRules
from booking.resources.public_holidays import list_named_holidays
from booking.resources.queries import DAYS

A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class DatesRow:
    """Dates with other hours, or none."""

    row: OpeningException
    when: str
    hours: str


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A public holiday: ``hours`` in words, and why they are so; ``is_open`` whether anybody works on it.

    ``may_open``: it is closed for being a holiday alone, so that it can be worked on; ``may_close``: it is
    open as any such weekday. ``dates_id`` is the entry that decides otherwise.
    """

    on: date
    name: str
    hours: str
    why: str
    is_open: bool
    may_open: bool = False
    may_close: bool = False
    dates_id: int | None = None


def list_dates(exceptions: Sequence[OpeningException], *, today: date, timezone: str) -> list[DatesRow]:
    """Special hours and closed dates from today on, by their first day; no closings of the desk."""
    rows = [row for row in exceptions if row.closed is None and row.last_on >= today]
    rows.sort(key=lambda row: (row.first_on, row.position))
    return [
        DatesRow(row, say_stretch(Stretch(row.first_on, 0, row.last_on, DAY_ENDS), timezone), _say(row.hours))
        for row in rows
    ]


def list_holidays(
    garage: GarageView,
    workshop: WorkshopView,
    *,
    rules: WorkshopRules,
    exceptions: Sequence[OpeningException],
    today: date,
) -> list[HolidayRow]:
    """The public holidays of the next twelve months, each as the workshop will be open on it."""
    last_on = today + A_YEAR
    named = list_named_holidays(
        garage.country,
        workshop.subdivision,
        first_on=today,
        last_on=last_on,
        locale=str(get_locale() or "en"),
    )
    years = range(today.year, last_on.year + 1)
    hours = plain_hours(workshop, rules, exceptions, country=garage.country, years=years)
    week = plain_week(rules.hours)
    found = []
    for on, name in named:
        spans = [list(span) for span in spans_on(hours, on)]
        usual = bool(week[on.weekday()])
        entry = next((row for row in reversed(exceptions) if row.first_on <= on <= row.last_on), None)
        found.append(
            _holiday(on, name, spans=spans, entry=entry, usual=usual, observes=rules.observe_holidays)
        )
    return found


def _holiday(
    on: date,
    name: str,
    *,
    spans: list[list[int]],
    entry: OpeningException | None,
    usual: bool,
    observes: bool,
) -> HolidayRow:
    said, is_open = _say(spans), bool(spans)
    if entry is not None:
        number = entry.id if entry.closed is None else None
        return HolidayRow(on, name, said, entry.label or _("set for this date"), is_open, dates_id=number)
    if not usual:
        weekday = NAMES[DAYS[on.weekday()]]
        return HolidayRow(on, name, said, _("as every %(weekday)s", weekday=_lower(str(weekday))), is_open)
    if observes:
        return HolidayRow(on, name, said, _("public holiday"), is_open, may_open=True)
    return HolidayRow(on, name, said, _("as on any such weekday"), is_open, may_close=True)


def say_country(garage: GarageView, workshop: WorkshopView) -> str:
    """``France``, ``France (57)``: whose public holidays they are."""
    locale = get_locale() or Locale("en")
    country = locale.territories.get(garage.country, garage.country)
    return f"{country} ({workshop.subdivision})" if workshop.subdivision else str(country)


def say_differing(rules: WorkshopRules, typed: TypedHours, standing: TypedHours) -> dict[str, str]:
    """By its label, what stands by now where something else was typed."""
    found: dict[str, Any] = {}
    for day in DAYS:
        now, wanted = (week_entry(each.week).get(day, []) for each in (standing, typed))
        if now != wanted:
            found[str(NAMES[day])] = ", ".join(now) or _("Closed")
    if standing.observes != typed.observes:
        found[_("Public holidays")] = _("Closed") if rules.observe_holidays else _("Open")
    return found


def say_dates_differing(row: OpeningException, typed: TypedDates, timezone: str) -> dict[str, str]:
    """The same for dates with other hours."""
    standing = type_dates(row)
    found: dict[str, Any] = {}
    if row.removed_at is not None:
        return {_("These dates"): _("taken back: the usual hours stand")}
    if (standing.first, standing.last) != (typed.first, typed.last):
        found[_("Which days")] = say_stretch(Stretch(row.first_on, 0, row.last_on, DAY_ENDS), timezone)
    if standing.is_open != typed.is_open or pairs_entry(standing.pairs) != pairs_entry(typed.pairs):
        found[_("Hours")] = _say(row.hours)
    if standing.label != typed.label:
        found[_("Note")] = row.label
    return found


def _say(spans: Sequence[Sequence[int]]) -> str:
    return say_spans([list(span) for span in spans]) if spans else str(_("Closed"))


def _lower(weekday: str) -> str:
    """Weekdays have a small letter in French, a capital in English."""
    return weekday.lower() if str(get_locale()) == "fr" else weekday
