"""Whom to phone, the most urgent first, and whom somebody has phoned today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, distinct, func, select
from sqlalchemy.orm import Session

from app import clock
from app.auth.models import User
from app.tenancy.models import Workshop
from app.tenancy.queries import WorkshopView, workshop_view
from booking.appointments.models import Appointment
from booking.appointments.queries import AppointmentView, list_views
from notifications.outbox.models import Message, State
from notifications.outbox.queries import MessageView, list_message_views
from notifications.please_phone.rules import IS_TO_PHONE, asking


@dataclass(frozen=True, slots=True)
class ToPhone:
    """A visit whose customer is to be phoned, with what the messages would have said.

    ``kinds_mailed`` are those of them that went out by e-mail, which proves little.
    """

    view: AppointmentView
    workshop: WorkshopView
    messages: tuple[MessageView, ...]
    kinds_mailed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Phoned:
    """A call that was made: about which messages, when, by whom."""

    view: AppointmentView
    workshop: WorkshopView
    message_ids: tuple[int, ...]
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class PhoneList:
    """Everything the page shows."""

    to_phone: tuple[ToPhone, ...]
    phoned: tuple[Phoned, ...]
    workshops: tuple[WorkshopView, ...]


_OF_ITS_VISIT = (Appointment.garage_id == Message.garage_id) & (Appointment.id == Message.appointment_id)
# Made once: every screen of the desk asks for the count, and making them takes longer than the answer.
_COUNT = (
    select(func.count(distinct(Message.appointment_id))).join(Appointment, _OF_ITS_VISIT).where(IS_TO_PHONE)
)
_MESSAGES = (
    select(Appointment.id, Message)
    .join(Appointment, _OF_ITS_VISIT)
    .order_by(Message.arrives_at, Appointment.id, Message.id)
)
_TO_PHONE = _MESSAGES.where(IS_TO_PHONE)
_PHONED = _MESSAGES.where(
    Message.garage_id == bindparam("garage_id"), Message.phoned_at >= bindparam("since")
)


def count_to_phone(session: Session, garage_id: int) -> int:
    """How many visits call for a phone call now; one statement."""
    return session.scalar(_COUNT, asking(garage_id, clock.now())) or 0


def get_phone_list(session: Session, garage_id: int, *, since: datetime) -> PhoneList:
    """Whom to phone, by the start of the visit; who was phoned from ``since`` on, the latest first.

    Nine statements at most, whatever the number of rows.
    """
    lost = _pairs(session.execute(_TO_PHONE, asking(garage_id, clock.now())))
    called = _pairs(session.execute(_PHONED, {"garage_id": garage_id, "since": since}))
    ids = {visit for visit, _ in (*lost, *called)}
    views = {view.id: view for view in list_views(session, garage_id, ids)} if ids else {}
    workshops = _workshops(session, garage_id)
    return PhoneList(
        to_phone=tuple(_to_phone(session, garage_id, lost, views=views, workshops=workshops)),
        phoned=tuple(_phoned(session, called, views=views, workshops=workshops)),
        workshops=tuple(workshops.values()),
    )


def _to_phone(
    session: Session,
    garage_id: int,
    lost: list[tuple[int, Message]],
    *,
    views: dict[int, AppointmentView],
    workshops: dict[int, WorkshopView],
) -> list[ToPhone]:
    shown = {view.id: view for view in list_message_views(session, garage_id, [row.id for _, row in lost])}
    mailed = _list_mailed(session, garage_id, {visit for visit, _ in lost})
    by_visit: dict[int, list[Message]] = defaultdict(list)
    for visit, row in lost:
        by_visit[visit].append(row)
    return [
        ToPhone(
            view=views[visit],
            workshop=workshops[views[visit].appointment.workshop_id],
            messages=tuple(shown[row.id] for row in rows),
            kinds_mailed=frozenset(row.kind for row in rows if (visit, row.kind, row.arrives_at) in mailed),
        )
        for visit, rows in by_visit.items()
    ]


def _phoned(
    session: Session,
    called: list[tuple[int, Message]],
    *,
    views: dict[int, AppointmentView],
    workshops: dict[int, WorkshopView],
) -> list[Phoned]:
    names = _names(session, {row.phoned_by_user_id for _, row in called if row.phoned_by_user_id})
    calls: dict[tuple[datetime, int], list[Message]] = defaultdict(list)
    for visit, row in called:
        if row.phoned_at is not None:
            calls[row.phoned_at, visit].append(row)
    return [
        Phoned(
            view=views[visit],
            workshop=workshops[views[visit].appointment.workshop_id],
            message_ids=tuple(row.id for row in rows),
            at=at,
            by=names.get(rows[0].phoned_by_user_id or 0, ""),
        )
        for (at, visit), rows in sorted(calls.items(), reverse=True)
    ]


def _pairs(rows: Iterable[Row[int, Message]]) -> list[tuple[int, Message]]:
    """The messages, each with the visit that it is about."""
    return [(visit, message) for visit, message in rows]


def _list_mailed(
    session: Session, garage_id: int, appointment_ids: Collection[int]
) -> set[tuple[int | None, str, datetime]]:
    """Of which visits which kind went out by e-mail, for which arrival."""
    rows = session.execute(
        select(Message.appointment_id, Message.kind, Message.arrives_at).where(
            Message.garage_id == garage_id,
            Message.appointment_id.in_(appointment_ids),
            Message.channel == "email",
            Message.state == State.ACCEPTED,
        )
    )
    return {(visit, kind, arrives_at) for visit, kind, arrives_at in rows}


def _workshops(session: Session, garage_id: int) -> dict[int, WorkshopView]:
    """The garage's workshops, archived ones too: their last visits may be still to come."""
    rows = session.scalars(
        select(Workshop).where(Workshop.garage_id == garage_id).order_by(Workshop.position, Workshop.id)
    )
    return {row.id: workshop_view(row) for row in rows}


def _names(session: Session, user_ids: Collection[int]) -> dict[int, str]:
    rows = session.scalars(select(User).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}
