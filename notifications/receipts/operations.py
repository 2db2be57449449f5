"""What a provider reports of a message moves it forward, never back."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.security.links import LinkTarget
from notifications.channels.protocol import Outcome, Report
from notifications.outbox.models import FINAL, Message, State
from notifications.outbox.opt_outs import OPTED_OUT, keep_opt_out

STATES: dict[Outcome, State] = {
    "accepted": State.ACCEPTED,
    "delivered": State.DELIVERED,
    "undelivered": State.UNDELIVERED,
    "failed": State.FAILED,
    "opted_out": State.SUPPRESSED,
}

log = structlog.get_logger(__name__)


def apply_report(session: Session, target: LinkTarget, report: Report) -> bool:
    """Take the provider's word on the message behind ``target``; True if it changed anything.

    The provider has it, so nothing needs to be sent any more: a message that is being sent, that
    nobody knew of, or that a wrong refusal had planned again, is accepted. Its sender's own answer
    then comes too late and changes nothing. Final states stay as they are; so does a message that
    the provider knows by another id. A number that has opted out is kept, whatever the state.
    """
    message = session.scalar(
        select(Message)
        .where(Message.garage_id == target.garage_id, Message.id == target.subject_id)
        .with_for_update()
    )
    if message is None:
        return False
    if message.provider_id not in {"", report.provider_id}:
        log.warning("second_provider_id", message=message.id)
        return False
    if report.outcome == "opted_out":
        keep_opt_out(session, garage_id=message.garage_id, phone=message.recipient)
    state = STATES[report.outcome]
    if message.state in FINAL or message.state == state:
        return False
    _move_on(message, state, report)
    session.flush()
    return True


def _move_on(message: Message, state: State, report: Report) -> None:
    message.provider_id = report.provider_id
    message.state = state
    message.reason = _reason(state, report)
    message.sent_at = message.sent_at or clock.now()
    message.lease_until = message.look_up_at = None
    message.updated_at = clock.now()


def _reason(state: State, report: Report) -> str:
    if state == State.SUPPRESSED:
        return OPTED_OUT
    return report.code if state in {State.UNDELIVERED, State.FAILED} else ""
