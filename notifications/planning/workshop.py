"""What a customer does online is told to the workshop by e-mail, in the same transaction.

What the desk itself does is no news to it; a workshop without an address is told nothing.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from app import clock
from app.db.session import db
from booking.appointments.history import list_history
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.queries import get_visit
from booking.events import AppointmentBooked, AppointmentCancelled, AppointmentEventBase, AppointmentMoved
from notifications.content.garage_texts import VERSION, GarageKind
from notifications.outbox.links import create_short_link
from notifications.outbox.models import Message
from notifications.planning.settings import MessageSettings, load_settings
from notifications.planning.told import OWN

USEFUL = timedelta(hours=24)
"""How long such news is worth sending, should the mail server be away."""


def tell_booked(event: AppointmentBooked) -> None:
    """A booking online, or a request that waits for the workshop's answer."""
    session = db.session()
    appointment, settings = _load(session, event)
    if appointment.source != "desk":
        is_request = appointment.status == Status.REQUESTED
        kind = GarageKind.REQUESTED if is_request else GarageKind.BOOKED
        _write(session, appointment, settings, kind=kind)


def tell_moved(event: AppointmentMoved) -> None:
    """Another arrival, chosen by the customer."""
    session = db.session()
    if event.from_arrives_at != event.to_arrives_at and _is_online(session, event):
        _tell(session, event, GarageKind.MOVED)


def tell_cancelled(event: AppointmentCancelled) -> None:
    """A place given back by the customer."""
    session = db.session()
    if _is_online(session, event):
        _tell(session, event, GarageKind.CANCELLED)


def _is_online(session: Session, event: AppointmentEventBase) -> bool:
    """Whether the latest line of the history is the customer's own doing."""
    session.flush()
    history = list_history(session, event.garage_id, event.appointment_id)
    return bool(history) and history[0].actor in OWN


def _tell(session: Session, event: AppointmentEventBase, kind: GarageKind) -> None:
    _write(session, *_load(session, event), kind=kind)


def _load(session: Session, event: AppointmentEventBase) -> tuple[Appointment, MessageSettings]:
    visit = get_visit(session, event.garage_id, event.appointment_id)
    return visit.appointment, load_settings(session, event.garage_id, visit.appointment.workshop_id)


def _write(
    session: Session, appointment: Appointment, settings: MessageSettings, *, kind: GarageKind
) -> None:
    if not settings.workshop.email:
        return
    message = Message(
        garage_id=appointment.garage_id,
        workshop_id=appointment.workshop_id,
        appointment_id=appointment.id,
        appointment_version=appointment.version,
        kind=kind.value,
        channel="email",
        recipient=settings.workshop.email,
        locale=settings.locale,
        template_version=VERSION,
        arrives_at=appointment.arrives_at,
        due_at=clock.now(),
        useful_until=clock.now() + USEFUL,
        heeds_quiet_hours=False,
    )
    session.add(message)
    session.flush()
    create_short_link(session, message)
