"""Booking by a call that may be sent again: the same key and body get the first answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.db.base import table_of
from app.security.links import show_link, token_of_new
from app.tenancy.queries import WorkshopView
from booking.appointments.models import Appointment, StoredAnswer
from booking.appointments.operations.book import MANAGE, book_appointment, lock_for_booking
from booking.appointments.requests import Actor, BookingRequest
from booking.errors import KeyReusedError

LINK = "{link}"
"""Stands in stored answers for the token of the manage link, which is never stored."""

_ANSWER = select(StoredAnswer).where(
    StoredAnswer.garage_id == bindparam("garage_id"),
    StoredAnswer.caller == bindparam("caller"),
    StoredAnswer.idempotency_key == bindparam("key"),
)
_STORED = table_of(StoredAnswer)
_INSERTS = {
    name: insert(_STORED)
    .on_conflict_do_nothing(index_elements=["garage_id", "caller", "idempotency_key"])
    .returning(_STORED.c.id)
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}

ANSWERS_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, with which key, and the hash of what is asked (the workshop included)."""

    caller: str
    key: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The members of the first answer, links filled in, and the manage link's token."""

    members: dict[str, Any]
    token: str


def book_once(
    session: Session,
    *,
    workshop: WorkshopView,
    request: BookingRequest,
    actor: Actor,
    call: Call,
    describe: Callable[[Appointment], dict[str, Any]],
) -> FirstAnswer:
    """Book what ``request`` asks for, or answer as within the last 24 hours for the same ``call``.

    The key is looked up under the workshop's lock, so that of equal calls at the same time one
    books and the others find its answer. ``describe`` gives the answer's members, with
    :data:`LINK` where the token belongs. Refusals are not stored. Raises KeyReusedError for the
    same key with another question, or what book_appointment raises.
    """
    lock_for_booking(session, workshop=workshop, request=request, actor=actor)
    stored = _find_or_forget(session, workshop.garage_id, call)
    if stored is None:
        appointment = book_appointment(session, workshop=workshop, request=request, actor=actor)
        answer = describe(appointment)
        _store(session, appointment, call=call, answer=answer)
        # Made in this very transaction, its link need not be read.
        token = token_of_new(garage_id=workshop.garage_id, purpose=MANAGE, subject_id=appointment.id)
        return FirstAnswer(members=_with_link(answer, token), token=token)
    if stored.body_hash != call.body_hash:
        raise KeyReusedError
    token = show_link(session, garage_id=workshop.garage_id, purpose=MANAGE, subject_id=stored.appointment_id)
    return FirstAnswer(members=_with_link(stored.answer, token), token=token)


def find_answer(session: Session, garage_id: int, call: Call) -> StoredAnswer | None:
    """The row of the caller's key within its time."""
    row = _find_row(session, garage_id, call)
    return None if row is None or _is_over(row) else row


def _find_or_forget(session: Session, garage_id: int, call: Call) -> StoredAnswer | None:
    """The same; a row past its time is deleted."""
    row = _find_row(session, garage_id, call)
    if row is not None and _is_over(row):
        session.delete(row)
        session.flush()
        return None
    return row


def _find_row(session: Session, garage_id: int, call: Call) -> StoredAnswer | None:
    return session.scalar(_ANSWER, {"garage_id": garage_id, "caller": call.caller, "key": call.key})


def _is_over(row: StoredAnswer) -> bool:
    return row.created_at <= clock.now() - ANSWERS_KEPT


def _store(session: Session, appointment: Appointment, *, call: Call, answer: dict[str, Any]) -> None:
    """Raises KeyReusedError if the key was used meanwhile at another workshop of the garage."""
    values = {
        "garage_id": appointment.garage_id,
        "caller": call.caller,
        "idempotency_key": call.key,
        "body_hash": call.body_hash,
        "appointment_id": appointment.id,
        "answer": answer,
    }
    if session.scalar(_INSERTS[session.get_bind().dialect.name], values) is None:
        raise KeyReusedError


def _with_link(answer: dict[str, Any], token: str) -> dict[str, Any]:
    return {
        name: value.replace(LINK, token) if isinstance(value, str) else value
        for name, value in answer.items()
    }
