"""The desk's forms, checked for shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from app.errors import InvalidInputError
from booking.appointments.life_cycle import Status
from booking.customers.fields import clean_note
from booking.desk.steps import BY_HAND

MAX_REASON = 200


@dataclass(frozen=True, slots=True)
class StatusForm:
    """A step, taken from the version that the page showed."""

    target: Status
    version: int
    keeps_car: bool = False


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """Why, in a few words, and the version that the page showed."""

    reason: str
    version: int


def read_status(form: Mapping[str, str]) -> StatusForm:
    """Raises InvalidInputError for a state that no button names or a version that is no number."""
    if form.get("target") not in BY_HAND:
        raise InvalidInputError({"target": _("Please choose one of the options.")})
    return StatusForm(Status(form["target"]), read_version(form), keeps_car=form.get("keeps_car") == "1")


def read_reason(form: Mapping[str, str]) -> ReasonForm:
    """Raises InvalidInputError for an unreadable or endless reason, or a version that is no number."""
    try:
        reason = clean_note(form.get("reason", ""), most=MAX_REASON)
    except ValueError as error:
        raise InvalidInputError({"reason": str(error)}) from error
    return ReasonForm(reason=reason, version=read_version(form))


def read_version(form: Mapping[str, str]) -> int:
    """The version that the page showed; raises InvalidInputError for one that is no number."""
    text = form.get("version", "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise InvalidInputError({"version": _("Please reload the page and try again.")})
    return int(text)
