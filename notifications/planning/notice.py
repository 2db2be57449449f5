"""What the customer's own page says of the messages about the visit: as planned and as sent, no more."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.web.filters import phone as say_phone
from booking.appointments.queries import AppointmentView
from notifications.content.texts import Kind
from notifications.outbox.models import Message, State
from notifications.planning.queries import get_addressee, list_notices
from notifications.planning.reach import Barrier, find_barrier

ON_ITS_WAY = frozenset({State.PLANNED, State.CLAIMED, State.SENDING, State.UNKNOWN})
SENT = frozenset({State.ACCEPTED, State.DELIVERED})
LOST = frozenset({State.UNDELIVERED, State.FAILED})


@dataclass(frozen=True, slots=True)
class Notice:
    """``sentences`` about each channel; ``is_told`` when word went out or is about to."""

    sentences: list[str]
    is_told: bool


def load_notice(session: Session, view: AppointmentView, *, country: str) -> Notice:
    """The latest word on each channel, and why there is no text where one was asked for.

    Numbers are written as in ``country``, two letters.
    """
    messages = list_notices(session, view.appointment.garage_id, view.id)
    sentences = [_say(message, country) for message in messages if message.state in ON_ITS_WAY | SENT | LOST]
    if not any(message.channel == "sms" and message.state in ON_ITS_WAY | SENT for message in messages):
        sentences.append(_say_barrier(session, view))
    return Notice(
        sentences=[sentence for sentence in sentences if sentence],
        is_told=any(message.state in ON_ITS_WAY | SENT for message in messages),
    )


def _say(message: Message, country: str) -> str:
    if message.channel == "sms":
        where = say_phone(message.recipient, country)
        if message.state in SENT:
            return str(_("We have sent a text to %(where)s.", where=where))
        if message.state in LOST:
            return str(_("Our text to %(where)s did not get through.", where=where))
        return str(_("A text is on its way to %(where)s.", where=where))
    where = message.recipient
    if message.state in SENT:
        return str(_("We have sent an e-mail to %(where)s.", where=where))
    if message.state in LOST:
        return str(_("Our e-mail to %(where)s did not get through.", where=where))
    return str(_("An e-mail is on its way to %(where)s.", where=where))


def _say_barrier(session: Session, view: AppointmentView) -> str:
    """Why no text comes to somebody who said yes to texts; nothing for the others."""
    if not view.customer.phone or view.customer.sms_consent_at is None:
        return ""
    customer, texting = get_addressee(session, view.appointment.garage_id, view.id)
    words: dict[Barrier | None, str] = {
        Barrier.OPTED_OUT: _("You asked for no more texts, so none is sent."),
        Barrier.ABROAD: _("This workshop sends no texts to numbers of your country."),
        Barrier.NOT_MOBILE: _("Texts go to mobile numbers only, and yours is none."),
    }
    return str(words.get(find_barrier(customer, texting=texting, kind=Kind.CONFIRMED), ""))
