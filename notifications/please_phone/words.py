"""Why a message did not arrive, in words that a receptionist would use."""

from __future__ import annotations

from flask_babel import gettext as _

from notifications.channels.causes import cause_of
from notifications.channels.protocol import Cause
from notifications.outbox.models import State


def why_lost(state: str, channel: str, reason: str) -> str:
    """One sentence for the state in which the message ended, and for its provider's code."""
    if state == State.UNKNOWN:
        return str(_("The connection broke while it was being sent: nobody knows whether it arrived."))
    if state == State.EXPIRED:
        return str(_("It could not be sent in time."))
    cause = cause_of(channel, reason)
    return (_of_texts() if channel == "sms" else _of_letters())[cause]


def _of_texts() -> dict[Cause, str]:
    return {
        Cause.NO_SUCH_ADDRESS: _("This number does not exist."),
        Cause.CANNOT_RECEIVE: _("This number takes no texts; perhaps it is a landline."),
        Cause.OUT_OF_REACH: _("The phone was switched off or out of reach."),
        Cause.HELD_BACK: _("The phone company held it back."),
        Cause.NOT_ALLOWED: _("Texts to this country are not switched on."),
        Cause.NOT_TAKEN: _("The text service did not take it."),
        Cause.OTHER: _("The phone company could not deliver it, and did not say why."),
    }


def _of_letters() -> dict[Cause, str]:
    return {
        Cause.NO_SUCH_ADDRESS: _("This e-mail address does not exist."),
        Cause.CANNOT_RECEIVE: _("The customer’s mailbox is full."),
        Cause.OUT_OF_REACH: _("The customer’s mail server could not be reached."),
        Cause.HELD_BACK: _("The customer’s mail server refused it."),
        Cause.NOT_ALLOWED: _("The customer’s mail server refused it."),
        Cause.NOT_TAKEN: _("The mail service did not take it."),
        Cause.OTHER: _("The mail service could not deliver it, and did not say why."),
    }
