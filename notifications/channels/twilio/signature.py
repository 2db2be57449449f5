"""Whether a call to one of our hooks comes from Twilio.

Twilio signs the address it calls and the form it sends. The address is taken from our settings,
never from the request: behind a proxy the request shows another scheme, port or path.
"""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

BODY_HASH = "bodySHA256"


def is_signed(
    auth_token: str, address: str, *, form: MultiDict[str, str], body: str = "", signature: str
) -> bool:
    """Whether ``signature`` fits ``address`` (with its query) and the form, or a JSON ``body``.

    A body that is no form counts only where the address carries its hash.
    """
    from twilio.request_validator import RequestValidator  # noqa: PLC0415  # heavy; needed by hooks alone

    signed = body if body and f"{BODY_HASH}=" in address else form
    return bool(auth_token) and RequestValidator(auth_token).validate(address, signed, signature)
