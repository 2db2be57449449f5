"""Refusals of a booking that is still being typed."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import lazy_gettext as _l

from app.errors import DomainError


class DraftGoneError(DomainError):
    """The draft is over or was never there; its holder may start again."""

    code = "draft_gone"
    status = HTTPStatus.GONE
    message = _l("This booking was left open for too long. Nothing was booked; please start again.")
