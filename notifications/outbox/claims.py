"""Who may send a message: claims with a lease and a fence, taken by any number of schedulers."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session

from app import clock
from notifications.outbox.lookups import first_look_up_at
from notifications.outbox.models import Message, State

LEASE = timedelta(seconds=60)
BATCH = 20
LAPSED = "lapsed"
"""Reason of a message whose sender died between its commit and the provider's answer."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one message, good while ``fence`` is the row's own and the lease runs."""

    message_id: int
    garage_id: int
    fence: int


_NAMES: dict[int, str] = {}


def _name_process(pid: int) -> str:
    """Who holds a lease, for people reading the table; the fence decides.

    Asked when it is needed: a process may have been split off after this module was loaded. Of two
    threads that ask at once both get the name that was laid down first.
    """
    return _NAMES.setdefault(pid, f"{socket.gethostname()}:{pid}:{secrets.token_hex(4)}")


def has_due(session: Session, channels: Collection[str]) -> bool:
    """Whether any message waits for one of these channels now: one small indexed read."""
    return bool(session.scalar(select(exists(_due(channels)))))


def claim_due(session: Session, channels: Collection[str], *, limit: int = BATCH) -> list[Claim]:
    """Take up to ``limit`` due messages, the oldest first; no two callers get the same one.

    PostgreSQL skips rows that another claim holds locked; SQLite has one writer at a time. The
    caller stands in ``across_garages`` and commits before it does anything with a claim.
    """
    due = (
        _due(channels)
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    rows = session.execute(
        update(Message)
        .where(Message.id.in_(select(due.c.id)), Message.state == State.PLANNED)
        .values(
            state=State.CLAIMED,
            lease_owner=_name_process(os.getpid()),
            lease_until=clock.now() + LEASE,
            fence=Message.fence + 1,
        )
        .returning(Message.id, Message.garage_id, Message.fence)
        .execution_options(synchronize_session=False)
    )
    return sorted((Claim(*row) for row in rows), key=lambda claim: claim.message_id)


def release(session: Session, claims: Sequence[Claim]) -> None:
    """Give back claims that nothing was done with, so that nobody waits for the lease."""
    for claim in claims:
        session.execute(
            update(Message)
            .where(
                Message.garage_id == claim.garage_id,
                Message.id == claim.message_id,
                Message.fence == claim.fence,
                Message.state == State.CLAIMED,
            )
            .values(state=State.PLANNED, lease_until=None)
            .execution_options(synchronize_session=False)
        )


def has_lapsed(session: Session) -> bool:
    """Whether any lease is over: one indexed read."""
    lapsed = select(Message.id).where(
        Message.state.in_((State.CLAIMED, State.SENDING)), Message.lease_until < clock.now()
    )
    return bool(session.scalar(select(exists(lapsed))))


def end_lapsed_leases(session: Session) -> int:
    """Settle what dead senders left: the claimed are planned again, the sending are unknown.

    A message in ``sending`` may have reached its reader: it is never sent again by itself.
    Returns how many became unknown.
    """
    over = Message.lease_until < clock.now()
    freed = {"lease_until": None, "fence": Message.fence + 1, "updated_at": clock.now()}
    session.execute(
        update(Message)
        .where(Message.state == State.CLAIMED, over)
        .values(state=State.PLANNED, **freed)
        .execution_options(synchronize_session=False)
    )
    lost = session.execute(
        update(Message)
        .where(Message.state == State.SENDING, over)
        .values(state=State.UNKNOWN, reason=LAPSED, look_up_at=first_look_up_at(), lookups=0, **freed)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(lost.all())


def _due(channels: Collection[str]) -> Select[int]:
    return select(Message.id).where(
        Message.state == State.PLANNED, Message.due_at <= clock.now(), Message.channel.in_(channels)
    )
