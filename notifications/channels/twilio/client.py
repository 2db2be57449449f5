"""The unmodified Twilio client on an HTTP session of our own making: time limits, no second try."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from app.config import Settings

IDLE_SECONDS = 20.0
"""A connection that has rested longer may be closed at the other end; a new one cannot be cut by that."""

_silent = logging.getLogger("garagenda.twilio")
_silent.disabled = True  # the library logs requests, recipients and all


class HttpSession(TwilioHttpClient):  # type: ignore[misc]  # the library ships no types
    """One kept-alive connection, used by one thread at a time; remembers its last answer's headers.

    The library leaves its last answer on the object and returns it from there: two threads on one
    session can be given each other's.
    """

    def __init__(self, time_limits: tuple[float, float]) -> None:
        super().__init__(logger=_silent, max_retries=0)
        self.timeout = time_limits  # as `requests` takes it; the library's own check wants one number
        self.last_headers: dict[str, str] = {}

    def request(self, *args: Any, **kwargs: Any) -> Response:
        """Send one request, once."""
        self.last_headers = {}
        response = super().request(*args, **kwargs)
        self.last_headers = {name.lower(): value for name, value in (response.headers or {}).items()}
        return response

    def close(self) -> None:
        """Let go of the connection."""
        if self.session is not None:
            self.session.close()


@dataclass(slots=True)
class Line:
    """A client and the session it talks over."""

    client: Client
    session: HttpSession
    used_at: float = 0.0

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.used_at < IDLE_SECONDS


def open_line(settings: Settings, time_limits: tuple[float, float]) -> Line:
    """A client for the configured account; it connects at its first request.

    ``time_limits``: seconds to connect, seconds between two bytes of the answer.
    """
    session = HttpSession(time_limits)
    client = Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=session)
    if settings.twilio_api_url:
        client.api.base_url = settings.twilio_api_url
    return Line(client, session)
