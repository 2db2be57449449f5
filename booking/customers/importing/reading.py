"""Bytes of an uploaded file as a table: whichever encoding and separator a spreadsheet has written."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

MOST_BYTES = 4_000_000
MOST_ROWS = 10_000
MOST_COLUMNS = 60
MOST_OF_A_CELL = 400
SEPARATORS = (";", ",", "\t")
SAMPLE_LINES = 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of spreadsheets themselves begin, which are no lists of text."""


@dataclass(frozen=True, slots=True)
class Table:
    """The first line as header, and the others that are not empty, each as long as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(data: bytes) -> Table:
    """Read a list with separators; raises ValueError with a sentence for whoever has sent it.

    UTF-8, UTF-16 with its mark, else Windows' Latin; separated by semicolons, commas or tabs.
    """
    if data.startswith(_WORKBOOKS):
        raise ValueError(
            _("This is a workbook. In the spreadsheet choose “Save as” and CSV, then send that.")
        )
    text = _decode(data)
    if _NO_TEXT.search(text):
        raise ValueError(_("This file is not a list of text. A CSV file is needed."))
    lines = _split(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not lines:
        raise ValueError(_("This file is empty."))
    header, *rows = lines
    if len(header) > MOST_COLUMNS:
        raise ValueError(_("At most %(most)d columns can be read.", most=MOST_COLUMNS))
    if not rows:
        raise ValueError(
            _("There is only one line here. The first line names the columns, the others follow.")
        )
    if len(rows) > MOST_ROWS:
        raise ValueError(
            _("At most %(most)d lines can be read at once. Please cut the file in parts.", most=MOST_ROWS)
        )
    width = len(header)
    return Table(
        tuple(cell[:MOST_OF_A_CELL] for cell in header),
        tuple(tuple(cell[:MOST_OF_A_CELL] for cell in (row + [""] * width)[:width]) for row in rows),
    )


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _split(text: str) -> list[list[str]]:
    separator = _find_separator(text)
    try:
        found = list(_lines(csv.reader(io.StringIO(text, newline=""), delimiter=separator)))
    except csv.Error as error:
        raise ValueError(
            _("This file cannot be read as a list. Is a quotation mark never closed?")
        ) from error
    return found


def _lines(reader: Iterable[list[str]]) -> Iterable[list[str]]:
    for number, row in enumerate(reader):
        cells = [" ".join(cell.split()) for cell in row]
        if any(cells):
            yield cells
        if number > 2 * MOST_ROWS:
            return


def _find_separator(text: str) -> str:
    """The one that parts most of the first lines alike, and into most columns."""
    sample = text.split("\n", SAMPLE_LINES)[:SAMPLE_LINES]

    def merit(separator: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(sample[:1], delimiter=separator)]
        others = [len(row) for row in csv.reader(sample[1:], delimiter=separator) if row]
        width = widths[0] if widths else 1
        return (width > 1) * (1 + sum(other == width for other in others)), width

    try:
        return max(SEPARATORS, key=merit)
    except csv.Error:
        return SEPARATORS[0]
