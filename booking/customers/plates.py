"""Number plates as their country writes them; stored as letters and digits alone."""

from __future__ import annotations

import re

_SHAPES: dict[str, tuple[re.Pattern[str], str]] = {
    "FR": (re.compile(r"([A-Z]{2})(\d{3})([A-Z]{2})"), r"\1-\2-\3"),
    "GB": (re.compile(r"([A-Z]{2}\d{2})([A-Z]{3})"), r"\1 \2"),
    "ES": (re.compile(r"(\d{4})([A-Z]{3})"), r"\1 \2"),
}


def show_plate(plate: str, country: str) -> str:
    """``GA482QT`` as ``GA-482-QT`` in France; of a shape or country not known here, as stored."""
    shape = _SHAPES.get(country)
    if shape is None:
        return plate
    match = shape[0].fullmatch(plate)
    return match.expand(shape[1]) if match else plate
