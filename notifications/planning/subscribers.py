"""What happens to an appointment becomes messages, in the same transaction; nothing is sent here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app import clock
from app.db.session import db
from booking.appointments.history import list_history
from booking.appointments.life_cycle import HAS_COME, Status
from booking.appointments.queries import get_visit
from booking.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentEventBase,
    AppointmentMoved,
    AppointmentStatusChanged,
    AppointmentUndone,
)
from notifications.content.garage_texts import GARAGE_KINDS
from notifications.content.texts import VERSION, Kind
from notifications.outbox.links import create_short_links
from notifications.outbox.models import Message, State
from notifications.planning.checks import MOVED
from notifications.planning.occasions import load_occasion
from notifications.planning.plan import Occasion, Planned, plan_notice, plan_reminders, plan_truth
from notifications.planning.told import find_told

QUIET = "quiet_hours"
"""Reason of a reminder that quiet hours leave no useful time for."""

TOLD_AT_ONCE = frozenset({Status.READY, Status.DECLINED, Status.EXPIRED})
"""States that are news as such; a request that is granted is confirmed with its reminders."""

UNDONE = "undone"
"""Reason of a message about a step that was taken back."""


def on_booked(event: AppointmentBooked) -> None:
    """Confirm, and plan the reminders; where the garage decides first, only say it was received.

    Nothing is told of a wish: the customer has just been told on the phone that the time follows. Nor of
    a car that is here already: its customer stands at the counter.
    """
    session = db.session()
    occasion = _occasion(session, event.garage_id, event.appointment_id)
    by_customer = occasion.view.appointment.source != "desk"
    if occasion.view.appointment.is_wish or occasion.view.status in HAS_COME:
        return
    if occasion.view.status == Status.REQUESTED:
        add_messages(session, occasion, plan_notice(occasion, Kind.RECEIVED, by_customer=by_customer))
    else:
        _confirm(session, occasion, by_customer=by_customer)


def on_status_changed(event: AppointmentStatusChanged) -> None:
    """A request is answered, a car that is ready is told; other steps void what is stale."""
    session = db.session()
    since = clock.now()
    void_planned(session, event.garage_id, event.appointment_id, reason=event.to_status)
    occasion = _occasion(session, event.garage_id, event.appointment_id)
    if (event.from_status, event.to_status) == (Status.REQUESTED, Status.CONFIRMED):
        _confirm(session, occasion, by_customer=False)
    elif event.to_status in TOLD_AT_ONCE:
        _tell(session, occasion, since=since, by_customer=False)


def on_moved(event: AppointmentMoved) -> None:
    """A new time is told, and reminded of by the rules; another bay or technician is nobody's news.

    So is the place of a visit whose arrival was promised before, and stands.
    """
    if event.was_wish or event.from_arrives_at != event.to_arrives_at:
        _tell_anew(event, reason=MOVED)


def on_cancelled(event: AppointmentCancelled) -> None:
    """Nothing planned goes out any more; the customer is told that it is cancelled."""
    _tell_anew(event, reason=Status.CANCELLED)


def on_undone(event: AppointmentUndone) -> None:
    """What the step had planned is void; told is only what the customer does not know yet."""
    _tell_anew(event, reason=UNDONE, since=event.since)


def _tell_anew(event: AppointmentEventBase, *, reason: str, since: datetime | None = None) -> None:
    """One text per final state: what was planned goes, what stands now is told and reminded of.

    ``since`` is when the first words were stopped that have to be said again; by default now.
    """
    session = db.session()
    since = since or clock.now()
    void_planned(session, event.garage_id, event.appointment_id, reason=reason)
    occasion = _occasion(session, event.garage_id, event.appointment_id)
    history = list_history(session, event.garage_id, event.appointment_id)
    by_customer = not history or history[0].actor != "staff"
    _tell(session, occasion, since=since, by_customer=by_customer)


def _tell(session: Session, occasion: Occasion, *, since: datetime, by_customer: bool) -> None:
    told = find_told(session, occasion.view, since=since)
    is_expected = occasion.view.status == Status.CONFIRMED
    reminders = plan_reminders(occasion) if is_expected else []
    add_messages(session, occasion, [*plan_truth(occasion, told, by_customer=by_customer), *reminders])


def void_planned(session: Session, garage_id: int, appointment_id: int, *, reason: str) -> None:
    """Cancel the customer's messages of which nothing has left yet, claimed ones included.

    What the workshop is told has happened, and goes out.
    """
    session.execute(
        update(Message)
        .where(
            Message.garage_id == garage_id,
            Message.appointment_id == appointment_id,
            Message.kind.not_in(GARAGE_KINDS),
            Message.state.in_((State.PLANNED, State.CLAIMED)),
        )
        .values(state=State.CANCELLED, reason=reason, lease_until=None, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _occasion(session: Session, garage_id: int, appointment_id: int) -> Occasion:
    session.flush()
    return load_occasion(session, get_visit(session, garage_id, appointment_id))


def _confirm(session: Session, occasion: Occasion, *, by_customer: bool) -> None:
    notice = plan_notice(occasion, Kind.CONFIRMED, by_customer=by_customer)
    add_messages(session, occasion, [*notice, *plan_reminders(occasion)])


def add_messages(session: Session, occasion: Occasion, planned: Iterable[Planned]) -> None:
    """Insert the rows, then the short links of those that can still go out."""
    messages = [_message(occasion, item) for item in planned]
    session.add_all(messages)
    session.flush()
    planned_ids = [message.id for message in messages if message.state == State.PLANNED]
    create_short_links(session, occasion.view.appointment.garage_id, planned_ids)


def _message(occasion: Occasion, item: Planned) -> Message:
    appointment = occasion.view.appointment
    return Message(
        garage_id=appointment.garage_id,
        workshop_id=appointment.workshop_id,
        appointment_id=appointment.id,
        appointment_version=appointment.version,
        kind=item.kind.value,
        rule_key=item.rule_key,
        channel=item.recipient.channel,
        recipient=item.recipient.address,
        locale=appointment.locale,
        template_version=VERSION,
        arrives_at=appointment.arrives_at,
        due_at=item.due_at,
        useful_until=item.useful_until,
        heeds_quiet_hours=item.heeds_quiet_hours,
        state=State.EXPIRED if item.is_expired else State.PLANNED,
        reason=QUIET if item.is_expired else "",
    )
