"""What the pages of conflicts, leave and closings say: reasons, and stretches of time, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from app import clock
from app.localtime import local_date, to_local
from booking.appointments.found import Reason
from booking.resources.rhythm import Rhythm

DAY_ENDS = 24 * 60
_MONDAY = date(2024, 1, 1)

_REASONS: Mapping[str, Callable[[str], str]] = {
    "arrival": lambda _name: _("The workshop is closed when the car is to come."),
    "closed": lambda _name: _("The workshop is closed during the work."),
    "off": lambda name: _("%(name)s does not work then.", name=name),
    "leave": lambda name: _("%(name)s is on leave.", name=name),
    "block": lambda name: _("%(name)s is out of use.", name=name),
    "archived": lambda name: _("%(name)s is no longer in use.", name=name),
    "imported": lambda name: _("Another calendar has %(name)s busy.", name=name),
    "overrun": lambda name: _("%(name)s is held up by the car before.", name=name),
    "car_late": lambda name: _("%(name)s is still with the customer before.", name=name),
    "unfinished": lambda _name: _("The work was to be done before today. Mark it as ready when it is."),
    "car_out": lambda name: _("%(name)s was to be back before today.", name=name),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a minute of one date to a minute of the same or a later one, on the workshop's clock."""

    first_on: date
    opens: int
    last_on: date
    closes: int


def say_conflict(reason: Reason) -> str:
    """One reason in the reader's language, with the note that somebody made of it."""
    sentence = str(_REASONS[reason.kind](reason.name))
    return f"{sentence} ({reason.label})" if reason.label else sentence


def stretch_of(starts_at: datetime, ends_at: datetime, timezone: str) -> Stretch:
    """The instants as people read them: what ends at midnight ends with the day before."""
    opens, closes = to_local(starts_at, timezone), to_local(ends_at, timezone)
    closing = closes.hour * 60 + closes.minute
    last_on = closes.date() if closing else closes.date() - timedelta(days=1)
    return Stretch(opens.date(), opens.hour * 60 + opens.minute, last_on, closing or DAY_ENDS)


def say_stretch(stretch: Stretch, timezone: str) -> str:
    """``Fri 11 Dec``, ``Fri 11 Dec from 13:30``, ``Fri 11 Dec, 13:30 – 15:00``, or two dates."""
    this_year = local_date(clock.now(), timezone).year
    first, last = (_say_day(on, this_year) for on in (stretch.first_on, stretch.last_on))
    opens, closes = _say_time(stretch.opens), _say_time(stretch.closes)
    is_to_the_end = stretch.closes == DAY_ENDS
    if stretch.first_on != stretch.last_on:
        return f"{_join(first, opens)} – {last if is_to_the_end else _join(last, closes)}"
    if is_to_the_end:
        return str(_("%(day)s from %(time)s", day=first, time=opens)) if stretch.opens else first
    if not stretch.opens:
        return str(_("%(day)s until %(time)s", day=first, time=closes))
    return f"{first}, {opens} – {closes}"


def say_rhythm(rhythm: Rhythm, timezone: str, *, dates: int) -> str:
    """``every 2 weeks: Mon, Wed, 13:30 – 15:00, until Fri 30 Jul (12 dates)``."""
    this_year = local_date(clock.now(), timezone).year
    rate = say_rate(rhythm.every_weeks)
    hours = _say_hours(rhythm.opens, rhythm.closes)
    until = _("until %(day)s", day=_say_day(rhythm.until_on, this_year))
    parts = [*map(say_weekday, sorted(rhythm.weekdays)), *([hours] if hours else []), until]
    count = ngettext("%(num)d date", "%(num)d dates", dates)
    said = _("%(rate)s: %(days)s", rate=rate, days=", ".join(parts))
    return f"{said} ({count})"


def say_rate(every_weeks: int) -> str:
    """``every week``, ``every 2 weeks``."""
    return str(ngettext("every week", "every %(num)d weeks", every_weeks))


def say_weekday(number: int) -> str:
    """``Mon`` for 0."""
    return str(format_date(_MONDAY + timedelta(days=number), "EEE"))


def _say_hours(opens: int, closes: int) -> str:
    """``13:30 – 15:00``; nothing for the whole day."""
    if (opens, closes) == (0, DAY_ENDS):
        return ""
    return f"{_say_time(opens) or '0:00'} – {_say_time(closes)}"


def say_spans(spans: list[list[int]]) -> str:
    """``8:00 – 12:00, 13:30 – 18:00``."""
    return ", ".join(f"{_say_time(opens) or '0:00'} – {_say_time(closes)}" for opens, closes in spans)


def _say_day(on: date, this_year: int) -> str:
    return str(format_date(on, "EEE d MMM" if on.year == this_year else "EEE d MMM y"))


def _say_time(minutes: int) -> str:
    """``8:30``; nothing for the first minute of a day."""
    return f"{minutes // 60}:{minutes % 60:02d}" if minutes else ""


def _join(day: str, time: str) -> str:
    return f"{day}, {time}" if time else day
