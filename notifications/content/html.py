"""A letter as HTML: one file, no picture and nothing else fetched, so that opening it tells nobody."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from app.i18n import LOCALES, speaking
from app.web.accent import Theme, accent_tokens
from notifications.content.letter import Letter
from notifications.content.sheet_letter import SheetLetter

VISIT = "notifications/content/letter.html"
SHEET = "notifications/content/sheet.html"
THEMES: tuple[Theme, ...] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Look:
    """Whose letter it is: the name on top and the garage's accent (``#rrggbb``)."""

    sender: str
    accent: str


def render_html(letter: Letter | SheetLetter, look: Look, *, link: str, locale: str) -> str:
    """The letter in our look, light and dark. ``link`` is where the button leads."""
    tones = {theme: accent_tokens(look.accent, theme) for theme in THEMES}
    template = current_app.jinja_env.get_template(SHEET if isinstance(letter, SheetLetter) else VISIT)
    with speaking(locale):
        return template.render(
            letter=letter, look=look, link=link, tones=tones, lang=locale if locale in LOCALES else LOCALES[0]
        )
