"""The public holidays of a country by their names, for people; the engine needs the dates alone."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


def list_named_holidays(
    country: str, subdivision: str, *, first_on: date, last_on: date, locale: str
) -> list[tuple[date, str]]:
    """Those from ``first_on`` to ``last_on``, both included, observed days too; none for an unknown country.

    Named in the reader's language where the ``holidays`` library speaks it, else in the country's own.
    """
    years = range(first_on.year, last_on.year + 1)
    found = [each for year in years for each in _of_year(country, subdivision, year, locale=locale)]
    return [(on, name) for on, name in found if first_on <= on <= last_on]


@lru_cache(maxsize=256)
def _of_year(country: str, subdivision: str, year: int, *, locale: str) -> tuple[tuple[date, str], ...]:
    try:
        found = holidays.country_holidays(
            country,
            subdiv=subdivision or None,
            years=year,
            observed=True,
            categories=("public",),
            language=_language(country, locale),
        )
    except NotImplementedError:
        return ()
    return tuple(sorted(found.items()))


def _language(country: str, locale: str) -> str | None:
    known = holidays.list_localized_countries().get(country, [])
    return next((language for language in known if language.partition("_")[0] == locale), None)
