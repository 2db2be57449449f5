"""The countries whose plates may be chosen by name; a garage's own is always among them."""

from __future__ import annotations

from babel import Locale
from flask_babel import get_locale

COUNTRIES = frozenset(
    "AD AL AT AU BA BE BG CA CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MA MC MD ME "  # noqa: SIM905 - a list of codes reads better in lines
    "MK MT NL NO NZ PL PT RO RS SE SI SK SM TN TR UA US".split()
)


def known_countries(own: str) -> tuple[str, ...]:
    """The codes that a form at a garage of country ``own`` takes."""
    return tuple(sorted(COUNTRIES | {own}))


def list_countries(own: str) -> list[tuple[str, str]]:
    """Codes and names in the reader's language: the garage's own first, the others by name."""
    names = (get_locale() or Locale("en")).territories
    others = sorted(((code, names[code]) for code in COUNTRIES - {own}), key=lambda pair: pair[1])
    return [(own, names.get(own, own)), *others]
