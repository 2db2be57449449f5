"""Writing a message's text into its row, from what it is about as that stands now."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from notifications.content.context import build_context
from notifications.content.garage_context import build_garage_context
from notifications.content.garage_texts import GARAGE_KINDS, GARAGE_TEXTS
from notifications.content.garage_texts import VERSION as GARAGE_VERSION
from notifications.content.letter import Letter, compose, without_empty_facts
from notifications.content.rendering import ChannelName, Rendered, fill, language_of, render
from notifications.content.sheet_letter import SheetLetter, compose_sheet
from notifications.content.texts import Kind
from notifications.outbox.about import About
from notifications.outbox.models import Message


def write_text(message: Message, about: About, *, link: str) -> None:
    """Store subject, body (with ``{link}`` for ``link``), segments and the template's version."""
    rendered = _render(message, about, link=link)
    message.subject = rendered.subject
    message.body = rendered.body
    message.segments = rendered.segments
    message.template_version = rendered.template_version


def write_sheet(message: Message, about: About) -> SheetLetter:
    """The letter of the day's sheet that the message is about."""
    assert about.sheet is not None
    country = about.garage.country
    return compose_sheet(about.sheet, about.workshop, country=country, locale=message.locale)


def write_garage_letter(message: Message, about: About) -> tuple[Letter, str]:
    """The letter to the workshop about a visit, in parts and as text."""
    context = build_garage_context(
        about.visit,
        about.workshop,
        country=about.garage.country,
        arrives_at=message.arrives_at,
        moved_from=about.moved_from,
        locale=message.locale,
    )
    text = GARAGE_TEXTS[message.kind][language_of(message.locale)]
    words = asdict(context)
    template = without_empty_facts(text.email, words)
    return compose(text.subject, template, words), fill(template, words)


def _render(message: Message, about: About, *, link: str) -> Rendered:
    if about.sheet is not None:
        sheet = write_sheet(message, about)
        return Rendered(sheet.subject, sheet.text, segments=0, template_version=GARAGE_VERSION)
    if message.kind in GARAGE_KINDS:
        letter, body = write_garage_letter(message, about)
        return Rendered(letter.subject, body, segments=0, template_version=GARAGE_VERSION)
    return render(
        Kind(message.kind),
        build_context(about.visit, about.workshop, locale=message.locale),
        channel=cast("ChannelName", message.channel),
        locale=message.locale,
        link=link,
    )
