"""What people call kinds, states and reasons of messages, in the language of the moment."""

from __future__ import annotations

from flask_babel import gettext as _

from notifications.content.garage_texts import GarageKind
from notifications.content.texts import Kind
from notifications.outbox.models import State


def kind_word(kind: str) -> str:
    """The kind of a message on screen."""
    words: dict[str, str] = {
        Kind.RECEIVED: _("Request received"),
        Kind.DECLINED: _("Request declined"),
        Kind.EXPIRED: _("Request not answered"),
        Kind.CONFIRMED: _("Confirmation"),
        Kind.REMINDER: _("Reminder"),
        Kind.CHANGED: _("New time"),
        Kind.CANCELLED: _("Cancellation"),
        Kind.READY: _("Ready to collect"),
        GarageKind.BOOKED: _("To the workshop: booked online"),
        GarageKind.REQUESTED: _("To the workshop: a request"),
        GarageKind.MOVED: _("To the workshop: moved online"),
        GarageKind.CANCELLED: _("To the workshop: cancelled online"),
        GarageKind.DAY_SHEET: _("Day sheet"),
    }
    return words[kind]


def channel_word(channel: str) -> str:
    """The channel of a message on screen."""
    return str(_("SMS") if channel == "sms" else _("E-mail"))


def state_word(state: str) -> str:
    """The state of a message on screen."""
    words: dict[State, str] = {
        State.PLANNED: _("planned"),
        State.CLAIMED: _("being sent"),
        State.SENDING: _("being sent"),
        State.UNKNOWN: _("not known whether it arrived"),
        State.ACCEPTED: _("sent"),
        State.DELIVERED: _("delivered"),
        State.UNDELIVERED: _("not delivered"),
        State.FAILED: _("failed"),
        State.CANCELLED: _("not sent"),
        State.EXPIRED: _("not sent"),
        State.SUPPRESSED: _("not sent"),
    }
    return words[State(state)]


def reason_word(state: str, reason: str) -> str:
    """Why a message was not sent; nothing where its state says enough."""
    if state == State.EXPIRED:
        return str(_("there was no useful time left for it"))
    words: dict[str, str] = {
        "moved": _("the appointment was moved"),
        "no_consent": _("no consent to text messages"),
        "opted_out": _("the customer wants no more text messages"),
        "undone": _("it was undone at the desk"),
        "cancelled": _("the appointment was cancelled"),
        "declined": _("the request was declined"),
        "expired": _("the request was not answered in time"),
        "no_show": _("the customer did not come"),
        "another_address": _("the customer is reached elsewhere now"),
    }
    if state in {State.CANCELLED, State.SUPPRESSED}:
        return words.get(reason, str(_("no longer needed")))
    return ""
