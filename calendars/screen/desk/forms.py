"""The form of a new screen, checked for shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from app.errors import InvalidInputError
from app.i18n import LOCALES
from booking.customers.fields import clean_text
from calendars.screen.models import THEMES

MAX_LABEL = 60
FIELDS = ("label", "locale", "theme")


@dataclass(frozen=True, slots=True)
class ScreenForm:
    """A screen to make: where it hangs, its language, its colours."""

    label: str
    locale: str
    theme: str


def read_screen(form: Mapping[str, str]) -> ScreenForm:
    """Raises InvalidInputError for a choice that is not offered, or an unreadable or endless label."""
    errors = {}
    for name, offered in (("locale", LOCALES), ("theme", THEMES)):
        if form.get(name) not in offered:
            errors[name] = _("Please choose one of the options.")
    label = ""
    try:
        label = clean_text(form.get("label", ""), most=MAX_LABEL)
    except ValueError as error:
        errors["label"] = str(error)
    if errors:
        raise InvalidInputError(errors)
    return ScreenForm(label, form["locale"], form["theme"])
