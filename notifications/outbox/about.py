"""What a message is about, as it stands in the transaction that sends it: a visit, or a day's sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.i18n import speaking
from app.tenancy.queries import GarageView, WorkshopView, get_garage, get_workshop_by_id
from booking.appointments.queries import AppointmentView, get_appointment_view, list_history
from calendars.board.sheet import DaySheet, get_day_sheet
from notifications.content.garage_texts import GarageKind
from notifications.outbox.models import Message


@dataclass(frozen=True, slots=True)
class About:
    """Exactly one of ``view`` and ``sheet`` is there. ``moved_from`` is the arrival before a move."""

    garage: GarageView
    workshop: WorkshopView
    view: AppointmentView | None = None
    sheet: DaySheet | None = None
    moved_from: datetime | None = None

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
    return About(garage, workshop, view=view, moved_from=moved_from)


def _moved_from(session: Session, message: Message, view: AppointmentView) -> datetime | None:
    """From where the visit had been moved to the arrival that the message tells."""
    told = message.arrives_at.isoformat()
    moves = (
        line.detail for line in list_history(session, message.garage_id, view.id) if line.kind == "moved"
    )
    return next((datetime.fromisoformat(detail["from"]) for detail in moves if detail["to"] == told), None)
