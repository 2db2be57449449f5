"""Reading a workshop's message rules as planning uses them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.tenancy.queries import WorkshopView
from notifications.planning.models import MessageRules, ReminderRule
from notifications.planning.times import QuietHours


def find_message_rules(session: Session, workshop: WorkshopView) -> MessageRules | None:
    """The workshop's quiet hours and SMS countries, if it has set any."""
    return session.scalar(
        select(MessageRules).where(
            MessageRules.garage_id == workshop.garage_id, MessageRules.workshop_id == workshop.id
        )
    )


def find_quiet_hours(rules: MessageRules | None, workshop: WorkshopView) -> QuietHours | None:
    """The quiet hours on the workshop's clock, or None where it has none."""
    if rules is None or rules.quiet_from is None or rules.quiet_until is None:
        return None
    return QuietHours(starts=rules.quiet_from, ends=rules.quiet_until, timezone=workshop.timezone)


def list_reminder_rules(session: Session, workshop: WorkshopView) -> list[ReminderRule]:
    """The workshop's reminders in its own order."""
    return list(
        session.scalars(
            select(ReminderRule)
            .where(ReminderRule.garage_id == workshop.garage_id, ReminderRule.workshop_id == workshop.id)
            .order_by(ReminderRule.position, ReminderRule.id)
        )
    )
