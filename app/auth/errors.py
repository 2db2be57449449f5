"""Refusals of sign-in and of accounts."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import lazy_gettext as _l

from app.errors import DomainError


class SignInRefusedError(DomainError):
    """E-mail and password do not go together; says nothing about which accounts exist."""

    code = "sign_in_refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _l("E-mail and password do not match. Check both and try again.")


class WeakPasswordError(DomainError):
    """Shorter than ten characters."""

    code = "weak_password"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _l("A password needs at least ten characters.")
