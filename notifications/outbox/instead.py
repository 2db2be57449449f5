"""An e-mail in place of a text that its reader may not be sent."""

from __future__ import annotations

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from notifications.outbox.checks import Subject
from notifications.outbox.links import create_short_link
from notifications.outbox.models import Message, State

_KEPT = (
    *("garage_id", "workshop_id", "appointment_id", "appointment_version", "kind", "rule_key", "locale"),
    *("template_version", "arrives_at", "useful_until", "heeds_quiet_hours"),
)


def plan_letter_instead(session: Session, subject: Subject) -> None:
    """Plan, due now, the e-mail that says what the suppressed text would have said.

    Nothing where no address is known, or an e-mail about the same is planned or gone already. Flushes.
    """
    text, view = subject.message, subject.view
    if text.channel != "sms" or view is None or not view.customer.email:
        return
    if session.scalar(select(exists(_same_by_email(text, view.customer.email)))):
        return
    letter = Message(
        **{name: getattr(text, name) for name in _KEPT},
        channel="email",
        recipient=view.customer.email,
        due_at=subject.now,
        state=State.PLANNED,
    )
    session.add(letter)
    session.flush()
    create_short_link(session, letter)


def _same_by_email(text: Message, address: str) -> Select[int]:
    """Of the same rule, or due at the same time by another."""
    return select(Message.id).where(
        Message.garage_id == text.garage_id,
        Message.appointment_id == text.appointment_id,
        Message.appointment_version == text.appointment_version,
        Message.kind == text.kind,
        Message.channel == "email",
        Message.recipient == address,
        or_(Message.rule_key == text.rule_key, Message.due_at == text.due_at),
    )
