"""The e-mail of a message: its look, whose name it bears, and the invitation where there is one."""

from __future__ import annotations

from dataclasses import asdict, replace

from app.extensions import current_settings
from app.i18n import speaking
from app.tenancy.queries import WorkshopView
from booking.appointments.queries import AppointmentView
from booking.customers.plates import show_plate
from calendars.feeds.invitation import Method, Parties, invitation
from notifications.channels.protocol import Invitation, Mail
from notifications.content.context import build_context, tidy
from notifications.content.garage_texts import GARAGE_KINDS, GarageKind
from notifications.content.html import Look, render_html
from notifications.content.letter import Letter, compose
from notifications.content.rendering import text_of
from notifications.content.sheet_letter import SheetLetter
from notifications.content.texts import Kind
from notifications.outbox.about import INVITING, About
from notifications.outbox.models import Message
from notifications.outbox.text import write_garage_letter, write_sheet

PRODUCT = "Garagenda"

OFF = frozenset({Kind.CANCELLED, Kind.DECLINED, Kind.EXPIRED, GarageKind.CANCELLED})
"""Kinds of visits that will not take place."""

METHODS: dict[str, Method] = {**dict.fromkeys(INVITING, "REQUEST"), Kind.CANCELLED: "CANCEL"}
"""Kinds that enter, move or take out the visit in the customer's calendar.

A request that the workshop has yet to grant has no invitation: calendars would show it as settled. One
that was granted and is open again, declined or expired is taken out of them.
"""


def write_mail(message: Message, about: About, *, link: str) -> Mail | None:
    """What belongs to an e-mail beside its text, from what it is about as it stands; None for an SMS.

    The workshop's own mail bears the product's name, and nobody is answered.
    """
    if message.channel != "email":
        return None
    look = Look(sender=tidy(about.workshop.name), accent=about.garage.accent)
    html = render_html(_letter(message, about), look, link=link, locale=message.locale)
    if message.kind in GARAGE_KINDS:
        return Mail(sender_name=PRODUCT, reply_to="", html=html)
    return Mail(
        sender_name=look.sender,
        reply_to=about.workshop.email,
        html=html,
        invitation=_invitation(message, about, link=link),
    )


def _letter(message: Message, about: About) -> Letter | SheetLetter:
    if about.sheet is not None:
        return write_sheet(message, about)
    if message.kind in GARAGE_KINDS:
        letter, _text = write_garage_letter(message, about)
    else:
        letter = _letter_to_customer(message, about.visit, about.workshop)
    vehicle = about.visit.vehicle
    return replace(
        letter,
        plate=show_plate(vehicle.plate, vehicle.plate_country),
        plate_country=vehicle.plate_country,
        is_off=message.kind in OFF,
    )


def _letter_to_customer(message: Message, view: AppointmentView, workshop: WorkshopView) -> Letter:
    text = text_of(Kind(message.kind), message.locale)
    return compose(text.subject, text.email, asdict(build_context(view, workshop, locale=message.locale)))


def _invitation(message: Message, about: About, *, link: str) -> Invitation | None:
    """A workshop without an address of its own invites in the installation's name."""
    method = "CANCEL" if about.was_invited else METHODS.get(message.kind)
    if method is None:
        return None
    view, workshop = about.visit, about.workshop
    parties = Parties(organizer=workshop.email or current_settings().mail_from, attendee=message.recipient)
    with speaking(message.locale):
        content = invitation(view, workshop, parties, method=method, link=link, locale=message.locale)
    return Invitation(method=method, content=content, filename=f"{view.appointment.reference}.ics")
