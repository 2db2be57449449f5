"""One appointment as an iCalendar file (RFC 5545), as its customer keeps it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from icalendar import Calendar, Event

from app.extensions import current_settings
from app.i18n import pick
from app.tenancy.queries import WorkshopView
from booking.appointments.life_cycle import ENDED_WITHOUT_WORK, Status
from booking.appointments.queries import AppointmentView
from booking.customers.plates import show_plate

PRODUCT = "-//Garagenda//Garagenda 1//EN"
LINK = "{link}"
KEPT = "\n\u200c\u200d"
"""Not printable by themselves: the end of a line, and the joiners that Persian names and emoji need."""


def appointment_file(view: AppointmentView, workshop: WorkshopView, *, link: str, locale: str) -> bytes:
    """The file: times in UTC, so no zone is described; no method, for it is no invitation.

    ``link`` is the address of the appointment's page, put where the text says ``{link}``.
    """
    return calendar_of(appointment_event(view, workshop, link=link, locale=locale))


def appointment_event(view: AppointmentView, workshop: WorkshopView, *, link: str, locale: str) -> Event:
    """The visit as an event: its UID for ever, and a SEQUENCE that rises with each change (§3.8.7.4)."""
    appointment = view.appointment
    event = Event()
    event.add("uid", event_uid(appointment.garage_id, appointment.id))
    event.add("sequence", appointment.version - 1)
    event.add("dtstamp", whole_seconds(appointment.updated_at))
    event.add("last-modified", whole_seconds(appointment.updated_at))
    event.add("created", whole_seconds(appointment.created_at))
    event.add("dtstart", appointment.arrives_at)
    event.add("dtend", appointment.ready_at)
    event.add("status", event_status(view.status))
    event.add("summary", plain(_summary(view, workshop, locale)))
    if workshop.address:
        event.add("location", plain(f"{workshop.name}, {workshop.address}"))
    event.add("description", plain(_description(view, workshop, locale)).replace(LINK, link))
    event.add("url", link)
    return event


def calendar_of(event: Event, *, method: str = "") -> bytes:
    """A calendar of one event; a ``method`` makes it a message about that event (RFC 5546)."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def event_uid(garage_id: int, appointment_id: int) -> str:
    """The same for ever, and nobody else's."""
    return own_uid("appointment", garage_id, appointment_id)


def own_uid(kind: str, garage_id: int, row_id: int) -> str:
    """The identifier of a row of ours in calendars everywhere."""
    host = current_settings().public_url.partition("://")[2].partition(":")[0].partition("/")[0]
    return f"{kind}-{garage_id}-{row_id}@{host}"


def event_status(status: Status) -> str:
    """TENTATIVE while only requested, CANCELLED once it will not take place."""
    if status in ENDED_WITHOUT_WORK:
        return "CANCELLED"
    return "TENTATIVE" if status == Status.REQUESTED else "CONFIRMED"


def _summary(view: AppointmentView, workshop: WorkshopView, locale: str) -> str:
    work = ", ".join(pick(line.name, locale) for line in view.lines)
    return str(_("%(workshop)s: %(work)s", workshop=workshop.name, work=work))


def _description(view: AppointmentView, workshop: WorkshopView, locale: str) -> str:
    vehicle = view.vehicle
    plate = show_plate(vehicle.plate, vehicle.plate_country)
    car = " ".join(filter(None, [plate, vehicle.make, vehicle.model]))
    rows = [
        *(pick(line.name, locale) for line in view.lines),
        _("Vehicle: %(car)s", car=car) if car else "",
        _("Phone of the workshop: %(phone)s", phone=workshop.phone) if workshop.phone else "",
        _("Reference: %(reference)s", reference=view.appointment.reference),
        _("See or cancel: %(link)s", link=LINK),
    ]
    return "\n".join(filter(None, rows))


def whole_seconds(moment: datetime) -> datetime:
    """The format has no fractions of a second."""
    return moment.replace(microsecond=0)


def plain(text: str) -> str:
    """Without characters that some readers take for an end of line or of the file."""
    return "".join(char if char.isprintable() or char in KEPT else " " for char in text)
