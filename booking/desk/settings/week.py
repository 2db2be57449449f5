"""Weekly hours as a form has them: for each day pairs of times, as typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.tenancy.garage_file.report import Problem
from app.tenancy.garage_file.times import DAYS, format_clock

Typed = dict[str, list[tuple[str, str]]]
"""By day, the pairs of its opening and closing time."""

SHOWN = 2
"""How many pairs a day has at least on the page."""
MOST_PAIRS = 8
MOST_TYPED = 20
WEEKDAYS = DAYS[:5]
NAMES = {
    "mon": _l("Monday"),
    "tue": _l("Tuesday"),
    "wed": _l("Wednesday"),
    "thu": _l("Thursday"),
    "fri": _l("Friday"),
    "sat": _l("Saturday"),
    "sun": _l("Sunday"),
}

_LOOSE = re.compile(r"(\d{1,2})(?:\s*[h:.]\s*(\d{2})?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the grid; ``has_spare``: one more pair is folded away behind those that are full."""

    day: str
    name: Any
    pairs: list[tuple[str, str]]
    has_spare: bool


def read_week(form: MultiDict[str, str]) -> Typed:
    """What was typed, by day."""
    return {day: read_pairs(form, day) for day in DAYS}


def read_pairs(form: MultiDict[str, str], name: str) -> list[tuple[str, str]]:
    """The pairs of fields ``name``_from and ``name``_to, in their order."""
    opens, closes = form.getlist(f"{name}_from"), form.getlist(f"{name}_to")
    pairs = list(zip(opens, closes, strict=False))[:MOST_PAIRS]
    return [(first[:MOST_TYPED].strip(), second[:MOST_TYPED].strip()) for first, second in pairs]


def type_week(stored: Mapping[str, Sequence[Sequence[int]]]) -> Typed:
    """Stored hours in the form's own words."""
    return {day: type_pairs(stored.get(day, ())) for day in DAYS}


def type_pairs(spans: Sequence[Sequence[int]]) -> list[tuple[str, str]]:
    """The stored hours of a day in the form's own words; a day that lasts until midnight ends at 00:00."""
    return [(format_clock(opens), format_clock(closes % (24 * 60))) for opens, closes in spans]


def week_entry(typed: Typed) -> dict[str, list[str]]:
    """The hours as the garage file writes them; whether they are right is its rule to say."""
    return {day: spans for day in DAYS if (spans := pairs_entry(typed.get(day, [])))}


def pairs_entry(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """``HH:MM-HH:MM`` for each pair of which anything was typed; closing at 00:00 is midnight."""
    return [
        f"{clock_entry(opens)}-{clock_entry(closes, is_end=True)}"
        for opens, closes in pairs
        if opens or closes
    ]


def week_rows(typed: Typed) -> list[DayRow]:
    """The grid, each day with pairs to spare."""
    return [day_row(day, typed.get(day, []), name=NAMES[day]) for day in DAYS]


def day_row(day: str, pairs: Sequence[tuple[str, str]], *, name: Any) -> DayRow:
    """One day's pairs, and empty ones up to what a day shows."""
    kept = [pair for pair in pairs if any(pair)]
    shown = kept + [("", "")] * (SHOWN - len(kept))
    return DayRow(day, name, shown, has_spare=SHOWN <= len(kept) < MOST_PAIRS)


def like_monday(typed: Typed) -> Typed:
    """The same with Monday's hours on every day to Friday."""
    return typed | {day: list(typed.get("mon", [])) for day in WEEKDAYS}


def day_errors(problems: Sequence[Problem], *, table: str = "hours") -> dict[str, str]:
    """What is wrong with the days of a week, by day."""
    found: dict[str, str] = {}
    for problem in problems:
        if len(problem.steps) > 1 and problem.steps[0] == table:
            found.setdefault(str(problem.steps[1]), str(problem.at_desk))
    return found


def clock_entry(text: str, *, is_end: bool = False) -> str:
    """``HH:MM`` of what a time field sends or a person types: 8, 8h30, 08:30; anything else as it is."""
    match = _LOOSE.fullmatch(text)
    if match is None:
        return text
    clock = f"{int(match[1]):02}:{match[2] or '00'}"
    return "24:00" if is_end and clock == "00:00" else clock
