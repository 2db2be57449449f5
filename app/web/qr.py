"""QR codes as drawings of the page's own, for addresses that a camera is to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import segno


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code as one path of dark squares, ``size`` of them to a side; its margin is the page's."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """Readable with a seventh of it soiled (level M); drawn by runs of squares, row by row."""
    rows = segno.make(text, error="m", micro=False).matrix
    return QrCode(len(rows), "".join(_runs(number, row) for number, row in enumerate(rows)))


def _runs(number: int, row: Iterable[int]) -> str:
    drawn, column = [], 0
    for is_dark, squares in groupby(row):
        width = len(list(squares))
        if is_dark:
            drawn.append(f"M{column} {number}h{width}v1h-{width}z")
        column += width
    return "".join(drawn)
