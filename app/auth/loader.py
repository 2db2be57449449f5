"""How flask-login finds who is signed in, once a request and only where staff go."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, request

from app.auth.operations import ABSOLUTE, touch_session
from app.auth.queries import SignedIn, find_signed_in
from app.config import Settings
from app.db.unit_of_work import reading, unit_of_work
from app.extensions import login_manager
from app.tenancy.scope import across_garages

BY_ITSELF = "X-Garagenda-By-Itself"
"""A page sends it that looks for changes while nobody does anything: no use of the session."""


def init_login(app: Flask, settings: Settings) -> None:
    """Bind flask-login; the cookie is HttpOnly, Lax, and host-bound where we serve https."""
    secure = settings.public_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-garagenda" if secure else "garagenda",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=timedelta(days=ABSOLUTE.days),
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_CHECK_DEFAULT=False,  # the door checks it where there is a session
        WTF_CSRF_TIME_LIMIT=None,  # a desk stays open all day; the token dies with the session
        WTF_CSRF_SSL_STRICT=False,  # the door compares Origin with the public address
    )
    # "strong" protection signs a tablet out whenever it changes network.
    login_manager.session_protection = None
    login_manager.init_app(app, add_context_processor=False)  # it would read the session of public pages
    # Its remember cookie is not used, and its look for one would open the session of every request.
    app.after_request_funcs[None].remove(login_manager._update_remember_cookie)
    login_manager.user_loader(load_signed_in)


def load_signed_in(token: str) -> SignedIn | None:
    """Who holds the token; notes the use of the session every few minutes, if somebody uses it."""
    with across_garages("sign-in: the session names its garage"):
        with reading() as rows:
            found = find_signed_in(rows, token)
        if found is not None and found.is_stale and BY_ITSELF not in request.headers:
            with unit_of_work() as rows:
                touch_session(rows, session_id=found.session_id)
    return found
