"""The door: every request is held to the policy its view declares."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.auth.roles import Role
from app.extensions import csrf, current_settings
from app.security.policy import Policy, policy_of
from app.web.shell import open_desk

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def init_access(app: Flask) -> None:
    """Refuse what no policy allows, before any view runs."""
    app.before_request(_enforce)


def _enforce() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such address: the router answers 404 or 405
    policy = policy_of(current_app.view_functions[request.endpoint])
    if policy is None:
        abort(404)
    if policy.kind in {"public", "link", "machine"}:
        return None
    if request.method not in SAFE_METHODS:
        _check_origin()
        csrf.protect()
    return _check_member(policy) if policy.kind == "staff" else None


def _check_member(policy: Policy) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("auth.sign_in", next=target))
    open_desk()  # first: a refusal too is said in the member's language
    if not current_user.role.may_act_as(Role(policy.role)):
        abort(403)
    return None


def _check_origin() -> None:
    """A staff form posted from anywhere else than our own pages is refused.

    Browsers send Origin with every POST; the token is checked besides.
    """
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    own = urlsplit(current_settings().public_url)
    if origin is not None and origin != f"{own.scheme}://{own.netloc}":
        abort(403)
    if origin is None and site not in {None, "same-origin", "none"}:
        abort(403)
