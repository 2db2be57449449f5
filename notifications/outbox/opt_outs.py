"""Numbers that want no more texts: kept when the provider says so, heeded ever after."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from notifications.outbox.checks import Objection, Stop, Subject
from notifications.outbox.models import OptOut, State

OPTED_OUT = "opted_out"
"""Reason of a text that its reader does not want."""


def keep_opt_out(session: Session, *, garage_id: int, phone: str) -> None:
    """No text of this garage goes to ``phone`` (E.164) any more; saying it twice is once."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(OptOut)
        .values(garage_id=garage_id, phone=phone, created_at=clock.now())
        .on_conflict_do_nothing(index_elements=[OptOut.garage_id, OptOut.phone])
    )


def has_opted_out(session: Session, garage_id: int, phone: str) -> bool:
    """Whether ``phone`` wants no text of this garage."""
    wanted = select(OptOut.id).where(OptOut.garage_id == garage_id, OptOut.phone == phone)
    return bool(session.scalar(select(exists(wanted))))


def check_opt_out(session: Session, subject: Subject) -> Objection | None:
    """Nothing goes to a number that has opted out, whatever the kind."""
    message = subject.message
    if message.channel == "sms" and has_opted_out(session, message.garage_id, message.recipient):
        return Stop(State.SUPPRESSED, OPTED_OUT)
    return None
