"""Which messages an appointment calls for: the rules of a workshop, applied to one visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.tenancy.queries import WorkshopView
from booking.appointments.queries import AppointmentView
from notifications.content.texts import Kind
from notifications.planning.models import ReminderRule
from notifications.planning.reach import Recipient, Texting, by_email, by_sms
from notifications.planning.times import (
    USEFUL_BEFORE_ARRIVAL,
    QuietHours,
    after_quiet,
    day_before,
    hours_before,
    useful_until,
)
from notifications.planning.told import NOTED, Told, truth_of

DESK_DELAY = timedelta(seconds=30)
CHANGE_DELAY = timedelta(seconds=120)
"""What the desk does can be undone for a moment; its message waits that long, a new time longer:
desks move a visit several times until it fits."""

READY_USEFUL = timedelta(hours=24)
"""How long it is worth saying that a car is ready, if it was not collected before."""

EXPIRED_USEFUL = timedelta(hours=2)
"""How long it is worth saying that a request was not answered, even if it expired at its arrival."""

KINDS_FOR = {
    "requested": (Kind.RECEIVED,),
    "declined": (Kind.DECLINED,),
    "expired": (Kind.EXPIRED,),
    "expected": (Kind.CONFIRMED, Kind.CHANGED),
    "cancelled": (Kind.CANCELLED,),
    "ready": (Kind.READY,),
}
"""The kinds that tell each truth."""


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
    texting: Texting
    quiet: QuietHours | None
    now: datetime
    reminders: Sequence[ReminderRule] = ()

    @property
    def arrives_at(self) -> datetime:
        return self.view.appointment.arrives_at


def plan_notice(occasion: Occasion, kind: Kind, *, by_customer: bool) -> list[Planned]:
    """Tell the customer what has just happened, by SMS and by e-mail, as far as each may be used.

    The answer to the customer's own doing leaves at once, at night too. What the desk caused waits
    30 seconds, a new time 120, and heeds quiet hours. Nothing is told about an arrival that is
    past, save that the car is ready or that a request was not answered.
    """
    until = _useful_until(occasion, kind)
    if until <= occasion.now:
        return []
    delay = CHANGE_DELAY if kind == Kind.CHANGED else DESK_DELAY
    due_at = occasion.now if by_customer else occasion.now + delay
    moved_to = after_quiet(due_at, None if by_customer else occasion.quiet, until=until)
    customer = occasion.view.customer
    reached = (by_sms(customer, texting=occasion.texting, kind=kind), by_email(customer))
    return [
        Planned(
            kind=kind,
            recipient=recipient,
            due_at=moved_to or due_at,
            useful_until=until,
            is_expired=moved_to is None,
            heeds_quiet_hours=not by_customer,
        )
        for recipient in reached
        if recipient is not None
    ]


def _useful_until(occasion: Occasion, kind: Kind) -> datetime:
    if kind == Kind.READY:
        return occasion.now + READY_USEFUL
    if kind == Kind.EXPIRED:
        return max(occasion.arrives_at, occasion.now + EXPIRED_USEFUL)
    return occasion.arrives_at


def plan_truth(occasion: Occasion, told: Told, *, by_customer: bool) -> list[Planned]:
    """Tell every address what it does not know yet; the customer's own doing is always answered.

    A first word that a change stopped before it left is said again, true to what stands now. Whose
    arrival was only wished hears the first word with its place.
    """
    truth = truth_of(occasion.view)
    if truth is None:
        return []
    return [
        item
        for kind in KINDS_FOR[truth.state]
        for item in plan_notice(occasion, kind, by_customer=by_customer)
        if _is_wanted(item, told, is_news=by_customer or told.knows(item.recipient) != truth)
    ]


def _is_wanted(item: Planned, told: Told, *, is_news: bool) -> bool:
    first_word = (item.recipient, Kind.CONFIRMED) in told.voided or told.knows(item.recipient).state == NOTED
    if item.kind == Kind.CONFIRMED:
        return first_word
    if item.kind == Kind.CHANGED:
        return is_news and not first_word
    return is_news or (item.recipient, item.kind) in told.voided


def plan_reminders(occasion: Occasion) -> list[Planned]:
    """One reminder per rule whose time, or the end of the quiet hours it falls in, is still to come.

    The same text at one time only once.

    Nobody is reminded of a mere wish. A reminder that quiet hours would bring later than 2 hours
    before the arrival is left out of the sending, but kept in sight as expired.
    """
    planned: dict[tuple[Recipient, datetime], Planned] = {}
    for rule in () if occasion.view.appointment.is_wish else occasion.reminders:
        recipient = _recipient(occasion, rule)
        wanted_at = _wanted_at(occasion, rule)
        moved_to = after_quiet(wanted_at, occasion.quiet, until=occasion.arrives_at - USEFUL_BEFORE_ARRIVAL)
        if recipient is None or (moved_to or wanted_at) <= occasion.now:
            continue
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
    text = by_sms(customer, texting=occasion.texting, kind=Kind.REMINDER) if rule.channel == "sms" else None
    return text or by_email(customer)


def _wanted_at(occasion: Occasion, rule: ReminderRule) -> datetime:
    if rule.hours_before is not None:
        return hours_before(occasion.arrives_at, rule.hours_before)
    return day_before(occasion.arrives_at, rule.day_before_at or 0, occasion.workshop.timezone)
