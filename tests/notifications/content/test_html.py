"""A letter as HTML: escaped, in both themes, in its reader's language, with nothing to fetch."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from flask import Flask

from app.web.accent import accent_tokens
from notifications.content.html import Look, render_html
from notifications.content.letter import Letter

LINK = "https://book.example/r/abc"
LETTER = Letter(
    title="C’est réservé",
    subject="C’est réservé : mar. 24 nov.",
    paragraphs=("Bonjour Camille,",),
    facts=(("Travaux", "Vidange"),),
    label="voir ou annuler",
    place=("Atelier Martin",),
    when="mar. 24 nov. à 8 h 30",
    plate="GA-482-QT",
    plate_country="FR",
)
LOOK = Look(sender="Atelier Martin", accent="#c2410c")


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def html(letter: Letter = LETTER, *, look: Look = LOOK, locale: str = "fr") -> str:
    return render_html(letter, look, link=LINK, locale=locale)


def test_it_has_the_parts_of_the_letter(app_context: Flask) -> None:
    text = html()
    for words in ("C’est réservé", "Mar. 24 nov. à 8 h 30", "GA-482-QT", "Vidange", "Voir ou annuler"):
        assert words in text


def test_every_link_leads_to_the_message_s_own_address(app_context: Flask) -> None:
    links = {attrs["href"] for tag, attrs in Tags(html()).found if tag == "a"}
    assert links == {LINK}


def test_nothing_in_it_is_fetched_or_run(app_context: Flask) -> None:
    tags = Tags(html()).found
    assert not {tag for tag, _ in tags} & {
        "img",
        "link",
        "script",
        "iframe",
        "object",
        "video",
        "form",
        "svg",
    }
    assert not {name for _, attrs in tags for name in attrs} & {"src", "style", "background", "srcset"}


def test_what_was_typed_is_escaped(app_context: Flask) -> None:
    evil = "<img src=//evil.example onerror=alert(1)>"
    text = html(
        replace(LETTER, paragraphs=(evil,), facts=(("Travaux", evil),), plate=evil, when=evil, place=(evil,)),
        look=Look(sender=evil, accent="#c2410c"),
    )
    assert "<img" not in text.lower()


@pytest.mark.parametrize(
    ("locale", "foot"),
    [("fr", "Réservation par Garagenda"), ("en", "Booking by Garagenda"), ("de", "Booking by")],
)
def test_it_speaks_its_readers_language(app_context: Flask, locale: str, foot: str) -> None:
    text = html(locale=locale)
    assert foot in text
    assert f'<html lang="{locale if locale == "fr" else "en"}">' in text


@pytest.mark.parametrize("accent", ["#c2410c", "#ffff00", "#000000"])
def test_the_garages_accent_is_readable_in_both_themes(app_context: Flask, accent: str) -> None:
    light, dark = html(look=Look("Atelier", accent)).split("@media (prefers-color-scheme: dark)")
    for part, theme in ((light, "light"), (dark, "dark")):
        tones = accent_tokens(accent, theme)  # type: ignore[arg-type]  # one of the two
        assert f".btn {{ background: {tones['accent']} }}" in part
        assert f".btn a {{ color: {tones['on-accent']} }}" in part


def test_what_will_not_take_place_is_struck_out(app_context: Flask) -> None:
    assert 'class="when off"' in html(replace(LETTER, is_off=True))
    assert 'class="when"' in html()
