"""Reading a workshop's message rules as planning uses them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.tenancy.models import Garage
from app.tenancy.queries import WorkshopView
from booking.appointments.models import Appointment
from booking.customers.models import Customer
from notifications.content.garage_texts import GARAGE_KINDS
from notifications.content.texts import Kind
from notifications.outbox.models import Message, OptOut, State
from notifications.planning.models import MessageRules
from notifications.planning.reach import Texting
from notifications.planning.times import QuietHours


def find_message_rules(session: Session, workshop: WorkshopView) -> MessageRules | None:
    """The workshop's quiet hours and SMS countries, if it has set any."""
    return session.scalar(
        select(MessageRules).where(
            MessageRules.garage_id == workshop.garage_id, MessageRules.workshop_id == workshop.id
        )
    )


def find_quiet_hours(rules: MessageRules | None, workshop: WorkshopView) -> QuietHours | None:
    """The quiet hours on the workshop's clock, or None where it has none."""
    if rules is None or rules.quiet_from is None or rules.quiet_until is None:
        return None
    return QuietHours(starts=rules.quiet_from, ends=rules.quiet_until, timezone=workshop.timezone)


def get_addressee(session: Session, garage_id: int, appointment_id: int) -> tuple[Customer, Texting]:
    """Whom the visit's messages go to, and to whom its workshop texts; one statement.

    Raises NotFoundError.
    """
    row = session.execute(
        select(Customer, MessageRules.sms_countries, Garage.country, OptOut.id)
        .select_from(Appointment)
        .join(Garage, Garage.id == Appointment.garage_id)
        .join(
            Customer, (Customer.garage_id == Appointment.garage_id) & (Customer.id == Appointment.customer_id)
        )
        .outerjoin(
            MessageRules,
            (MessageRules.garage_id == Appointment.garage_id)
            & (MessageRules.workshop_id == Appointment.workshop_id),
        )
        .outerjoin(OptOut, (OptOut.garage_id == Appointment.garage_id) & (OptOut.phone == Customer.phone))
        .where(Appointment.garage_id == garage_id, Appointment.id == appointment_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    customer, listed, own, opt_out_id = row
    return customer, Texting(countries_texted(listed, own), has_opted_out=opt_out_id is not None)


def countries_texted(listed: list[str] | None, own: str) -> tuple[str, ...]:
    """The countries a workshop has listed; where it has no rules yet, the garage's own."""
    return (own,) if listed is None else tuple(listed)


def list_notices(session: Session, garage_id: int, appointment_id: int) -> list[Message]:
    """The customer's latest word on each channel: what was made void, and reminders, left out; SMS first."""
    rows = session.scalars(
        select(Message)
        .where(
            Message.garage_id == garage_id,
            Message.appointment_id == appointment_id,
            Message.kind != Kind.REMINDER,
            Message.kind.not_in(GARAGE_KINDS),
            Message.state != State.CANCELLED,
        )
        .order_by(Message.channel.desc(), Message.id)
    )
    return list({row.channel: row for row in rows}.values())
