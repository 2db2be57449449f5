"""Times and dates as the API writes and reads them: RFC 3339, always with an offset."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from flask_babel import gettext as _

from app.localtime import to_local

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:)(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


def parse_moment(value: object) -> datetime:
    """The aware UTC instant that an RFC 3339 date-time with its offset names.

    Raises ValueError with a sentence for the caller. A leap second counts as the second before
    it; an instant beyond the calendar as the calendar's end.
    """
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(_("A time looks like 2026-12-01T08:00:00+01:00, with its offset."))
    day, minute, second, fraction, offset = found.groups()
    second = "59" if second == "60" else second
    text = f"{day}T{minute}{second}.{(fraction or '0')[:6].ljust(6, '0')}{offset.upper()}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(_("There is no such date or time.")) from error
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return _EARLIEST if moment.year < 2000 else _LATEST


def parse_day(value: object) -> date:
    """The date that ``YYYY-MM-DD`` names; raises ValueError with a sentence for the caller."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError(_("A date looks like 2026-12-01."))
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(_("There is no such date.")) from error


def write_moment(moment: datetime, zone_name: str) -> str:
    """``moment`` on the zone's wall clock, with the offset that holds there at that instant."""
    return to_local(moment, zone_name).isoformat()
