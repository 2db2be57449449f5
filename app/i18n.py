"""Languages: which one a page is written in, and texts that a garage wrote in several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import g, has_request_context, request
from flask_babel import force_locale, refresh

LOCALES = ("en", "fr")
LOCALE_NAMES = {"en": "English", "fr": "Français"}


def select_locale() -> str:
    """The locale of this request.

    What the view has set for its reader, else ``?lang=``, else the best of Accept-Language, else
    the garage's own, else English. Nothing is remembered in a cookie.
    """
    if not has_request_context():
        return LOCALES[0]
    chosen = getattr(g, "locale", None) or request.args.get("lang")
    if chosen in LOCALES:
        return str(chosen)
    own = str(getattr(g, "garage_locale", LOCALES[0]))
    return _accepted() or own


def _accepted() -> str | None:
    """The most wanted language that we speak; ``en-GB`` counts as English before a lesser French."""
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality)
    return next((language for language in wanted if language in LOCALES), None)


def use_locale(locale: str | None) -> None:
    """Write the rest of this response in ``locale``, if it is one we speak."""
    if locale in LOCALES:
        g.locale = locale
        refresh()


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Within the block, texts come in ``locale``: messages to a person, not the reader of a page."""
    with force_locale(locale if locale in LOCALES else LOCALES[0]):
        yield


def pick(texts: Mapping[str, str], locale: str) -> str:
    """A garage's own text in ``locale``, else in English, else in whatever language it has."""
    return texts.get(locale) or texts.get(LOCALES[0]) or next(iter(texts.values()), "")
