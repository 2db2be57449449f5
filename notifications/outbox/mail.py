"""The e-mail of a message about an appointment: its look, and the invitation where there is one."""

from __future__ import annotations

from dataclasses import asdict, replace

from app.extensions import current_settings
from app.i18n import speaking
from app.tenancy.queries import GarageView, WorkshopView
from booking.appointments.queries import AppointmentView
from booking.customers.plates import show_plate
from calendars.feeds.invitation import Method, Parties, invitation
from notifications.channels.protocol import Invitation, Mail
from notifications.content.context import build_context, tidy
from notifications.content.html import Look, render_html
from notifications.content.letter import Letter, compose
from notifications.content.rendering import text_of
from notifications.content.texts import Kind
from notifications.outbox.models import Message

METHODS: dict[str, Method] = {"confirmed": "REQUEST", "changed": "REQUEST", "cancelled": "CANCEL"}
"""Kinds that enter, move or take out the visit in the customer's calendar.

A request that the workshop has yet to grant has no invitation: calendars would show it as settled.
"""


def write_mail(
    message: Message, view: AppointmentView, workshop: WorkshopView, *, garage: GarageView, link: str
) -> Mail | None:
    """What belongs to an e-mail beside its text, from the appointment as it stands now; None for an SMS."""
    if message.channel != "email":
        return None
    look = Look(sender=tidy(workshop.name), accent=garage.accent)
    return Mail(
        sender_name=look.sender,
        reply_to=workshop.email,
        html=render_html(_letter(message, view, workshop), look, link=link, locale=message.locale),
        invitation=_invitation(message, view, workshop, link=link),
    )


def _letter(message: Message, view: AppointmentView, workshop: WorkshopView) -> Letter:
    text = text_of(Kind(message.kind), message.locale)
    letter = compose(text.subject, text.email, asdict(build_context(view, workshop, locale=message.locale)))
    return replace(
        letter,
        plate=show_plate(view.vehicle.plate, view.vehicle.plate_country),
        plate_country=view.vehicle.plate_country,
        is_off=message.kind == Kind.CANCELLED,
    )


def _invitation(
    message: Message, view: AppointmentView, workshop: WorkshopView, *, link: str
) -> Invitation | None:
    """A workshop without an address of its own invites in the installation's name."""
    method = METHODS.get(message.kind)
    if method is None:
        return None
    parties = Parties(organizer=workshop.email or current_settings().mail_from, attendee=message.recipient)
    with speaking(message.locale):
        content = invitation(view, workshop, parties, method=method, link=link, locale=message.locale)
    return Invitation(method=method, content=content, filename=f"{view.appointment.reference}.ics")
