"""The messages of an appointment, for its page at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from notifications.outbox.queries import MessageView, list_messages
from notifications.outbox.words import channel_word, kind_word, reason_word, state_word


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


def _line(message: MessageView) -> PanelLine:
    return PanelLine(
        message=message,
        what=kind_word(message.kind),
        channel=channel_word(message.channel),
        state=state_word(message.state),
        reason=reason_word(message.state, message.reason),
        at=message.sent_at or message.due_at,
    )
