"""Opening hours, from stored rows to the engine's plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from app.tenancy.queries import WorkshopView
from booking.appointments.closings import exceptions_of
from booking.availability.engine import model as engine
from booking.resources.models import OpeningException, WorkshopRules
from booking.resources.queries import DAYS, public_holidays


def plain_hours(
    workshop: WorkshopView,
    rules: WorkshopRules,
    exceptions: Iterable[OpeningException],
    *,
    country: str,
    years: Sequence[int],
) -> engine.Hours:
    """When the workshop is open, with the holidays of these years where it observes them.

    What the desk closed is cut from what stands before it in the list. Hours closed of dates before these
    years are left out: nobody asks about them.
    """
    holidays = public_holidays(country, workshop.subdivision, years=years) if rules.observe_holidays else ()
    hours = engine.Hours(
        timezone=workshop.timezone, week=plain_week(rules.hours), holidays=frozenset(holidays)
    )
    found: list[engine.DatedException] = []
    for row in exceptions:
        if row.closed is None:
            found.append(engine.DatedException(row.first_on, row.last_on, plain_spans(row.hours)))
        elif not row.closed or row.last_on.year >= min(years):
            standing = replace(hours, exceptions=tuple(found)) if row.closed else hours
            found += exceptions_of(
                standing, first_on=row.first_on, last_on=row.last_on, spans=plain_spans(row.closed)
            )
    return replace(hours, exceptions=tuple(found))


def plain_week(hours: dict[str, Any]) -> engine.Week:
    """Stored weekly hours as the engine's seven days."""
    return tuple(plain_spans(hours.get(day, [])) for day in DAYS)  # type: ignore[return-value]  # seven of them


def plain_spans(spans: list[Any]) -> engine.Spans:
    """Stored hours of a day as pairs of minutes."""
    return tuple((int(opens), int(closes)) for opens, closes in spans)
