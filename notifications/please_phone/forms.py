"""The forms of the list of customers to phone, checked for shape."""

from __future__ import annotations

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.errors import InvalidInputError

MOST = 100
LONGEST = 18
"""Digits of the largest number that both databases keep."""


def read_message_ids(form: MultiDict[str, str]) -> tuple[int, ...]:
    """The messages that the page showed in the row; raises InvalidInputError for none or for no numbers."""
    texts = form.getlist("message")
    are_numbers = all(text.isascii() and text.isdigit() and len(text) <= LONGEST for text in texts)
    if not texts or len(texts) > MOST or not are_numbers:
        raise InvalidInputError({"message": _("Please reload the page and try again.")})
    return tuple(int(text) for text in texts)
