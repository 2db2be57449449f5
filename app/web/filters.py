"""Jinja filters: instants on the workshop's clock, lengths, money, a garage's own words."""

from __future__ import annotations

from datetime import date, datetime

from babel.numbers import format_currency, get_currency_precision
from flask import Flask
from flask_babel import format_date, get_locale

from app.i18n import pick
from app.localtime import to_local


def init_filters(app: Flask) -> None:
    """Register every filter of this file under its own name."""
    app.jinja_env.filters.update(
        localtime=localtime,
        localday=localday,
        wallminutes=wallminutes,
        dateformat=dateformat,
        duration=duration,
        money=money,
        pick=pick,
        initials=initials,
        capital=capital,
        phone=phone,
    )


def localtime(moment: datetime, timezone: str) -> str:
    """``8:30``: the wall-clock time of chips and boards, 24 hours, in every language."""
    return f"{to_local(moment, timezone):%-H:%M}"


def wallminutes(moment: datetime, timezone: str) -> int:
    """Minutes since midnight on the workshop's clock."""
    local = to_local(moment, timezone)
    return local.hour * 60 + local.minute


def localday(moment: datetime, timezone: str, pattern: str = "EEE d MMM") -> str:
    """The local date of an instant, in the reader's language."""
    return dateformat(to_local(moment, timezone).date(), pattern)


def dateformat(on: date, pattern: str = "medium") -> str:
    """A date in the reader's language; ``pattern`` as CLDR writes it."""
    return str(format_date(on, pattern))


def duration(minutes: int) -> str:
    """``45 min``, ``1 h 15``, ``2 h``; parts never come apart at a line's end."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest}\u00a0min"
    return f"{whole}\u00a0h\u00a0{rest:02d}" if rest else f"{whole}\u00a0h"


def money(cents: int, currency: str) -> str:
    """A price in the reader's language; whole amounts without their zeros."""
    locale = get_locale()
    precision = get_currency_precision(currency)
    amount = cents / 10**precision
    if cents % 10**precision:
        return str(format_currency(amount, currency, locale=locale))
    whole = str(locale.currency_formats["standard"].pattern).replace(".00", "") if locale else "¤#,##0"
    return str(format_currency(amount, currency, whole, locale=locale, currency_digits=False))


def capital(text: str) -> str:
    """``text`` with a capital first letter; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def initials(name: str) -> str:
    """Up to two capitals that stand for a name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def phone(number: str, country: str = "") -> str:
    """An E.164 number as people of ``country`` write it; numbers from abroad keep their prefix.

    Its parts never come apart at a line's end.
    """
    import phonenumbers  # noqa: PLC0415  # 23 MB of metadata: loaded when first shown

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    at_home = parsed.country_code == phonenumbers.country_code_for_region(country)
    styles = phonenumbers.PhoneNumberFormat
    shown = phonenumbers.format_number(parsed, styles.NATIONAL if at_home else styles.INTERNATIONAL)
    return str(shown).replace(" ", "\u00a0").replace("-", "\u2011")
