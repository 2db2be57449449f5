"""A scheduler that sends first and marks after, for the control: a crash in between sends twice.

The product has no such switch: this module takes the mark back before the provider is called.
"""

from __future__ import annotations

from sqlalchemy import update

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from notifications.channels.protocol import Channels
from notifications.outbox import sending
from notifications.outbox.claims import Claim
from notifications.outbox.models import Message, State
from tests.support.quick_scheduler import run_quickly


def deliver(claim: Claim, channels: Channels) -> bool:
    """Call the provider while the row says no more than that somebody holds it."""
    prepared = sending._prepare(claim)
    if prepared is None:
        return False
    with scoped_to(claim.garage_id), unit_of_work() as session:
        session.execute(
            update(Message)
            .where(Message.garage_id == claim.garage_id, Message.id == claim.message_id)
            .values(state=State.CLAIMED)
        )
    channel, outgoing = prepared
    sending._record(claim, channels[channel].send(outgoing), state=State.CLAIMED)
    return True


if __name__ == "__main__":
    sending.deliver = deliver
    run_quickly()
