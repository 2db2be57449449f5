"""Which messages call for a phone call: lost as far as anybody knows, and still worth saying."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_
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


_later = aliased(Message)
_IS_SAID_LATER = exists().where(
    _later.garage_id == bindparam("garage_id"),
    _later.appointment_id == Message.appointment_id,
    _later.kind == Message.kind,
    _later.id > Message.id,
    _later.state == State.DELIVERED,
)
_IS_NEAR = and_(Message.kind != Kind.READY, Message.arrives_at <= bindparam("looked_until"))
_IS_GIVEN_UP = or_(Message.look_up_at.is_(None), Message.updated_at <= bindparam("looked_since"))

# Nobody is looking for it any more, or the visit comes before the looks are over.
# A reminder for which quiet hours never left a useful time is no loss: the garage wants it so.
_IS_LOST = or_(
    Message.state.in_((State.FAILED, State.UNDELIVERED)),
    and_(Message.state == State.UNKNOWN, or_(_IS_NEAR, _IS_GIVEN_UP)),
    and_(Message.state == State.EXPIRED, or_(Message.kind != Kind.REMINDER, Message.reason != QUIET)),
)

# The visit stands as the message has it, and is to come; one that is ready waits to be collected.
# That it is cancelled is news to the customer only if the garage did it: the answer to their own doing
# does not heed quiet hours.
_IS_TRUE = and_(
    or_(*[and_(Message.kind == kind, Appointment.status.in_(FITTING[kind])) for kind in sorted(TO_CUSTOMER)]),
    Message.arrives_at == Appointment.arrives_at,
    or_(Message.arrives_at > bindparam("now"), Message.kind == Kind.READY),
    or_(Message.kind != Kind.CANCELLED, Message.heeds_quiet_hours.is_(True)),
)

IS_TO_PHONE = and_(
    Message.garage_id == bindparam("garage_id"),
    Message.state.in_(UNREACHED),
    Message.arrives_at > bindparam("oldest"),
    Message.phoned_at.is_(None),
    _IS_TRUE,
    _IS_LOST,
    ~_IS_SAID_LATER,
)
"""Whether a customer should hear a message on the phone; for messages joined with visits.

What it says is still true and of use, it is lost, nobody has phoned, and no later message of its kind
has arrived. Its values are :func:`asking`'s.
"""


def asking(garage_id: int, now: datetime) -> dict[str, Any]:
    """What :data:`IS_TO_PHONE` is asked about: which garage, and when."""
    return {
        "garage_id": garage_id,
        "now": now,
        "oldest": now - LONGEST_STAY,
        "looked_since": now - LOOKED_FOR,
        "looked_until": now + LOOKED_FOR,
    }
