"""Noting that a customer was told on the phone, and taking that back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from app import clock
from booking.appointments.history import NOT_PHONED, PHONED, record
from booking.appointments.queries import get_appointment
from booking.appointments.requests import Actor
from notifications.outbox.models import Message
from notifications.please_phone.rules import UNREACHED


def note_phoned(
    session: Session, *, garage_id: int, appointment_id: int, message_ids: Collection[int], actor: Actor
) -> bool:
    """The customer of the visit heard on the phone what these messages would have said; now, by ``actor``.

    Only the messages that the page showed are settled: one that got lost meanwhile stays on the
    list. The first to press counts. Writes a history row and flushes; False if nothing was left to
    note. Raises NotFoundError.
    """
    values = {"phoned_at": clock.now(), "phoned_by_user_id": actor.user_id}
    return _mark(
        session,
        _Call(garage_id, appointment_id, tuple(message_ids)),
        was_phoned=False,
        values=values,
        actor=actor,
    )


def take_back_phoned(
    session: Session, *, garage_id: int, appointment_id: int, message_ids: Collection[int], actor: Actor
) -> bool:
    """The call about these messages was not made after all: they are to be phoned again, if still true.

    Writes a history row and flushes; False if nothing was left to take back. Raises NotFoundError.
    """
    values = {"phoned_at": None, "phoned_by_user_id": None}
    return _mark(
        session,
        _Call(garage_id, appointment_id, tuple(message_ids)),
        was_phoned=True,
        values=values,
        actor=actor,
    )


@dataclass(frozen=True, slots=True)
class _Call:
    """About which messages of which visit."""

    garage_id: int
    appointment_id: int
    message_ids: tuple[int, ...]


def _mark(
    session: Session, call: _Call, *, was_phoned: bool, values: Mapping[str, object], actor: Actor
) -> bool:
    appointment = get_appointment(session, call.garage_id, call.appointment_id)
    marked = session.execute(
        update(Message)
        .where(
            Message.garage_id == call.garage_id,
            Message.appointment_id == call.appointment_id,
            Message.id.in_(call.message_ids),
            Message.state.in_(UNREACHED),
            Message.phoned_at.is_not(None) if was_phoned else Message.phoned_at.is_(None),
        )
        .values(values)
        .returning(Message.kind)
        .execution_options(synchronize_session=False)
    )
    kinds = sorted(set(marked.scalars()))
    if not kinds:
        return False
    record(
        session,
        appointment,
        kind=NOT_PHONED if was_phoned else PHONED,
        actor=actor,
        from_status=appointment.status,
        detail={"kinds": kinds},
    )
    session.flush()
    return True
