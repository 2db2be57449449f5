"""The form of a new feed, checked for shape."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

from flask_babel import gettext as _

from app.errors import InvalidInputError
from app.i18n import LOCALES
from booking.customers.fields import clean_text
from calendars.feeds.looks import Privacy
from calendars.feeds.models import PRIVACIES

WHOLE = "workshop"
"""What the form says for a feed of the whole workshop, in place of a resource's number."""

MAX_LABEL = 60
FIELDS = ("of", "privacy", "locale", "label")


@dataclass(frozen=True, slots=True)
class FeedForm:
    """A feed to make: of one resource or, without, of the whole workshop."""

    resource_id: int | None
    privacy: Privacy
    locale: str
    label: str


def read_feed(form: Mapping[str, str], *, resource_ids: Collection[int]) -> FeedForm:
    """Raises InvalidInputError for a choice that is not offered or an unreadable or endless label."""
    errors = {}
    known = {WHOLE: None} | {str(number): number for number in resource_ids}
    choices = (("of", known), ("privacy", PRIVACIES), ("locale", LOCALES))
    for name, offered in choices:
        if form.get(name) not in offered:
            errors[name] = _("Please choose one of the options.")
    label = ""
    try:
        label = clean_text(form.get("label", ""), most=MAX_LABEL)
    except ValueError as error:
        errors["label"] = str(error)
    if errors:
        raise InvalidInputError(errors)
    return FeedForm(known[form["of"]], cast("Privacy", form["privacy"]), form["locale"], label)
