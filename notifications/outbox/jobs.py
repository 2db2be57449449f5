"""What the scheduler does for the outbox: send what is due, settle what dead senders left."""

from __future__ import annotations

import structlog

from app.db.unit_of_work import reading, unit_of_work
from app.jobs.registry import is_stopping
from app.tenancy.scope import across_garages
from notifications.channels.choice import current_channels
from notifications.outbox.claims import end_lapsed_leases, has_lapsed
from notifications.outbox.sending import send_due

log = structlog.get_logger(__name__)

SENDING_THREADS = 8
"""Of one process. Each has at most one message under way, so a crash leaves no more than so many unknown."""


def send_due_messages() -> None:
    """Send every message whose time has come; ticks each second."""
    sent = send_due(current_channels(), is_stopping=is_stopping, threads=SENDING_THREADS)
    if sent:
        log.info("messages_sent", count=sent)


def end_leases() -> None:
    """Settle messages whose sender died; ticks every few seconds."""
    with across_garages("leases of every garage"):
        with reading() as session:
            if not has_lapsed(session):
                return
        with unit_of_work() as session:
            unknown = end_lapsed_leases(session)
    if unknown:
        log.warning("messages_unknown", count=unknown)
