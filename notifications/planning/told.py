"""What a customer knows of a visit: by their own doing, and by what went out to them last.

One text per final state: a change is told only where the customer believes something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.appointments.history import WISHED, HistoryLine, list_history
from booking.appointments.life_cycle import Status
from booking.appointments.queries import AppointmentView
from notifications.content.texts import Kind
from notifications.outbox.models import Message, State
from notifications.planning.reach import Recipient

LEFT = (State.SENDING, State.UNKNOWN, State.ACCEPTED, State.DELIVERED)
"""States of a message that went out, or may have."""

FIRST_WORD = frozenset({Kind.CONFIRMED, Kind.RECEIVED})
"""Kinds that answer a booking: voided before they left, they are said again with what stands now."""

NOTED = "noted"
"""What a customer knows of a visit whose arrival nobody has promised yet."""

OWN = frozenset({"customer", "api"})

_SAYS = {
    Kind.RECEIVED: "requested",
    Kind.DECLINED: "declined",
    Kind.EXPIRED: "expired",
    Kind.CONFIRMED: "expected",
    Kind.CHANGED: "expected",
    Kind.REMINDER: "expected",
    Kind.CANCELLED: "cancelled",
    Kind.READY: "ready",
}
_IS = {
    Status.REQUESTED: "requested",
    Status.DECLINED: "declined",
    Status.EXPIRED: "expired",
    Status.CONFIRMED: "expected",
    Status.CANCELLED: "cancelled",
    Status.READY: "ready",
}
_DATED = frozenset({"requested", "expected"})


@dataclass(frozen=True, slots=True)
class Fact:
    """What is true, or believed; ``arrives_at`` only where the visit is still to come."""

    state: str
    arrives_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """What each address knows. ``voided`` are first words that were stopped by the latest change."""

    own: Fact
    own_at: datetime
    sent: dict[Recipient, tuple[datetime, Fact]]
    voided: frozenset[tuple[Recipient, str]]

    def knows(self, recipient: Recipient) -> Fact:
        """The latest of the customer's own doing and of what went to this address."""
        sent_at, fact = self.sent.get(recipient, (self.own_at, self.own))
        return fact if sent_at >= self.own_at else self.own


def truth_of(view: AppointmentView) -> Fact | None:
    """What there is to tell of the visit as it stands; None in states of which nobody is told.

    Of a mere wish there is nothing to tell, nor that it is given up: no time was ever said.
    """
    if view.appointment.is_wish:
        return None
    state = _IS.get(view.status)
    return _fact(state, view.appointment.arrives_at) if state else None


def find_told(session: Session, view: AppointmentView, *, since: datetime) -> Told:
    """Read what the customer knows; first words voided from ``since`` on count as never said."""
    rows = session.scalars(
        select(Message)
        .where(Message.garage_id == view.appointment.garage_id, Message.appointment_id == view.id)
        .order_by(Message.id)
    ).all()
    own, own_at = _own_doing(view, list_history(session, view.appointment.garage_id, view.id))
    sent: dict[Recipient, tuple[datetime, Fact]] = {}
    for row in sorted((row for row in rows if row.state in LEFT), key=_left_at):
        if row.kind in _SAYS:
            fact = _fact(_SAYS[Kind(row.kind)], row.arrives_at)
            sent[Recipient(row.channel, row.recipient)] = (_left_at(row), fact)
    voided = frozenset(
        (Recipient(row.channel, row.recipient), row.kind)
        for row in rows
        if row.state == State.CANCELLED and row.kind in FIRST_WORD and row.updated_at >= since
    )
    return Told(own=own, own_at=own_at, sent=sent, voided=voided)


def _own_doing(view: AppointmentView, history: Sequence[HistoryLine]) -> tuple[Fact, datetime]:
    """The customer's latest own act; a booking at the desk was made with them on the phone."""
    for line in history:
        if line.kind == "moved" and line.actor in OWN:
            arrives_at = datetime.fromisoformat(line.detail["to"])
        elif line.kind == "booked" and WISHED in line.detail:
            return Fact(NOTED, None), line.at
        elif line.kind == "booked":
            written = line.detail.get("arrives_at")
            arrives_at = datetime.fromisoformat(written) if written else view.appointment.arrives_at
        elif line.to_status == Status.CANCELLED and line.actor in OWN:
            arrives_at = view.appointment.arrives_at
        else:
            continue
        return _fact(_IS.get(Status(line.to_status), "expected"), arrives_at), line.at
    return _fact("expected", view.appointment.arrives_at), view.appointment.created_at


def _fact(state: str, arrives_at: datetime) -> Fact:
    return Fact(state, arrives_at if state in _DATED else None)


def _left_at(row: Message) -> datetime:
    """When it went out: a receipt may come long after a later message was sent."""
    return row.sending_at or row.sent_at or row.updated_at
