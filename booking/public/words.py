"""How the customer's pages say times, days and prices, in the visitor's language."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from babel import Locale
from babel.lists import format_list
from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from app import clock
from app.localtime import local_date, to_local
from app.web.filters import money


def locale() -> Locale:
    """The language of this page."""
    return get_locale() or Locale("en")


def say_time(moment: datetime, timezone: str) -> str:
    """``8:30``, in French sentences ``8 h 30``; a repeated hour tells which of the two it is."""
    local = to_local(moment, timezone)
    if local.minute:
        said = _("%(hour)d:%(minute)s", hour=local.hour, minute=f"{local.minute:02d}")
    else:
        said = _("%(hour)d:00", hour=local.hour)
    which = _which(local)
    return f"{said}\u00a0{which}" if which else said


def chip_time(moment: datetime, timezone: str) -> str:
    """``8:30``, the short form of chips in every language."""
    return f"{to_local(moment, timezone):%-H:%M}"


def which_time(moment: datetime, timezone: str) -> str:
    """``CEST``: which of the two it is where the clock shows the same time twice, else nothing."""
    return _which(to_local(moment, timezone))


def say_day(on: date) -> str:
    """``Tuesday 24 November``."""
    return str(format_date(on, "EEEE d MMMM"))


def say_short(moment: datetime, timezone: str) -> str:
    """``Tue 24 Nov at 8:30``."""
    day = format_date(local_date(moment, timezone), "EEE d MMM")
    return str(_("%(day)s at %(time)s", day=day, time=say_time(moment, timezone)))


def say_long(moment: datetime, timezone: str) -> str:
    """``Tuesday 24 November at 8:30``."""
    day = say_day(local_date(moment, timezone))
    return str(_("%(day)s at %(time)s", day=day, time=say_time(moment, timezone)))


def say_next(moment: datetime, timezone: str) -> str:
    """``Tomorrow, Tuesday 24, at 8:30``: how the first free slot presents itself."""
    on, time = local_date(moment, timezone), say_time(moment, timezone)
    day = format_date(on, "EEEE d")
    days_ahead = (on - local_date(clock.now(), timezone)).days
    if days_ahead == 0:
        return str(_("Today, %(day)s, at %(time)s", day=day, time=time))
    if days_ahead == 1:
        return str(_("Tomorrow, %(day)s, at %(time)s", day=day, time=time))
    return capital(say_long(moment, timezone))


def say_deadline(moment: datetime, timezone: str) -> str:
    """``this evening at 18:00``, ``tomorrow at 8:00``, ``Tuesday 24 November at 8:30``."""
    days_ahead = (local_date(moment, timezone) - local_date(clock.now(), timezone)).days
    time = say_time(moment, timezone)
    if days_ahead == 0:
        return str(_("today at %(time)s", time=time))
    if days_ahead == 1:
        return str(_("tomorrow at %(time)s", time=time))
    return say_long(moment, timezone)


def say_gone(gone_at: datetime, free: list[datetime], timezone: str) -> str:
    """``8:30 has just gone. 8:00, 9:15 and 10:00 are free.``"""
    day = local_date(gone_at, timezone)
    if not free:
        said: str = _(
            "%(time)s has just gone, and no other time is free near it.", time=say_long(gone_at, timezone)
        )
        return said
    if all(local_date(each, timezone) == day for each in free):
        gone, times = say_time(gone_at, timezone), [say_time(each, timezone) for each in free]
    else:
        gone, times = say_short(gone_at, timezone), [say_short(each, timezone) for each in free]
    if len(times) == 1:
        return str(_("%(time)s has just gone. %(other)s is free.", time=capital(gone), other=times[0]))
    return str(_("%(time)s has just gone. %(others)s are free.", time=capital(gone), others=join(times)))


def join(texts: list[str]) -> str:
    """``8:00, 9:15 and 10:00``."""
    return format_list(texts, locale="en_GB" if locale().language == "en" else locale())


def capital(text: str) -> str:
    """The text with a capital, as a sentence begins."""
    return text[:1].upper() + text[1:]


def price_words(cents: int, currency: str) -> str:
    """``€89``; nothing for 0, which means that the garage names no price."""
    return money(cents, currency) if cents else ""


def price_from(cents: int, currency: str) -> str:
    """``from €89``; nothing for 0."""
    return str(_("from %(price)s", price=money(cents, currency))) if cents else ""


def _which(local: datetime) -> str:
    """The zone's abbreviation where the clock shows the same time twice, else nothing."""
    other = local.replace(fold=1 - local.fold)
    if other.utcoffset() == local.utcoffset() or not _is_repeated(local):
        return ""
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{_offset(local)}"


def _is_repeated(local: datetime) -> bool:
    """A time inside a gap has two offsets as well, but never comes about; it is not repeated."""
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    return (first or timedelta()) > (second or timedelta())


def _offset(local: datetime) -> str:
    text = f"{local:%z}"
    return f"{text[:3]}:{text[3:5]}"
