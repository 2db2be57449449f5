"""The messages of an appointment, for its page at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.customers.models import Customer
from notifications.outbox.opt_outs import find_opt_out
from notifications.outbox.queries import MessageView, list_messages, list_messages_of_customer
from notifications.outbox.words import channel_word, kind_word, reason_word, state_word

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class PanelLine:
    """One message as the panel shows it, with the moment that counts for its state."""

    message: MessageView
    what: str
    channel: str
    state: str
    reason: str
    at: datetime


def load_messages_panel(session: Session, garage_id: int, appointment_id: int) -> list[PanelLine]:
    """The appointment's messages in the order of their time."""
    return [_line(message) for message in list_messages(session, garage_id, appointment_id)]


@dataclass(frozen=True, slots=True)
class CustomerMessages:
    """A customer's latest messages, the newest first; since when they want no more texts, if they do not."""

    lines: list[PanelLine]
    opted_out_at: datetime | None


def load_customer_panel(session: Session, customer: Customer) -> CustomerMessages:
    """What went or is to go to the customer about any visit; three statements."""
    rows = list_messages_of_customer(session, customer.garage_id, customer.id, limit=MOST_SHOWN)
    phone = customer.phone
    return CustomerMessages(
        lines=[_line(message) for message in rows],
        opted_out_at=find_opt_out(session, customer.garage_id, phone) if phone else None,
    )


def _line(message: MessageView) -> PanelLine:
    return PanelLine(
        message=message,
        what=kind_word(message.kind),
        channel=channel_word(message.channel),
        state=state_word(message.state),
        reason=reason_word(message.state, message.reason),
        at=message.sent_at or message.due_at,
    )
