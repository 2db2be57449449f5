"""Which messages an appointment calls for: the rules of a workshop, applied to one visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.tenancy.queries import WorkshopView
from booking.appointments.queries import AppointmentView
from notifications.content.texts import Kind
from notifications.planning.models import ReminderRule
from notifications.planning.reach import Recipient, by_email, by_sms
from notifications.planning.times import (
    USEFUL_BEFORE_ARRIVAL,
    QuietHours,
    after_quiet,
    day_before,
    hours_before,
    useful_until,
)

DESK_DELAY = timedelta(seconds=30)
"""What the desk does can be undone for a moment; its message waits that long."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One message to be; ``is_expired`` when quiet hours leave no useful time for it."""

    kind: Kind
    recipient: Recipient
    due_at: datetime
    useful_until: datetime
    is_expired: bool = False
    rule_key: str = ""
    heeds_quiet_hours: bool = True


@dataclass(frozen=True, slots=True)
class Occasion:
    """What planning knows: the visit, its workshop, the rules, and the moment it happens."""

    view: AppointmentView
    workshop: WorkshopView
    countries: tuple[str, ...]
    quiet: QuietHours | None
    now: datetime

    @property
    def arrives_at(self) -> datetime:
        return self.view.appointment.arrives_at


def plan_notice(occasion: Occasion, kind: Kind, *, by_customer: bool) -> list[Planned]:
    """Tell the customer what has just happened, by SMS and by e-mail, as far as each may be used.

    The answer to the customer's own doing leaves at once, at night too. What the desk caused waits
    30 seconds and heeds quiet hours. Nothing is told about an arrival that is past.
    """
    if occasion.arrives_at <= occasion.now:
        return []
    due_at = occasion.now if by_customer else occasion.now + DESK_DELAY
    moved_to = after_quiet(due_at, None if by_customer else occasion.quiet, until=occasion.arrives_at)
    customer = occasion.view.customer
    reached = (by_sms(customer, countries=occasion.countries, kind=kind), by_email(customer))
    return [
        Planned(
            kind=kind,
            recipient=recipient,
            due_at=moved_to or due_at,
            useful_until=occasion.arrives_at,
            is_expired=moved_to is None,
            heeds_quiet_hours=not by_customer,
        )
        for recipient in reached
        if recipient is not None
    ]


def plan_reminders(occasion: Occasion, rules: list[ReminderRule]) -> list[Planned]:
    """One reminder per rule whose time is still to come; the same text at one time only once.

    A reminder that quiet hours would bring later than 2 hours before the arrival is left out of
    the sending, but kept in sight as expired.
    """
    planned: dict[tuple[Recipient, datetime], Planned] = {}
    for rule in rules:
        recipient = _recipient(occasion, rule)
        wanted_at = _wanted_at(occasion, rule)
        if recipient is None or wanted_at <= occasion.now:
            continue
        moved_to = after_quiet(wanted_at, occasion.quiet, until=occasion.arrives_at - USEFUL_BEFORE_ARRIVAL)
        message = Planned(
            kind=Kind.REMINDER,
            recipient=recipient,
            due_at=moved_to or wanted_at,
            useful_until=useful_until(occasion.arrives_at, wanted_at),
            is_expired=moved_to is None,
            rule_key=rule_key(rule),
        )
        planned.setdefault((recipient, message.due_at), message)
    return list(planned.values())


def rule_key(rule: ReminderRule) -> str:
    """A rule's name, the same after the garage's file was loaded again: ``24h``, ``day-before-17:00``."""
    if rule.hours_before is not None:
        return f"{rule.hours_before}h"
    hours, minutes = divmod(rule.day_before_at or 0, 60)
    return f"day-before-{hours:02d}:{minutes:02d}"


def _recipient(occasion: Occasion, rule: ReminderRule) -> Recipient | None:
    """By the rule's channel; an SMS that may not be sent goes by e-mail, or not at all."""
    customer = occasion.view.customer
    text = (
        by_sms(customer, countries=occasion.countries, kind=Kind.REMINDER) if rule.channel == "sms" else None
    )
    return text or by_email(customer)


def _wanted_at(occasion: Occasion, rule: ReminderRule) -> datetime:
    if rule.hours_before is not None:
        return hours_before(occasion.arrives_at, rule.hours_before)
    return day_before(occasion.arrives_at, rule.day_before_at or 0, occasion.workshop.timezone)
