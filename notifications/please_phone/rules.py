"""Which messages call for a phone call: lost as far as anybody knows, and still worth saying."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from booking.appointments.models import Appointment
from notifications.content.texts import Kind
from notifications.outbox.lookups import LOOKED_FOR
from notifications.outbox.models import Message, State
from notifications.planning.checks import FITTING
from notifications.planning.plan import KINDS_FOR
from notifications.planning.subscribers import QUIET

UNREACHED = (State.UNKNOWN, State.FAILED, State.UNDELIVERED, State.EXPIRED)
"""States of messages that did not reach their reader, or may not have."""

TO_CUSTOMER = frozenset({kind for kinds in KINDS_FOR.values() for kind in kinds} | {Kind.REMINDER})

LONGEST_STAY = timedelta(days=30)
"""A car that is ready stays on the list until it is collected, but not for ever."""


def is_to_phone(garage_id: int, now: datetime) -> ColumnElement[bool]:
    """Whether the garage's customer should hear a message on the phone; for messages joined with visits.

    What it says is still true and of use, it is lost, nobody has phoned, and no later message of its
    kind has arrived.
    """
    return and_(
        Message.garage_id == garage_id,
        Message.state.in_(UNREACHED),
        Message.arrives_at > now - LONGEST_STAY,
        Message.phoned_at.is_(None),
        _is_true(now),
        _is_lost(now),
        ~_is_said_later(garage_id),
    )


def _is_true(now: datetime) -> ColumnElement[bool]:
    """The visit stands as the message has it, and is to come; one that is ready waits to be collected.

    That it is cancelled is news to the customer only if the garage did it: the answer to their own
    doing does not heed quiet hours.
    """
    fitting = [
        and_(Message.kind == kind, Appointment.status.in_(FITTING[kind])) for kind in sorted(TO_CUSTOMER)
    ]
    return and_(
        or_(*fitting),
        Message.arrives_at == Appointment.arrives_at,
        or_(Message.arrives_at > now, Message.kind == Kind.READY),
        or_(Message.kind != Kind.CANCELLED, Message.heeds_quiet_hours.is_(True)),
    )


def _is_lost(now: datetime) -> ColumnElement[bool]:
    """Nobody is looking for it any more, or the visit comes before the looks are over.

    A reminder for which quiet hours never left a useful time is no loss: the garage wants it so.
    """
    is_near = and_(Message.kind != Kind.READY, Message.arrives_at <= now + LOOKED_FOR)
    is_given_up = or_(Message.look_up_at.is_(None), Message.updated_at <= now - LOOKED_FOR)
    return or_(
        Message.state.in_((State.FAILED, State.UNDELIVERED)),
        and_(Message.state == State.UNKNOWN, or_(is_near, is_given_up)),
        and_(Message.state == State.EXPIRED, or_(Message.kind != Kind.REMINDER, Message.reason != QUIET)),
    )


def _is_said_later(garage_id: int) -> ColumnElement[bool]:
    later = aliased(Message)
    return exists().where(
        later.garage_id == garage_id,
        later.appointment_id == Message.appointment_id,
        later.kind == Message.kind,
        later.id > Message.id,
        later.state == State.DELIVERED,
    )
