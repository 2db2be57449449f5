"""Numbers that want no more texts: kept when the provider says so, heeded ever after."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.db.session import db
from booking.customers.models import Customer
from booking.events import CustomersMerged
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


def on_customers_merged(event: CustomersMerged) -> None:
    """Who has wanted no more texts on one of their numbers wants none on the one that they keep."""
    session = db.session()
    kept = session.scalar(
        select(Customer.phone).where(Customer.garage_id == event.garage_id, Customer.id == event.customer_id)
    )
    if kept is not None and list_opted_out(session, event.garage_id, event.phones):
        keep_opt_out(session, garage_id=event.garage_id, phone=kept)


def list_opted_out(session: Session, garage_id: int, phones: Collection[str]) -> list[str]:
    """Those of the numbers that want no text of this garage, in their order as texts."""
    rows = session.scalars(
        select(OptOut.phone)
        .where(OptOut.garage_id == garage_id, OptOut.phone.in_(phones))
        .order_by(OptOut.phone)
    )
    return list(rows)


def load_merge_panel(session: Session, people: Sequence[Customer]) -> list[str]:
    """The numbers of customers about to be merged that want no more texts."""
    phones = [row.phone for row in people if row.phone]
    return list_opted_out(session, people[0].garage_id, phones)


def find_opt_out(session: Session, garage_id: int, phone: str) -> datetime | None:
    """Since when ``phone`` wants no text of this garage; None where it does."""
    return session.scalar(
        select(OptOut.created_at).where(OptOut.garage_id == garage_id, OptOut.phone == phone)
    )


def check_opt_out(session: Session, subject: Subject) -> Objection | None:
    """Nothing goes to a number that has opted out, whatever the kind."""
    message = subject.message
    if message.channel == "sms" and has_opted_out(session, message.garage_id, message.recipient):
        return Stop(State.SUPPRESSED, OPTED_OUT)
    return None
