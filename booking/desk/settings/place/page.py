"""What the pages of workshop and garage let one choose from, and how a colour will look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import holidays
from babel import Locale
from babel.core import get_global
from flask_babel import get_locale
from flask_babel import gettext as _

from app.web.accent import Theme, accent_tokens
from booking.catalog.words import list_energies
from booking.desk.settings.place.forms import Typed

COMMON_CURRENCIES = ("EUR", "GBP", "CHF", "USD", "CAD", "PLN", "CZK", "DKK", "SEK", "NOK", "RON", "HUF")


@dataclass(frozen=True, slots=True)
class Sample:
    """How the accent looks in one theme: of the button, its text, the card under it, and a link."""

    theme: str
    fill: str
    text: str
    ground: str
    link: str
    is_adjusted: bool


def list_samples(accent: str) -> list[Sample]:
    """In the light and in the dark; none for what is no colour."""
    try:
        tokens: dict[Theme, dict[str, str]] = {
            "light": accent_tokens(accent, "light"),
            "dark": accent_tokens(accent, "dark"),
        }
    except ValueError:
        return []
    grounds: dict[Theme, str] = {"light": "#ffffff", "dark": "#141920"}
    words: dict[Theme, str] = {"light": str(_("light")), "dark": str(_("dark"))}
    return [
        Sample(
            words[theme],
            found["accent"],
            found["on-accent"],
            grounds[theme],
            found["accent-ink"],
            is_adjusted=found["accent"] != accent.lower(),
        )
        for theme, found in tokens.items()
    ]


def list_countries() -> list[tuple[str, str]]:
    """The countries whose public holidays are known, by their names."""
    names = _locale().territories
    known = [code for code in holidays.list_supported_countries() if code in names]
    return sorted(((code, names[code]) for code in known), key=lambda pair: pair[1])


def list_zones(country: str, chosen: str) -> list[tuple[str, str]]:
    """The time zones of the country, and the one that is chosen."""
    zones = dict.fromkeys([*get_global("territory_zones").get(country, []), *([chosen] if chosen else [])])
    return [(name, name.replace("_", " ").replace("/", " / ")) for name in sorted(zones)]


def list_regions(country: str, chosen: str) -> list[tuple[str, str]]:
    """The country as a whole, then its regions with holidays of their own."""
    known = holidays.list_supported_countries().get(country, [])
    names = {code: name for name, code in _aliases(country).items()}
    regions = [(code, f"{names[code]} ({code})" if code in names else code) for code in known]
    if chosen and chosen not in known:
        regions.append((chosen, chosen))
    return [("", _("The country’s, no region’s")), *sorted(regions, key=lambda pair: pair[1])]


def _aliases(country: str) -> Mapping[str, str]:
    found = getattr(holidays.country_holidays(country), "subdivisions_aliases", None)
    return found or {}


def list_currencies(chosen: str) -> list[tuple[str, str]]:
    """Currencies that garages commonly use, and the one that is chosen."""
    names = _locale().currencies
    codes = dict.fromkeys([*COMMON_CURRENCIES, *([chosen] if chosen else [])])
    return [(code, f"{code} · {names.get(code, code)}") for code in codes]


def shop_words() -> dict[str, str]:
    """The fields of a workshop on screen."""
    return {
        "name": _("Name"),
        "address": _("Address"),
        "phone": _("Phone"),
        "email": _("E-mail of the workshop"),
        "timezone": _("Time zone"),
        "subdivision": _("Public holidays"),
    }


def garage_words() -> dict[str, str]:
    """The fields of a garage on screen."""
    skills = {f"skills_{code}": word for code, word in list_energies() if code}
    return {
        "name": _("Name"),
        "country": _("Country"),
        "locale": _("Language"),
        "currency": _("Currency"),
        "accent": _("Colour"),
        **skills,
    }


def say_differing(standing: Typed, typed: Typed, labels: Mapping[str, str]) -> dict[str, str]:
    """By its label, what stands by now where something else was typed."""
    return {label: standing[name] for name, label in labels.items() if standing[name] != typed[name]}


def _locale() -> Locale:
    return get_locale() or Locale("en")
