"""What the pages of feeds say: of what a feed is, how much it tells, where it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.web.qr import QrCode, qr_code
from booking.resources.models import Resource
from calendars.feeds.desk.forms import WHOLE
from calendars.feeds.models import PRIVACIES
from calendars.feeds.queries import WORKSHOP, FeedView

IN_RAIL = _l("Calendars")
"""What the desk's rail calls these pages."""

SYMBOLS = {WORKSHOP: "cal", "technician": "wrench", "bay": "swap", "courtesy_car": "key"}
ORDER = ("technician", "bay", "courtesy_car")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several options of a form."""

    value: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where a feed is read: by address, by an address that opens the calendar at once, by camera."""

    url: str
    subscribe_url: str
    qr: QrCode


def show_address(url: str) -> Address:
    """``webcal:`` stands for the same address; phones and computers know it for a subscription."""
    subscribe_url = "webcal:" + url.partition(":")[2]
    return Address(url, subscribe_url, qr_code(subscribe_url))


def kind_word(kind: str) -> str:
    """What the feed is of, in a word."""
    words: dict[str, str] = {
        WORKSHOP: _("Whole workshop"),
        "technician": _("Technician"),
        "bay": _("Bay"),
        "courtesy_car": _("Courtesy car"),
    }
    return words[kind]


def privacy_word(privacy: str) -> str:
    """How much the feed tells, in a few words."""
    return _privacy_words()[privacy][0]


def list_privacies() -> list[Choice]:
    """How much a feed may tell, from most to least."""
    return [Choice(privacy, *_privacy_words()[privacy]) for privacy in PRIVACIES]


def list_subjects(resources: Iterable[Resource]) -> list[tuple[str, str]]:
    """Of what a feed may be made: the whole workshop, then its people, bays and courtesy cars."""
    ordered = sorted(resources, key=lambda row: ORDER.index(row.kind))
    return [
        (WHOLE, kind_word(WORKSHOP)),
        *((str(row.id), f"{kind_word(row.kind)} · {row.name}") for row in ordered),
    ]


def row_of(feed: FeedView) -> dict[str, Any]:
    """One line of the list."""
    words = [kind_word(feed.kind) if feed.resource_id else "", privacy_word(feed.look.privacy), feed.label]
    return {
        "feed": feed,
        "symbol": SYMBOLS[feed.kind],
        "title": title_of(feed),
        "line": " · ".join(filter(None, words)),
    }


def title_of(feed: FeedView) -> str:
    """The feed's name on the desk's pages."""
    return feed.name if feed.resource_id else kind_word(WORKSHOP)


def _privacy_words() -> dict[str, tuple[str, str]]:
    return {
        "full": (_("Everything"), _("With the customer’s name, phone, e-mail and note.")),
        "no_contact": (
            _("No contact data"),
            _("Work, car and place. Nobody can be named or reached by it."),
        ),
        "busy": (_("Busy times only"), _("When, and nothing else.")),
    }
