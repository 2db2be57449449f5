"""What an appointment's own page says: the ticket, where the car is, what may still be changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from app.i18n import pick
from app.localtime import local_date
from booking.appointments.life_cycle import Status
from booking.appointments.queries import AppointmentView, cancel_deadline, is_cancellable
from booking.public.calendar_links import calendar_links
from booking.public.links import manage_url, public_url
from booking.public.place import Place
from booking.public.words import (
    capital,
    locale,
    price_words,
    say_day,
    say_deadline,
    say_long,
    say_time,
)
from booking.resources.models import WorkshopRules

MAP_SEARCH = "https://www.openstreetmap.org/search?query="
UPCOMING = {Status.REQUESTED, Status.CONFIRMED}
WITH_THE_GARAGE = {Status.ARRIVED, Status.IN_PROGRESS, Status.WAITING_PARTS}


def manage_context(
    place: Place, view: AppointmentView, rules: WorkshopRules, *, token: str
) -> dict[str, Any]:
    """Everything the templates ``manage`` and ``booked`` show."""
    appointment, zone = view.appointment, place.timezone
    deadline = cancel_deadline(appointment, cancel_until_minutes=rules.cancel_until_minutes)
    place_slugs = {"garage": place.garage.slug, "workshop": place.workshop.slug}
    return {
        "view": view,
        "appointment": appointment,
        "state": view.status.value,
        "is_upcoming": view.status in UPCOMING,
        "is_wish": appointment.is_wish,
        "heading": _heading(view, zone),
        "explanation": _explanation(view, place),
        "first_name": view.customer.name.split()[0],
        "leaf": _leaf(view, zone),
        "note": _when_note(view, zone),
        "lines": line_words(view, place),
        "estimate": price_words(view.total_cents, place.garage.currency),
        "car": " ".join(filter(None, [view.vehicle.make, view.vehicle.model])),
        "cancellable": is_cancellable(appointment, cancel_until_minutes=rules.cancel_until_minutes),
        "deadline": say_deadline(deadline, zone),
        "answer_by": say_deadline(appointment.expires_at, zone) if appointment.expires_at else "",
        "to_bring": _to_bring(view),
        "map_href": MAP_SEARCH + quote_plus(place.workshop.address) if place.workshop.address else "",
        "calendar_href": url_for("calendars_feeds.appointment_calendar", token=token),
        "calendar_links": calendar_links(view, place),
        "cancel_action": public_url("cancel", token=token),
        "move_href": public_url("move", token=token),
        "when_words": say_long(appointment.arrives_at, zone),
        "manage_href": manage_url(token),
        "again_href": public_url("services_start", **place_slugs, service=[line.code for line in view.lines]),
        "day_words": say_day(local_date(appointment.arrives_at, zone)),
    }


def line_words(view: AppointmentView, place: Place) -> list[tuple[str, str]]:
    """The services and their prices, in words."""
    return [
        (pick(line.name, str(locale())), price_words(line.price_from_cents, place.garage.currency))
        for line in view.lines
    ]


def _heading(view: AppointmentView, zone: str) -> str:
    name = view.customer.name.split()[0]
    if view.appointment.is_wish and view.status in UPCOMING:
        return str(_("Hello %(name)s, your visit is noted.", name=name))
    day = say_day(local_date(view.appointment.arrives_at, zone))
    words: dict[Status, str] = {
        Status.REQUESTED: _("Hello %(name)s, your request is with the garage.", name=name),
        Status.CONFIRMED: _("Hello %(name)s, all is set for %(day)s.", name=name, day=day),
        Status.ARRIVED: _("Hello %(name)s, your car is with us.", name=name),
        Status.IN_PROGRESS: _("Hello %(name)s, we are working on your car.", name=name),
        Status.WAITING_PARTS: _("Hello %(name)s, we are waiting for parts.", name=name),
        Status.READY: _("%(name)s, your car is ready.", name=name),
        Status.COLLECTED: _("Thank you for your visit, %(name)s.", name=name),
        Status.CANCELLED: _("This appointment is cancelled."),
        Status.DECLINED: _("The garage could not take this request."),
        Status.EXPIRED: _("This request was not answered in time."),
        Status.NO_SHOW: _("We missed you on %(day)s.", day=day),
    }
    return words[view.status]


def _explanation(view: AppointmentView, place: Place) -> str:
    """What became of an appointment that will not take place, and what to do now."""
    when = say_long(view.appointment.arrives_at, place.timezone)
    words: dict[Status, str] = {
        Status.CANCELLED: _("The time on %(when)s is free again. Nothing is owed.", when=when),
        Status.DECLINED: _("The time on %(when)s is not booked. Another one may suit.", when=when),
        Status.EXPIRED: _("The time on %(when)s is not booked. We are sorry; please try again.", when=when),
        Status.NO_SHOW: _("Your car was expected on %(when)s. Shall we find another time?", when=when),
    }
    return words.get(view.status, "")


def _leaf(view: AppointmentView, zone: str) -> dict[str, str]:
    on = local_date(view.appointment.arrives_at, zone)
    return {
        "month": str(format_date(on, "MMM")),
        "day": str(on.day),
        "weekday": str(format_date(on, "EEEE")),
        "time": say_time(view.appointment.arrives_at, zone),
    }


def _when_note(view: AppointmentView, zone: str) -> str:
    """``Ready around 9:45, you wait here``: when the car is promised, if it is, and how they come."""
    appointment = view.appointment
    if not appointment.promises_ready:
        return str(capital(_way(view)))
    ready_on = local_date(appointment.ready_at, zone)
    if ready_on == local_date(appointment.arrives_at, zone):
        ready = _("Ready around %(time)s", time=say_time(appointment.ready_at, zone))
    else:
        ready = _("Ready on %(when)s", when=say_long(appointment.ready_at, zone))
    return f"{capital(ready)}, {_way(view)}"


def _way(view: AppointmentView) -> str:
    if view.appointment.mode == "wait":
        return str(_("you wait here"))
    return str(_("with a courtesy car") if view.appointment.courtesy_car else _("you drop the car off"))


def _to_bring(view: AppointmentView) -> list[str]:
    things = [
        _("The registration document"),
        _("The key of the locking wheel nuts, often in the glove box"),
    ]
    if view.appointment.courtesy_car:
        things.append(_("Your driving licence, for the courtesy car"))
    return things
