"""Addresses that open the visit as a new entry in a calendar on the web, for those who keep theirs there.

The addresses are read by Google and Microsoft, so they hold what the workshop is and does and
nothing about the customer: no name, no plate, no note, and not the link that opens the visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from flask_babel import gettext as _

from app.i18n import pick
from booking.appointments.queries import AppointmentView
from booking.public.place import Place
from booking.public.words import locale

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/deeplink/compose"


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """One calendar on the web: its name, and where it takes the visit."""

    name: str
    href: str


def calendar_links(view: AppointmentView, place: Place) -> list[CalendarLink]:
    """The visit from arrival to ready for Google's calendar and Microsoft's; instants are in UTC."""
    appointment, workshop = view.appointment, place.workshop
    times = (appointment.arrives_at, appointment.ready_at)
    work = ", ".join(_services(view))
    title = _("%(workshop)s: %(work)s", workshop=workshop.name, work=work)
    where = ", ".join(filter(None, [workshop.name, workshop.address]))
    return [
        CalendarLink("Google", _google(title, times, text=_text(view, place), where=where)),
        CalendarLink("Outlook", _outlook(title, times, text=_text(view, place), where=where)),
    ]


def _google(title: str, times: tuple[datetime, datetime], *, text: str, where: str) -> str:
    dates = "/".join(f"{moment:%Y%m%dT%H%M%SZ}" for moment in times)
    return _address(GOOGLE, action="TEMPLATE", text=title, dates=dates, details=text, location=where)


def _outlook(title: str, times: tuple[datetime, datetime], *, text: str, where: str) -> str:
    starts_at, ends_at = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in times)
    fixed = {"path": "/calendar/action/compose", "rru": "addevent"}
    return _address(
        OUTLOOK, **fixed, subject=title, startdt=starts_at, enddt=ends_at, body=text, location=where
    )


def _address(base: str, **parts: str) -> str:
    """Spaces as %20: Outlook shows a plus as one."""
    return f"{base}?{urlencode(parts, quote_via=quote, safe='')}"


def _services(view: AppointmentView) -> list[str]:
    return [pick(line.name, str(locale())) for line in view.lines]


def _text(view: AppointmentView, place: Place) -> str:
    phone = place.workshop.phone
    rows = [
        *_services(view),
        _("Phone of the workshop: %(phone)s", phone=phone) if phone else "",
        _("Reference: %(reference)s", reference=view.appointment.reference),
    ]
    return "\n".join(filter(None, rows))
