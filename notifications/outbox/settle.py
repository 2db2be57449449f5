"""Bringing a garage's past messages to an end when its history is loaded, not lived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.channels.sandbox import sandbox_id
from notifications.outbox.about import load_about
from notifications.outbox.checks import TOO_LATE
from notifications.outbox.links import show_short_link
from notifications.outbox.models import Message, State
from notifications.outbox.text import write_text


def settle_past_messages(session: Session, garage_id: int, until: datetime) -> int:
    """End the garage's planned messages that were due by ``until``, as the sandbox would have.

    Sent at their due time if they were of use then, else expired; texts are written. Flushes.
    Returns how many count as sent.
    """
    rows = session.scalars(
        select(Message)
        .where(Message.garage_id == garage_id, Message.state == State.PLANNED, Message.due_at <= until)
        .order_by(Message.due_at, Message.id)
    ).all()
    for message in rows:
        _settle(session, message)
    session.flush()
    return sum(message.state == State.ACCEPTED for message in rows)


def _settle(session: Session, message: Message) -> None:
    message.updated_at = message.due_at
    if message.due_at > message.useful_until:
        message.state, message.reason = State.EXPIRED, TOO_LATE
        return
    link = show_short_link(session, message)
    write_text(message, load_about(session, message), link=link.address)
    message.state = State.ACCEPTED
    message.attempts = 1
    message.provider_id = sandbox_id(message.id)
    message.sent_at = message.due_at
