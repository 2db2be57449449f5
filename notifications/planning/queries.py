"""Reading a workshop's message rules as planning uses them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.tenancy.models import Garage, Workshop
from app.tenancy.queries import WorkshopView, get_garage, workshop_view
from booking.appointments.models import Appointment
from booking.appointments.queries import AppointmentView
from booking.customers.models import Customer
from notifications.content.garage_texts import GARAGE_KINDS
from notifications.content.texts import Kind
from notifications.outbox.models import Message, OptOut, State
from notifications.outbox.opt_outs import has_opted_out
from notifications.planning.models import MessageRules, ReminderRule
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


def get_texting(
    session: Session, workshop: WorkshopView, rules: MessageRules | None, *, phone: str | None
) -> Texting:
    """To whom the workshop texts, for a customer of number ``phone``; by default to its own country."""
    listed = None if rules is None else rules.sms_countries
    own = get_garage(session, workshop.garage_id).country
    return Texting(
        countries=countries_texted(listed, own),
        has_opted_out=phone is not None and has_opted_out(session, workshop.garage_id, phone),
    )


def get_surroundings(
    session: Session, view: AppointmentView
) -> tuple[WorkshopView, MessageRules | None, Texting]:
    """A visit's workshop, its message rules, and to whom it texts; one statement.

    Raises NotFoundError.
    """
    visit, phone = view.appointment, view.customer.phone
    row = session.execute(
        select(Workshop, Garage.country, MessageRules, OptOut.id)
        .join(Garage, Garage.id == Workshop.garage_id)
        .outerjoin(
            MessageRules,
            (MessageRules.garage_id == Workshop.garage_id) & (MessageRules.workshop_id == Workshop.id),
        )
        .outerjoin(OptOut, (OptOut.garage_id == Workshop.garage_id) & (OptOut.phone == phone))
        .where(Workshop.garage_id == visit.garage_id, Workshop.id == visit.workshop_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    workshop, own, rules, opt_out_id = row
    countries = countries_texted(None if rules is None else rules.sms_countries, own)
    return workshop_view(workshop), rules, Texting(countries, has_opted_out=opt_out_id is not None)


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


def list_reminder_rules(session: Session, workshop: WorkshopView) -> list[ReminderRule]:
    """The workshop's reminders in its own order."""
    return list(
        session.scalars(
            select(ReminderRule)
            .where(ReminderRule.garage_id == workshop.garage_id, ReminderRule.workshop_id == workshop.id)
            .order_by(ReminderRule.position, ReminderRule.id)
        )
    )
