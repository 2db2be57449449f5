"""Countries by their codes: all there are, and those whose plates may be chosen by name."""

from __future__ import annotations

from functools import cache

from babel import Locale
from flask_babel import get_locale

COUNTRIES = frozenset(
    "AD AL AT AU BA BE BG CA CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MA MC MD ME "  # noqa: SIM905 - a list of codes reads better in lines
    "MK MT NL NO NZ PL PT RO RS SE SI SK SM TN TR UA US".split()
)

"""Offered by name in forms; a garage's own is always among them."""

_NOT_ISO = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ".split())  # noqa: SIM905 - as above
"""Territories of CLDR that ISO 3166-1 does not list: reserved codes, unions, test scripts."""


@cache
def iso_countries() -> frozenset[str]:
    """The alpha-2 codes of ISO 3166-1, in capitals."""
    codes = [str(code) for code in Locale("en").territories]
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NOT_ISO


def known_countries(own: str) -> tuple[str, ...]:
    """The codes that a form at a garage of country ``own`` takes."""
    return tuple(sorted(COUNTRIES | {own}))


def list_countries(own: str) -> list[tuple[str, str]]:
    """Codes and names in the reader's language: the garage's own first, the others by name."""
    names = (get_locale() or Locale("en")).territories
    others = sorted(((code, names[code]) for code in COUNTRIES - {own}), key=lambda pair: pair[1])
    return [(own, names.get(own, own)), *others]
