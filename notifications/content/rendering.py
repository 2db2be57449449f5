"""From a template and its context to the text that is stored, and from that to what is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from app.i18n import LOCALES
from notifications.content.context import MessageContext
from notifications.content.gsm import to_gsm_letters
from notifications.content.segments import count_segments
from notifications.content.texts import TEXTS, VERSION, Kind, Text

LINK = "{link}"
"""Stands in stored texts where the message's own short link goes."""

ChannelName = Literal["sms", "email"]
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text ready to be stored: ``body`` holds ``{link}``; ``segments`` is 0 for e-mail."""

    subject: str
    body: str
    segments: int
    template_version: int


def render(kind: Kind, context: MessageContext, *, channel: ChannelName, locale: str, link: str) -> Rendered:
    """The message of ``kind`` in ``locale`` (English where we do not speak it).

    ``link`` is the full short link: it counts towards the segments, but is not stored.
    """
    text = text_of(kind, locale)
    words = asdict(context)
    if channel == "email":
        subject = fill(text.subject, words)
        return Rendered(subject=subject, body=fill(text.email, words), segments=0, template_version=VERSION)
    body = to_gsm_letters(fill(text.sms, words))
    count = count_segments(show_link_in(body, link)).count
    return Rendered(subject="", body=body, segments=count, template_version=VERSION)


def text_of(kind: Kind, locale: str) -> Text:
    """The template of a kind in a language, English if there is none."""
    return TEXTS[kind][language_of(locale)]


def language_of(locale: str) -> str:
    """The language in which a reader of ``locale`` is written to."""
    return locale if locale in LOCALES else LOCALES[0]


def fill(template: str, words: Mapping[str, str]) -> str:
    """Put the words in their places, once: what a word itself holds is never filled in.

    ``{link}`` stays. Raises KeyError for a place that no word is for.
    """
    return _PLACE.sub(lambda place: LINK if place[0] == LINK else words[place[1]], template)


def show_link_in(body: str, link: str) -> str:
    """A stored text as it is sent or shown: with its link."""
    return body.replace(LINK, link)
