"""Twilio's words for the state of a message, in ours."""

from __future__ import annotations

from notifications.channels.protocol import Outcome

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


def outcome_of(status: str) -> Outcome | None:
    """Our word for Twilio's ``status``; None for one that we do not know."""
    return OUTCOMES.get(status)
