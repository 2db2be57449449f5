"""Reading messages: of one appointment for the desk, of everyone for the development page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from app.tenancy.models import Garage, Workshop
from booking.appointments.models import Appointment
from notifications.content.garage_texts import GARAGE_KINDS
from notifications.content.rendering import LINK
from notifications.outbox.links import ShortLink, show_short_links
from notifications.outbox.models import Message, State

SENT = frozenset({State.ACCEPTED, State.DELIVERED})


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as people read it: ``before`` and ``after`` are the text around its link."""

    id: int
    kind: str
    channel: str
    recipient: str
    locale: str
    state: str
    reason: str
    subject: str
    before: str
    link: str
    after: str
    segments: int
    due_at: datetime
    sent_at: datetime | None
    sender: str
    timezone: str

    @property
    def is_written(self) -> bool:
        """Whether its text exists already; a planned message is written when it is sent."""
        return bool(self.before or self.after)


@dataclass(frozen=True, slots=True)
class GarageName:
    """A garage as one to choose among others."""

    id: int
    slug: str
    name: str


def list_messages(session: Session, garage_id: int, appointment_id: int) -> list[MessageView]:
    """The appointment's messages in the order in which they are or were due."""
    rows = session.execute(
        _with_sender()
        .where(Message.garage_id == garage_id, Message.appointment_id == appointment_id)
        .order_by(Message.due_at, Message.id)
    )
    return _views(session, garage_id, rows.all())


def list_messages_of_customer(
    session: Session, garage_id: int, customer_id: int, *, limit: int
) -> list[MessageView]:
    """What went or is to go to a customer about any visit, the latest first; two queries."""
    rows = session.execute(
        _with_sender()
        .join(
            Appointment,
            (Appointment.garage_id == Message.garage_id) & (Appointment.id == Message.appointment_id),
        )
        .where(
            Message.garage_id == garage_id,
            Appointment.customer_id == customer_id,
            Message.kind.not_in(GARAGE_KINDS),
        )
        .order_by(Message.due_at.desc(), Message.id.desc())
        .limit(limit)
    )
    return _views(session, garage_id, rows.all())


def list_message_views(session: Session, garage_id: int, message_ids: Collection[int]) -> list[MessageView]:
    """These messages of the garage as people read them, by id; two queries."""
    rows = session.execute(
        _with_sender().where(Message.garage_id == garage_id, Message.id.in_(message_ids)).order_by(Message.id)
    )
    return _views(session, garage_id, rows.all())


def list_latest_sent(session: Session, garage_id: int, *, limit: int) -> list[MessageView]:
    """The garage's newest messages that went out, the newest first."""
    rows = session.execute(
        _with_sender()
        .where(Message.garage_id == garage_id, Message.state.in_(SENT))
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(limit)
    )
    return _views(session, garage_id, rows.all())


def list_garage_names(session: Session) -> list[GarageName]:
    """Every garage, by name; for the development page alone."""
    rows = session.execute(select(Garage.id, Garage.slug, Garage.name).order_by(Garage.name, Garage.id))
    return [GarageName(*row) for row in rows]


def find_oldest_due(session: Session) -> datetime | None:
    """The due time of the message that waits longest, of any garage, due already or not."""
    return session.scalar(select(func.min(Message.due_at)).where(Message.state == State.PLANNED))


def _with_sender() -> Select[Message, str, str]:
    return select(Message, Workshop.name, Workshop.timezone).join(
        Workshop, (Workshop.garage_id == Message.garage_id) & (Workshop.id == Message.workshop_id)
    )


def _views(session: Session, garage_id: int, rows: Sequence[Row[Message, str, str]]) -> list[MessageView]:
    """With their links, in two queries whatever the number of messages."""
    links = show_short_links(session, garage_id, [message.id for message, _, _ in rows])
    return [
        _view(message, links.get(message.id), sender=sender, timezone=timezone)
        for message, sender, timezone in rows
    ]


def _view(message: Message, link: ShortLink | None, *, sender: str, timezone: str) -> MessageView:
    before, _, after = message.body.partition(LINK)
    return MessageView(
        id=message.id,
        kind=message.kind,
        channel=message.channel,
        recipient=message.recipient,
        locale=message.locale,
        state=message.state,
        reason=message.reason,
        subject=message.subject,
        before=before,
        link=link.address if link is not None else "",
        after=after,
        segments=message.segments,
        due_at=message.due_at,
        sent_at=message.sent_at,
        sender=sender,
        timezone=timezone,
    )
