"""A customer's planned messages follow them to another number or address, or stop where there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app import clock
from app.db.session import db
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.queries import get_visit
from booking.events import CustomerChanged
from notifications.content.garage_texts import GARAGE_KINDS
from notifications.content.texts import Kind
from notifications.outbox.models import Message, State
from notifications.planning.occasions import load_occasion
from notifications.planning.plan import Occasion, Planned, plan_reminders
from notifications.planning.reach import Recipient, by_email, by_sms
from notifications.planning.subscribers import add_messages

ANOTHER_ADDRESS = "another_address"
"""Reason of a message that was planned to a number or address which is not the customer's any more."""

NOT_LEFT = (State.PLANNED, State.CLAIMED)


def on_customer_changed(event: CustomerChanged) -> None:
    """What has not left yet goes to where the customer is reached now; reminders by the rules as ever.

    The time at which a message is due stays. What is on its way already is nobody's to change.
    """
    session = db.session()
    session.flush()
    planned = _list_planned(session, event)
    for appointment_id in sorted(planned.keys() | set(_list_expected(session, event))):
        occasion = load_occasion(session, get_visit(session, event.garage_id, appointment_id))
        _readdress(session, occasion, planned[appointment_id])


def _readdress(session: Session, occasion: Occasion, rows: list[Message]) -> None:
    stale = [row for row in rows if _reached(occasion, row) != Recipient(row.channel, row.recipient)]
    kept = {_key(row.kind, row.rule_key, row.channel) for row in rows if row not in stale}
    wanted: dict[tuple[str, str], Planned] = {}
    for item in [*_moved(occasion, stale), *_reminders(occasion)]:
        key = _key(item.kind, item.rule_key, item.recipient.channel)
        if key not in kept:
            wanted.setdefault(key, item)
    for row in stale:
        row.state, row.reason = State.CANCELLED, ANOTHER_ADDRESS
        row.lease_until, row.updated_at = None, clock.now()
    if wanted:
        # A message is one of a version of its visit: planned anew, it belongs to the next.
        occasion.view.appointment.version += 1
        add_messages(session, occasion, wanted.values())


def _moved(occasion: Occasion, stale: Iterable[Message]) -> Iterable[Planned]:
    for row in stale:
        recipient = _reached(occasion, row)
        if recipient is not None:
            yield Planned(
                kind=Kind(row.kind),
                recipient=recipient,
                due_at=row.due_at,
                useful_until=row.useful_until,
                rule_key=row.rule_key,
                heeds_quiet_hours=row.heeds_quiet_hours,
            )


def _reminders(occasion: Occasion) -> list[Planned]:
    if occasion.view.status != Status.CONFIRMED:
        return []
    planned = plan_reminders(occasion)
    return [item for item in planned if not item.is_expired]


def _reached(occasion: Occasion, row: Message) -> Recipient | None:
    """Where a message of this kind and channel goes now; a reminder that cannot be texted goes by e-mail."""
    customer = occasion.view.customer
    if row.channel == "email":
        return by_email(customer)
    text = by_sms(customer, texting=occasion.texting, kind=row.kind)
    return text or (by_email(customer) if row.kind == Kind.REMINDER else None)


def _key(kind: str, rule_key: str, channel: str) -> tuple[str, str]:
    """A reminder is one of its rule, by whichever channel; all else is one of its kind on a channel."""
    return kind, rule_key if kind == Kind.REMINDER else channel


def _list_planned(session: Session, event: CustomerChanged) -> dict[int, list[Message]]:
    rows = session.scalars(
        select(Message)
        .join(
            Appointment,
            (Appointment.garage_id == Message.garage_id) & (Appointment.id == Message.appointment_id),
        )
        .where(
            Message.garage_id == event.garage_id,
            Message.kind.not_in(GARAGE_KINDS),
            Message.state.in_(NOT_LEFT),
            _is_theirs(event),
        )
        .order_by(Message.id)
        .with_for_update(of=Message)
    )
    found: dict[int, list[Message]] = defaultdict(list)
    for row in rows:
        found[row.appointment_id or 0].append(row)
    return found


def _list_expected(session: Session, event: CustomerChanged) -> list[int]:
    rows = session.scalars(
        select(Appointment.id).where(
            Appointment.garage_id == event.garage_id,
            _is_theirs(event),
            Appointment.status == Status.CONFIRMED,
            Appointment.arrives_at > clock.now(),
        )
    )
    return list(rows)


def _is_theirs(event: CustomerChanged) -> ColumnElement[bool]:
    return Appointment.customer_id == event.customer_id
