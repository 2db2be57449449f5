"""What a message is held against once more when it is about to be sent; wired in ``wsgi.py``."""

from __future__ import annotations

from sqlalchemy.orm import Session

from booking.appointments.life_cycle import Status
from notifications.content.garage_texts import GARAGE_KINDS
from notifications.content.texts import Kind
from notifications.outbox.checks import TOO_LATE, Objection, Stop, Subject, Wait
from notifications.outbox.models import State
from notifications.planning.queries import find_message_rules, find_quiet_hours
from notifications.planning.reach import may_text

FITTING = {
    Kind.RECEIVED: frozenset({Status.REQUESTED}),
    Kind.DECLINED: frozenset({Status.DECLINED}),
    Kind.EXPIRED: frozenset({Status.EXPIRED}),
    Kind.CONFIRMED: frozenset({Status.CONFIRMED}),
    Kind.REMINDER: frozenset({Status.CONFIRMED}),
    Kind.CHANGED: frozenset({Status.CONFIRMED}),
    Kind.READY: frozenset({Status.READY}),
    Kind.CANCELLED: frozenset({Status.CANCELLED}),
}
"""States of the appointment in which each kind says the truth."""

MOVED = "moved"
NO_CONSENT = "no_consent"


def check_truth(_session: Session, subject: Subject) -> Objection | None:
    """The appointment still is what the message says: its state fits, its arrival stands.

    The workshop is told what happened; that stays true, whatever came after.
    """
    message, view = subject.message, subject.view
    if view is None or message.kind in GARAGE_KINDS:
        return None
    if view.status not in FITTING[Kind(message.kind)]:
        return Stop(State.CANCELLED, view.status.value)
    if view.appointment.arrives_at != message.arrives_at:
        return Stop(State.CANCELLED, MOVED)
    return None


def check_consent(_session: Session, subject: Subject) -> Objection | None:
    """The customer has not withdrawn the consent that an SMS of this kind rests on."""
    message, view = subject.message, subject.view
    if view is not None and message.channel == "sms" and not may_text(view.customer, message.kind):
        return Stop(State.SUPPRESSED, NO_CONSENT)
    return None


def check_quiet_hours(session: Session, subject: Subject) -> Objection | None:
    """A late message does not ring at night either: it waits for the morning, or has no more use."""
    if not subject.message.heeds_quiet_hours:
        return None
    rules = find_message_rules(session, subject.workshop)
    quiet = find_quiet_hours(rules, subject.workshop)
    ends_at = quiet.end_of(subject.now) if quiet is not None else None
    if ends_at is None:
        return None
    return Wait(ends_at) if ends_at <= subject.message.useful_until else Stop(State.EXPIRED, TOO_LATE)
