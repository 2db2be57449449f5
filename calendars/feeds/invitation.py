"""A visit as an invitation by e-mail (RFC 5546, RFC 6047): the customer's calendar takes it in by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from icalendar import Event, vCalAddress

from app.tenancy.queries import WorkshopView
from booking.appointments.queries import AppointmentView
from calendars.feeds.appointment_file import appointment_event, calendar_of

Method = Literal["REQUEST", "CANCEL"]
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Parties:
    """Who invites and who is invited, by e-mail address."""

    organizer: str
    attendee: str


def invitation(
    view: AppointmentView, workshop: WorkshopView, parties: Parties, *, method: Method, link: str, locale: str
) -> bytes:
    """The visit for the customer's own calendar; the event is that of the downloaded file.

    REQUEST enters it or, the SEQUENCE being higher, moves it; CANCEL takes it out. The customer
    booked it, so they have accepted already and are asked for no answer: a reply by a button of
    the mail program would change nothing here.
    """
    event = appointment_event(view, workshop, link=link, locale=locale)
    if method == "CANCEL":
        event["status"] = "CANCELLED"
    _name(event, "organizer", parties.organizer, name=workshop.name)
    attendee = _name(event, "attendee", parties.attendee, name=view.customer.name)
    attendee.params["CUTYPE"] = "INDIVIDUAL"
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = "ACCEPTED"
    attendee.params["RSVP"] = "FALSE"
    return calendar_of(event, method=method)


def _name(event: Event, role: str, address: str, *, name: str) -> vCalAddress:
    """A party by address and name. A parameter cannot hold quotes or controls (RFC 5545 §3.2)."""
    party = vCalAddress(f"mailto:{address}")
    seen = "".join(char if char.isprintable() and char != '"' else " " for char in name)
    party.params["CN"] = seen[:LONGEST_NAME].strip()
    event.add(role, party)
    return party
