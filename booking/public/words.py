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
from booking.availability.words import say_refused


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


def say_gone(gone_at: datetime, free: list[datetime], timezone: str, *, reason: str | None) -> str:
    """``8:30 has just gone. 8:00, 9:15 and 10:00 are free.``, with the engine's reason where it helps."""
    day = local_date(gone_at, timezone)
    if not free:
        none_left = _("No other time is free near it.")
        return f"{_lost(gone_at, say_long(gone_at, timezone), reason)} {none_left}"
    days = {local_date(each, timezone) for each in free}
    gone = (say_time if days == {day} else say_short)(gone_at, timezone)
    left = _say_free(free, timezone, on=day)
    said = _("%(others)s are free.", others=left) if len(free) > 1 else _("%(other)s is free.", other=left)
    return f"{_lost(gone_at, gone, reason)} {said}"


def _say_free(free: list[datetime], timezone: str, *, on: date) -> str:
    """The times alone on the date ``on``; else with their day, said once where it is the same for all."""
    days = {local_date(each, timezone) for each in free}
    if len(days) > 1:
        return join([say_short(each, timezone) for each in free])
    times = join([say_time(each, timezone) for each in free])
    if days == {on}:
        return times
    return str(_("%(day)s at %(time)s", day=format_date(days.pop(), "EEE d MMM"), time=times))


def _lost(gone_at: datetime, said: str, reason: str | None) -> str:
    why = say_refused(reason, wanted_at=gone_at)
    if not why:
        return str(_("%(time)s has just gone.", time=capital(said)))
    return str(_("%(time)s is not possible: %(why)s.", time=capital(said), why=why))


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
