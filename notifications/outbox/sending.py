"""Sending what is due: claim, ask again, commit ``sending``, call the channel, record its answer.

The channel is called outside any transaction, after ``sending`` is committed: a crash leaves at
worst a message whose outcome is unknown, never one that goes out twice.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import structlog
from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app import clock
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import across_garages, scoped_to
from notifications.channels.protocol import Accepted, Answer, Channels, OptedOut, Outgoing, Refused, Unknown
from notifications.content.rendering import show_link_in
from notifications.outbox.about import load_about
from notifications.outbox.checks import Stop, Subject, Wait, find_objection
from notifications.outbox.claims import BATCH, LEASE, Claim, claim_due, has_due, release
from notifications.outbox.instead import plan_letter_instead
from notifications.outbox.links import show_short_link
from notifications.outbox.lookups import first_look_up_at
from notifications.outbox.mail import write_mail
from notifications.outbox.models import Message, State
from notifications.outbox.opt_outs import OPTED_OUT, keep_opt_out
from notifications.outbox.text import write_text

log = structlog.get_logger(__name__)

BACKOFF_MINUTES = (1, 2, 5, 15, 60)
THREAD_BATCH = 3
"""One thread of several: even if every call takes its whole time limit, the lease of the last holds."""

BROKEN = "error"
"""Reason of a message that we ourselves could not prepare."""


def send_due(channels: Channels, *, is_stopping: Callable[[], bool] = lambda: False, threads: int = 1) -> int:
    """Send every due message that one of ``channels`` can take; returns how many were accepted.

    Each of the ``threads`` claims batches for itself and has one message under way at a time. When
    ``is_stopping`` says so, that one is finished and the rest given back.
    """
    if threads == 1:
        return _send_batches(channels, BATCH, is_stopping)
    if not _is_due(channels):
        return 0
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the application behind the proxy

    def work() -> int:
        with app.app_context():
            return _send_batches(channels, THREAD_BATCH, is_stopping)

    with ThreadPoolExecutor(threads, thread_name_prefix="sender") as pool:
        return sum(run.result() for run in [pool.submit(work) for _ in range(threads)])


def _send_batches(channels: Channels, limit: int, is_stopping: Callable[[], bool]) -> int:
    accepted = 0
    while not is_stopping():
        claims = _claim(channels, limit)
        if not claims:
            break
        for number, claim in enumerate(claims):
            if is_stopping():
                _give_back(claims[number:])
                break
            accepted += deliver(claim, channels)
    return accepted


def deliver(claim: Claim, channels: Channels) -> bool:
    """Take one claimed message to its answer; True if the provider accepted it.

    An error on our side plans it again with the same patience as a temporary refusal.
    """
    try:
        prepared = _prepare(claim)
    except Exception as error:
        log.exception("message_not_prepared", message=claim.message_id, error=type(error).__name__)
        _put_off(claim)
        return False
    if prepared is None:
        return False
    channel, outgoing = prepared
    answer = _call(channels, channel, outgoing)
    _record(claim, answer, state=State.SENDING)
    return isinstance(answer, Accepted)


def _is_due(channels: Channels) -> bool:
    with across_garages("due messages of every garage"), reading() as session:
        return has_due(session, channels)


def _claim(channels: Channels, limit: int) -> list[Claim]:
    if not _is_due(channels):
        return []
    with across_garages("due messages of every garage"), unit_of_work() as session:
        return claim_due(session, channels, limit=limit)


def _give_back(claims: list[Claim]) -> None:
    with across_garages("claims of every garage"), unit_of_work() as session:
        release(session, claims)


def _prepare(claim: Claim) -> tuple[str, Outgoing] | None:
    """Ask whether the message still makes sense; if so write its text and commit ``sending``."""
    with scoped_to(claim.garage_id), unit_of_work() as session:
        message = _held(session, claim)
        if message is None:
            return None
        about = load_about(session, message)
        subject = Subject(message=message, view=about.view, workshop=about.workshop, now=clock.now())
        message.updated_at = subject.now
        if _is_stopped(session, subject):
            return None
        link = show_short_link(session, message)
        write_text(message, about, link=link.address)
        message.state = State.SENDING
        message.sending_at = subject.now
        message.attempts += 1
        message.lease_until = subject.now + LEASE
        return message.channel, Outgoing(
            garage_id=claim.garage_id,
            message_id=message.id,
            attempt=message.attempts,
            recipient=message.recipient,
            subject=message.subject,
            text=show_link_in(message.body, link.address),
            marker=link.token,
            locale=message.locale,
            mail=write_mail(message, about, link=link.address),
        )


def _held(session: Session, claim: Claim) -> Message | None:
    """The claimed row, locked, unless the claim was lost or the message voided meanwhile."""
    row = _row_of(claim, State.CLAIMED).where(Message.lease_until > clock.now())
    return session.scalar(row.with_for_update())


def _is_stopped(session: Session, subject: Subject) -> bool:
    """Carry out the first objection; the transaction keeps it."""
    objection = find_objection(session, subject)
    if objection is not None:
        subject.message.lease_until = None
    if isinstance(objection, Stop):
        subject.message.state = objection.state
        subject.message.reason = objection.reason
        if objection.state == State.SUPPRESSED:
            plan_letter_instead(session, subject)
    elif isinstance(objection, Wait):
        subject.message.state = State.PLANNED
        subject.message.due_at = objection.until
    return objection is not None


def _put_off(claim: Claim) -> None:
    """A message that we cannot prepare must not come back every second, nor for ever."""
    with scoped_to(claim.garage_id), unit_of_work() as session:
        message = _held(session, claim)
        if message is not None:
            message.attempts += 1
            message.lease_until, message.updated_at = None, clock.now()
            _refuse(message, Refused(BROKEN, is_temporary=True))


def _call(channels: Channels, name: str, outgoing: Outgoing) -> Answer:
    try:
        return channels[name].send(outgoing)
    except Exception as error:
        # Bytes may have left before it broke.
        log.exception("channel_broke", channel=name, message=outgoing.message_id)
        return Unknown(type(error).__name__)


def _record(claim: Claim, answer: Answer, *, state: State) -> None:
    """Write what became of the message, if the claim still holds it in ``state``.

    The provider's own report may have come before its answer, or the lease may be over: then what
    stands is newer, and stays.
    """
    with scoped_to(claim.garage_id), unit_of_work() as session:
        message = session.scalar(_row_of(claim, state).with_for_update())
        if message is None:
            log.info("late_answer", message=claim.message_id, answer=type(answer).__name__)
            return
        message.lease_until = None
        message.updated_at = clock.now()
        if isinstance(answer, Accepted):
            message.state, message.reason = State.ACCEPTED, ""
            message.provider_id, message.sent_at = answer.provider_id, clock.now()
        elif isinstance(answer, Unknown):
            message.state, message.reason = State.UNKNOWN, answer.code
            message.look_up_at, message.lookups = first_look_up_at(), 0
        elif isinstance(answer, OptedOut):
            message.state, message.reason = State.SUPPRESSED, OPTED_OUT
            keep_opt_out(session, garage_id=message.garage_id, phone=message.recipient)
        else:
            _refuse(message, answer)


def _refuse(message: Message, answer: Refused) -> None:
    """Failed, or planned again a little later, until patience or the message's use is over."""
    message.reason = answer.code
    if not answer.is_temporary or message.attempts > len(BACKOFF_MINUTES):
        message.state = State.FAILED
        return
    backoff = timedelta(minutes=BACKOFF_MINUTES[max(message.attempts, 1) - 1])
    due_at = clock.now() + max(backoff, timedelta(seconds=answer.retry_after_seconds))
    if due_at > message.useful_until:
        message.state = State.EXPIRED
    else:
        message.state, message.due_at = State.PLANNED, due_at


def _row_of(claim: Claim, state: State) -> Select[Message]:
    return select(Message).where(
        Message.garage_id == claim.garage_id,
        Message.id == claim.message_id,
        Message.fence == claim.fence,
        Message.state == state,
    )
