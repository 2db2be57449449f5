"""What a stored code of any provider means, for people to read."""

from __future__ import annotations

from notifications.channels.protocol import Cause
from notifications.channels.smtp.answers import CAUSES as SMTP
from notifications.channels.twilio.statuses import CAUSES as TWILIO

OF_DELIVERY = ("30",)
"""How Twilio's codes begin for texts that it had taken; all other codes are of handing over."""


def cause_of(channel: str, code: str) -> Cause:
    """Why a message that ended with ``code`` did not arrive."""
    known = (TWILIO if channel == "sms" else SMTP).get(code)
    if known is not None:
        return known
    return Cause.OTHER if not code or code.startswith(OF_DELIVERY) else Cause.NOT_TAKEN
