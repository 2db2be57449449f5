"""What a message is about, as it stands in the transaction that sends it: a visit, or a day's sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import speaking
from app.tenancy.queries import GarageView, WorkshopView, get_garage, get_workshop_by_id
from booking.appointments.history import list_history
from booking.appointments.queries import AppointmentView, get_appointment_view
from calendars.board.sheet import DaySheet, get_day_sheet
from notifications.content.garage_texts import GarageKind
from notifications.content.texts import Kind
from notifications.outbox.models import Message, State

INVITING = (Kind.CONFIRMED, Kind.CHANGED)
"""Kinds whose letter enters or moves the visit in the customer's calendar."""

OPEN_OR_OFF = frozenset({Kind.RECEIVED, Kind.DECLINED, Kind.EXPIRED})
"""Kinds that invite to nothing, and take back an invitation where there was one."""

LEFT = (State.SENDING, State.UNKNOWN, State.ACCEPTED, State.DELIVERED)


@dataclass(frozen=True, slots=True)
class About:
    """Exactly one of ``view`` and ``sheet`` is there. ``moved_from`` is the arrival before a move.

    ``was_invited``: an invitation to the visit may stand in the calendar of the message's reader.
    """

    garage: GarageView
    workshop: WorkshopView
    view: AppointmentView | None = None
    sheet: DaySheet | None = None
    moved_from: datetime | None = None
    was_invited: bool = False

    @property
    def visit(self) -> AppointmentView:
        """The visit of a message that is about one."""
        assert self.view is not None
        return self.view


def load_about(session: Session, message: Message) -> About:
    """Read what ``message`` is about, now. Raises NotFoundError."""
    garage = get_garage(session, message.garage_id)
    workshop = get_workshop_by_id(session, message.garage_id, message.workshop_id)
    if message.sheet_on is not None:
        with speaking(message.locale):
            sheet = get_day_sheet(session, workshop, on=message.sheet_on)
        return About(garage, workshop, sheet=sheet)
    assert message.appointment_id is not None  # a constraint of the table
    view = get_appointment_view(session, message.garage_id, message.appointment_id)
    moved_from = _moved_from(session, message, view) if message.kind == GarageKind.MOVED else None
    was_invited = message.channel == "email" and _was_invited(session, message)
    return About(garage, workshop, view=view, moved_from=moved_from, was_invited=was_invited)


def _was_invited(session: Session, message: Message) -> bool:
    """Whether an earlier letter with an invitation went out to the same address, or may have."""
    if message.kind not in OPEN_OR_OFF:
        return False
    earlier = select(Message.id).where(
        Message.garage_id == message.garage_id,
        Message.appointment_id == message.appointment_id,
        Message.channel == "email",
        Message.recipient == message.recipient,
        Message.kind.in_(INVITING),
        Message.state.in_(LEFT),
    )
    return session.scalar(earlier.limit(1)) is not None


def _moved_from(session: Session, message: Message, view: AppointmentView) -> datetime | None:
    """From where the visit had been moved to the arrival that the message tells."""
    told = message.arrives_at.isoformat()
    moves = (
        line.detail for line in list_history(session, message.garage_id, view.id) if line.kind == "moved"
    )
    return next((datetime.fromisoformat(detail["from"]) for detail in moves if detail["to"] == told), None)
