"""The text of one event of a feed (RFC 5545 §3.6.1), in UTC and without a method."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from flask_babel import gettext as _
from icalendar import Event

from app.extensions import current_settings
from app.i18n import pick
from app.tenancy.queries import WorkshopView
from booking.appointments.queries import AppointmentView
from booking.customers.plates import show_plate
from booking.resources.queries import BusyRow
from calendars.feeds.appointment_file import event_status, event_uid, plain, whole_seconds
from calendars.feeds.looks import Look, Span


def event_text(view: AppointmentView, workshop: WorkshopView, look: Look) -> str:
    """The appointment as ``look`` wants it, folded and escaped, in the language being spoken.

    SEQUENCE rises with each change of the appointment (RFC 5545 §3.8.7.4).
    """
    appointment = view.appointment
    event = Event()
    event.add("uid", event_uid(appointment.garage_id, appointment.id))
    event.add("sequence", appointment.version - 1)
    for name in ("dtstamp", "last-modified"):
        event.add(name, whole_seconds(appointment.updated_at))
    event.add("created", whole_seconds(appointment.created_at))
    starts_at, ends_at = _times(view, look.span)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("status", event_status(view.status))
    event.add("summary", plain(_summary(view, look)))
    if look.privacy != "busy":
        event.add("description", plain(_description(view, look)))
        event.add("location", plain(", ".join(filter(None, [workshop.name, workshop.address]))))
        event.add("url", _address(view, workshop))
    return str(event.to_ical().decode())


@lru_cache(maxsize=4096)
def busy_text(row: BusyRow, uid: str, summary: str) -> str:
    """Leave, a block or imported busy time as an event; made once, for it is the same for ever."""
    event = Event()
    event.add("uid", uid)
    for name, moment in (("dtstamp", row.starts_at), ("dtstart", row.starts_at), ("dtend", row.ends_at)):
        event.add(name, whole_seconds(moment))
    event.add("sequence", 0)
    event.add("status", "CONFIRMED")
    event.add("summary", plain(summary))
    return str(event.to_ical().decode())


def busy_summary(row: BusyRow, look: Look) -> str:
    """What the time is taken by, as far as the feed may tell."""
    words = {"leave": _("Leave"), "block": _("Blocked"), "imported": _("Busy")}
    return _("Busy") if look.privacy == "busy" else (row.label or words[row.kind])


def _times(view: AppointmentView, span: Span) -> tuple[datetime, datetime]:
    appointment = view.appointment
    if span == "work" and appointment.work_starts_at and appointment.work_ends_at:
        return appointment.work_starts_at, appointment.work_ends_at
    return appointment.arrives_at, appointment.ready_at


def _summary(view: AppointmentView, look: Look) -> str:
    if look.privacy == "busy":
        return str(_("Busy"))
    work = ", ".join(pick(line.name, look.locale) for line in view.lines)
    who = view.customer.name if look.privacy == "full" else ""
    return " · ".join(filter(None, [work, _car(view), who]))


def _description(view: AppointmentView, look: Look) -> str:
    places = {"bay": _("Bay"), "technician": _("Technician"), "courtesy_car": _("Courtesy car")}
    here = [(word, view.place(kind)) for kind, word in places.items()]
    rows = [
        *(pick(line.name, look.locale) for line in view.lines),
        _("Waits here") if view.appointment.mode == "wait" else _("Leaves the car"),
        *(f"{word}: {place.name}" for word, place in here if place),
        _("Reference: %(reference)s", reference=view.appointment.reference),
    ]
    return "\n".join([*rows, *(_contact(view) if look.privacy == "full" else [])])


def _contact(view: AppointmentView) -> list[str]:
    customer = view.customer
    rows = [customer.name, customer.phone, customer.email, view.appointment.notes]
    return [row for row in rows if row]


def _car(view: AppointmentView) -> str:
    vehicle = view.vehicle
    plate = show_plate(vehicle.plate, vehicle.plate_country)
    return " ".join(filter(None, [plate, vehicle.make, vehicle.model]))


def _address(view: AppointmentView, workshop: WorkshopView) -> str:
    """The visit's page at the desk, for those who may sign in there."""
    return f"{current_settings().public_url}/desk/{workshop.slug}/appointments/{view.id}"
