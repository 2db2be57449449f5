"""Numbers, lengths and prices as forms of the settings have them, and as the garage file writes them."""

from __future__ import annotations

import re
from decimal import Decimal

from babel.numbers import get_currency_precision

UNITS = {"min": 1, "h": 60, "d": 24 * 60}
"""Units of a length, in minutes."""

MOST_DIGITS = 9
_NUMBER = re.compile(rf"\d{{1,{MOST_DIGITS}}}")
_PRICE = re.compile(r"\d{1,7}(?:[.,]\d{1,3})?")


def number_entry(text: str) -> int | str:
    """The number; what is none stays as it is, for the rule to refuse."""
    bare = re.sub(r"\s", "", text)
    return int(bare) if bare.isascii() and _NUMBER.fullmatch(bare) else text


def length_entry(text: str, unit: str) -> int | str:
    """A length in minutes; what is none stays as it is."""
    number = number_entry(text)
    return number * UNITS.get(unit, 1) if isinstance(number, int) else number


def type_length(minutes: int) -> tuple[str, str]:
    """A stored length in the largest unit that it is whole in; nothing for none."""
    if not minutes:
        return "", "h"
    unit = next(unit for unit in ("d", "h", "min") if minutes % UNITS[unit] == 0)
    return str(minutes // UNITS[unit]), unit


def price_entry(text: str, currency: str) -> int:
    """A price in cents, with a comma or a point; raises ValueError for what is none."""
    bare = re.sub(r"\s", "", text)
    precision = get_currency_precision(currency)
    if not bare.isascii() or not _PRICE.fullmatch(bare):
        raise ValueError(text)
    cents = Decimal(bare.replace(",", ".")) * 10**precision
    if cents != int(cents):
        raise ValueError(text)
    return int(cents)


def type_price(cents: int, currency: str) -> str:
    """A stored price without its currency; whole amounts without their zeros, nothing for none."""
    precision = get_currency_precision(currency)
    whole, rest = divmod(cents, 10**precision)
    if not cents:
        return ""
    return f"{whole}.{rest:0{precision}d}" if rest else str(whole)
