"""Twilio's words for the state of a message, in ours."""

from __future__ import annotations

from notifications.channels.protocol import Cause, Outcome

OPTED_OUT = "21610"
"""Code of a text that its reader has told Twilio to let nothing through from us."""

OUTCOMES: dict[str, Outcome] = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "accepted",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}
"""``sent`` means that the operator has it: accepted, for us, until its phone has."""


CAUSES = {
    "21211": Cause.NO_SUCH_ADDRESS,
    "21217": Cause.NO_SUCH_ADDRESS,
    "30005": Cause.NO_SUCH_ADDRESS,
    "21612": Cause.CANNOT_RECEIVE,
    "21614": Cause.CANNOT_RECEIVE,
    "21635": Cause.CANNOT_RECEIVE,
    "30006": Cause.CANNOT_RECEIVE,
    "30003": Cause.OUT_OF_REACH,
    "30004": Cause.HELD_BACK,
    "30007": Cause.HELD_BACK,
    "21408": Cause.NOT_ALLOWED,
}
"""What the codes of texts that did not arrive mean, as listed at twilio.com/docs/api/errors."""


def outcome_of(status: str, code: str = "") -> Outcome | None:
    """Our word for Twilio's ``status`` and error ``code``; None for a status that we do not know."""
    outcome = OUTCOMES.get(status)
    return "opted_out" if outcome in {"failed", "undelivered"} and code == OPTED_OUT else outcome
