"""The test client: it fails the test when a request leaves its database session open or dirty."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask, before_render_template, has_app_context, request_tearing_down
from flask.testing import FlaskClient
from sqlalchemy.pool import QueuePool
from werkzeug.test import TestResponse

from app.db.session import db
from app.extensions import SETTINGS_KEY


class SessionLeftOpenError(AssertionError):
    """A request broke the rule that a transaction ends before the answer is rendered and sent."""


class CarefulClient(FlaskClient):
    """Speaks to the configured public address and looks after each request what it left behind."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request.

        Raises :class:`SessionLeftOpenError` when the request rendered a page inside a
        transaction, ended with a session in a transaction, or kept a pooled connection.
        """
        if has_app_context():
            raise AssertionError("leave the app context before using the client: they would share a session")
        if args and isinstance(args[0], str) and "://" not in args[0]:
            kwargs.setdefault("base_url", self.application.extensions[SETTINGS_KEY].public_url)
        watch = _watches[self.application]
        before = watch.connections_out()
        watch.faults.clear()
        response = super().open(*args, **kwargs)
        if watch.connections_out() > before:
            watch.faults.append("a database connection was not given back")
        if watch.faults:
            raise SessionLeftOpenError(f"{response.request.path}: " + "; ".join(watch.faults))
        return response


class _SessionWatch:
    """Listens to one application's requests and notes the sessions they leave open."""

    def __init__(self, app: Flask) -> None:
        self.faults: list[str] = []
        with app.app_context():
            self._pool = db.engine.pool
        before_render_template.connect(self._rendering, app)
        request_tearing_down.connect(self._ending, app)

    def connections_out(self) -> int:
        return self._pool.checkedout() if isinstance(self._pool, QueuePool) else 0

    def _rendering(self, _app: Flask, template: Any, **_: Any) -> None:
        # Message texts are rendered into rows, inside the transaction; pages never are.
        if str(template.name).endswith(".html") and _session_is_open():
            self.faults.append(f"{template.name} was rendered inside a transaction")

    def _ending(self, _app: Flask, exc: BaseException | None = None, **_: Any) -> None:
        if exc is None and _session_is_open():
            self.faults.append("the request ended with its session in a transaction")


_watches: WeakKeyDictionary[Flask, _SessionWatch] = WeakKeyDictionary()


def watch_sessions(app: Flask) -> None:
    """Make :class:`CarefulClient` work for ``app``; called once per application."""
    _watches[app] = _SessionWatch(app)


def _session_is_open() -> bool:
    return db.session.registry.has() and db.session().in_transaction()
