"""What a failed call to Twilio means: which answers are final, and when bytes had left already.

Codes as listed at twilio.com/docs/api/errors.
"""

from __future__ import annotations

from http import HTTPStatus

from requests import exceptions as http
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError

from notifications.channels.protocol import Answer, OptedOut, Refused, Unknown
from notifications.channels.twilio.statuses import OPTED_OUT

TEMPORARY = frozenset(
    {
        14107,  # too many messages at once
        20003,  # credentials refused: whoever runs this installation can put it right
        20005,  # account not active
        20429,  # too many requests
        21611,  # the sender's queue is full
    }
)
"""Codes of plain refusals that later may be none; every other 4xx is about this message for good."""

NO_ANSWER = frozenset({HTTPStatus.REQUEST_TIMEOUT})
"""4xx that a server on the way may give to a request that went through."""

MAX_WAIT_SECONDS = 3600


def answer_to_refusal(status: int, code: int, *, retry_after: str = "") -> Answer:
    """What an error answer says: HTTP status, Twilio's code, and the header Retry-After."""
    if not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR or status in NO_ANSWER:
        return Unknown(str(code))
    if str(code) == OPTED_OUT:
        return OptedOut(str(code))
    is_temporary = status == HTTPStatus.TOO_MANY_REQUESTS or code in TEMPORARY
    return Refused(str(code), is_temporary=is_temporary, retry_after_seconds=_seconds(retry_after))


def answer_to_silence(error: http.RequestException) -> Answer:
    """What a call without any answer means: safe to try again only if no byte of it can have left."""
    if isinstance(error, http.ConnectTimeout):
        return Refused("connect_timeout", is_temporary=True)
    if _never_connected(error):
        return Refused("not_connected", is_temporary=True)
    if isinstance(error, http.Timeout):
        return Unknown("timeout")
    return Unknown("cut")


def _never_connected(error: http.RequestException) -> bool:
    """No name, nobody listening, no route: refused before the first byte, by the provider or a proxy."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    if isinstance(reason, ProxyError):
        reason = reason.original_error
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _seconds(header: str) -> int:
    """A Retry-After in seconds; a date or nonsense counts as none, and nobody is believed for ever."""
    text = header.strip()
    return min(int(text), MAX_WAIT_SECONDS) if text.isascii() and text.isdigit() and len(text) < 10 else 0
