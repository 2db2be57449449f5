"""Tomorrow's day sheet: due to each workshop at 18:00 of its own clock, planned once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app import clock
from app.i18n import speaking
from app.localtime import local_date, midnight
from app.tenancy.calendar import lock_calendar
from app.tenancy.models import Workshop
from app.tenancy.queries import get_garage, get_workshop_by_id
from calendars.board.sheet import get_day_sheet
from notifications.content.garage_texts import VERSION, GarageKind
from notifications.outbox.links import create_short_link
from notifications.outbox.models import Message, State
from notifications.planning.times import at_clock_time

SENT_AT = 18 * 60
"""Minutes since local midnight at which the next day's sheet is due."""

CLOSED = "closed"
"""Reason of a sheet that is not sent: the workshop is closed, and nobody comes."""


@dataclass(frozen=True, slots=True)
class DueSheet:
    """A sheet to plan: for the local date ``on``, due at ``due_at``, of use until ``ends_at``."""

    garage_id: int
    workshop_id: int
    on: date
    due_at: datetime
    ends_at: datetime


def find_due_time(now: datetime, timezone: str) -> tuple[date, datetime] | None:
    """The date of the sheet that this evening brings and when it was due; None before 18:00."""
    today = local_date(now, timezone)
    due_at = at_clock_time(today, SENT_AT, timezone)
    return (today + timedelta(days=1), due_at) if due_at <= now else None


def list_due_sheets(session: Session) -> list[DueSheet]:
    """The sheets of this evening, of every garage, that nobody has decided on yet.

    One read, led by the workshops; the caller stands in ``across_garages``.
    """
    now = clock.now()
    decided: dict[tuple[int, int, str], set[date | None]] = defaultdict(set)
    for garage_id, workshop_id, timezone, on in session.execute(_with_decided(now.date())):
        decided[garage_id, workshop_id, timezone].add(on)
    found = (_due_sheet(*workshop, now=now) for workshop in decided)
    return [
        sheet
        for workshop, sheet in zip(decided, found, strict=True)
        if sheet is not None and sheet.on not in decided[workshop]
    ]


def _with_decided(today: date) -> Select[int, int, str, date | None]:
    """Every workshop in use that has an address, with each sheet around ``today`` (in UTC) that it has.

    Tomorrow is nowhere earlier than that date, and at most two days later.
    """
    dates = [today + timedelta(days=days) for days in range(3)]
    same = (Message.garage_id == Workshop.garage_id) & (Message.workshop_id == Workshop.id)
    return (
        select(Workshop.garage_id, Workshop.id, Workshop.timezone, Message.sheet_on)
        .outerjoin(Message, same & Message.sheet_on.in_(dates))
        .where(Workshop.archived_at.is_(None), Workshop.email != "")
        .order_by(Workshop.garage_id, Workshop.id)
    )


def _due_sheet(garage_id: int, workshop_id: int, timezone: str, *, now: datetime) -> DueSheet | None:
    due = find_due_time(now, timezone)
    if due is None:
        return None
    on, due_at = due
    return DueSheet(garage_id, workshop_id, on, due_at, ends_at=midnight(on, timezone))


def plan_sheet(session: Session, due: DueSheet) -> bool:
    """Decide on one sheet: planned, or settled at once where the workshop is closed and nobody comes.

    Under the workshop's lock, so that of two schedulers one decides. Returns whether it will be
    sent. Its text is written when it is sent. Flushes.
    """
    lock_calendar(session, due.garage_id, due.workshop_id)
    if _is_decided(session, due):
        return False
    workshop = get_workshop_by_id(session, due.garage_id, due.workshop_id)
    locale = get_garage(session, due.garage_id).locale
    with speaking(locale):
        sheet = get_day_sheet(session, workshop, on=due.on)
    is_wanted = sheet.is_open or not sheet.is_empty
    message = Message(
        garage_id=due.garage_id,
        workshop_id=due.workshop_id,
        appointment_version=0,
        sheet_on=due.on,
        kind=GarageKind.DAY_SHEET.value,
        channel="email",
        recipient=workshop.email,
        locale=locale,
        template_version=VERSION,
        arrives_at=due.ends_at,
        due_at=due.due_at,
        useful_until=due.ends_at,
        heeds_quiet_hours=False,
        state=State.PLANNED if is_wanted else State.CANCELLED,
        reason="" if is_wanted else CLOSED,
    )
    session.add(message)
    session.flush()
    if is_wanted:
        create_short_link(session, message)
    return is_wanted


def _is_decided(session: Session, due: DueSheet) -> bool:
    found = session.scalar(
        select(Message.id).where(
            Message.garage_id == due.garage_id,
            Message.workshop_id == due.workshop_id,
            Message.sheet_on == due.on,
        )
    )
    return found is not None
