"""What the scheduler does for the outbox: send what is due, settle what dead senders left."""

from __future__ import annotations

import structlog

from app.db.unit_of_work import reading, unit_of_work
from app.extensions import current_settings
from app.jobs.registry import is_stopping
from app.tenancy.scope import across_garages
from notifications.channels.sandbox import sandbox_channels
from notifications.outbox.claims import end_lapsed_leases, has_lapsed
from notifications.outbox.sending import send_due

log = structlog.get_logger(__name__)


def send_due_messages() -> None:
    """Send every message whose time has come; ticks each second."""
    sent = send_due(sandbox_channels(current_settings()), is_stopping=is_stopping)
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
