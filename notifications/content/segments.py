"""How many parts a text message takes: GSM 7-bit (3GPP TS 23.038) where its letters allow, else UCS-2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet: one septet each."""

EXTENSION = frozenset("\f^{}\\[~]|€")
"""The extension table: an escape and a septet, never parted between two messages."""

LETTERS = BASIC | EXTENSION

Encoding = Literal["gsm7", "ucs2"]
SINGLE: dict[Encoding, int] = {"gsm7": 160, "ucs2": 70}
JOINED: dict[Encoding, int] = {"gsm7": 153, "ucs2": 67}
"""What fits into one message alone, and into each of several: these carry a header of six bytes."""


@dataclass(frozen=True, slots=True)
class Segments:
    """``units`` are septets (GSM-7) or UTF-16 code units (UCS-2); ``count`` is what is paid for."""

    encoding: Encoding
    units: int
    count: int


def count_segments(text: str) -> Segments:
    """The encoding that ``text`` needs, its length in it, and the messages it takes; 0 when empty."""
    encoding: Encoding = "gsm7" if LETTERS.issuperset(text) else "ucs2"
    widths = [_width(char, encoding) for char in text]
    units = sum(widths)
    if units <= SINGLE[encoding]:
        return Segments(encoding, units, min(units, 1))
    return Segments(encoding, units, _pack(widths, JOINED[encoding]))


def _width(char: str, encoding: Encoding) -> int:
    if encoding == "gsm7":
        return 2 if char in EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1


def _pack(widths: Iterable[int], capacity: int) -> int:
    """Messages filled one after the other; a pair that does not fit whole opens the next."""
    count, used = 1, 0
    for width in widths:
        if used + width > capacity:
            count, used = count + 1, 0
        used += width
    return count
