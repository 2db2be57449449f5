"""Looking for messages whose outcome nobody knows in the provider's own list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db.unit_of_work import reading, unit_of_work
from app.jobs.registry import is_stopping
from app.security.links import LinkTarget
from app.tenancy.scope import across_garages, scoped_to
from notifications.channels.choice import current_channels
from notifications.channels.protocol import Channels, Report, Traceable
from notifications.outbox.links import MESSAGE, show_short_link
from notifications.outbox.lookups import GAPS, next_look_up_at
from notifications.outbox.models import Message, State
from notifications.receipts.operations import apply_report

log = structlog.get_logger(__name__)

BATCH = 50


@dataclass(frozen=True, slots=True)
class Lookup:
    """One look for one message; ``since`` is when it may have gone out."""

    target: LinkTarget
    channel: str
    recipient: str
    marker: str
    since: datetime


def look_for_unknown_messages() -> None:
    """Settle the unknown messages whose look is due; ticks every few seconds."""
    found = look_for_unknown(current_channels())
    if found:
        log.info("unknown_messages_found", count=found)


def look_for_unknown(channels: Channels) -> int:
    """Ask each provider for what is due to be looked for; returns how many it had.

    Found is accepted. Not found is no proof: after the third look a message stays unknown for
    good, and a person is told. Nothing is ever sent again from here.
    """
    with across_garages("unknown messages of every garage"), reading() as session:
        due = session.execute(
            select(Message.garage_id, Message.id)
            .where(Message.state == State.UNKNOWN, Message.look_up_at <= clock.now())
            .order_by(Message.look_up_at, Message.id)
            .limit(BATCH)
        ).all()
    found = 0
    for garage_id, message_id in due:
        if is_stopping():
            break
        found += _look(channels, LinkTarget(garage_id, MESSAGE, message_id))
    return found


def _look(channels: Channels, target: LinkTarget) -> bool:
    """One look, claimed first so that only one process takes it; True if the provider has it."""
    with scoped_to(target.garage_id), unit_of_work() as session:
        lookup = _claim(session, target)
    if lookup is None:
        return False
    try:
        report = _ask(channels, lookup)
    except Exception as error:
        # A provider that cannot be read has not answered: this look does not count.
        log.warning("lookup_failed", message=target.subject_id, error=type(error).__name__)
        with scoped_to(target.garage_id), unit_of_work() as session:
            _take_back(session, target)
        return False
    if report is None:
        return False
    with scoped_to(target.garage_id), unit_of_work() as session:
        return apply_report(session, target, report)


def _ask(channels: Channels, lookup: Lookup) -> Report | None:
    channel = channels.get(lookup.channel)
    if not isinstance(channel, Traceable):
        return None
    return channel.find(lookup.marker, recipient=lookup.recipient, since=lookup.since)


def _claim(session: Session, target: LinkTarget) -> Lookup | None:
    """Count the look and set the next; None if somebody else has taken it."""
    message = _locked(session, target)
    if message is None or message.look_up_at is None or message.look_up_at > clock.now():
        return None
    message.lookups += 1
    message.look_up_at = next_look_up_at(message.lookups)
    return Lookup(
        target=target,
        channel=message.channel,
        recipient=message.recipient,
        marker=show_short_link(session, message).token,
        since=message.sending_at or message.updated_at,
    )


def _take_back(session: Session, target: LinkTarget) -> None:
    message = _locked(session, target)
    if message is not None and message.useful_until > clock.now():
        message.lookups -= 1
        message.look_up_at = clock.now() + GAPS[0]


def _locked(session: Session, target: LinkTarget) -> Message | None:
    return session.scalar(
        select(Message)
        .where(
            Message.garage_id == target.garage_id,
            Message.id == target.subject_id,
            Message.state == State.UNKNOWN,
        )
        .with_for_update()
    )
