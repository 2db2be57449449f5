"""Booking by telephone: one page filled in while talking, and its two parts that load by themselves."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.db.unit_of_work import reading
from app.security.policy import staff
from app.tenancy.queries import WorkshopView, get_workshop, list_workshops
from booking.appointments.requests import BookingRequest
from booking.catalog.queries import list_service_types
from booking.customers.queries import find_known
from booking.desk.phone.callers import find_callers
from booking.desk.phone.forms import Typed, new_key, read_typed
from booking.desk.phone.page import find_nearest, find_places, passing_of, say_wished
from booking.desk.phone.sending import name_car, send
from booking.desk.phone.shown import Form, read_language, show_form, take_over
from booking.desk.phone.when import read_press, read_when
from booking.desk.reasons import say_refusal
from booking.desk.standing import Reader
from booking.errors import InTheWayError, SlotTakenError, SoftRulesError

blueprint = Blueprint("booking_phone", __name__, template_folder="../../templates")

MOST_LOOKED_FOR = 40


@blueprint.get("/desk/book")
@staff("receptionist")
def first() -> ResponseReturnValue:
    """From a page that is of no workshop: the form of the garage's first one."""
    with reading() as session:
        workshops = list_workshops(session, current_user.garage.id)
    return redirect(url_for(".form", workshop=workshops[0].slug) if workshops else "/desk/")


@blueprint.get("/desk/<workshop>/book")
@staff("receptionist")
def form(workshop: str) -> ResponseReturnValue:
    """The empty form; ``on``: the day it was opened from, ``known``: whom and which car it is for.

    ``plate`` is what somebody looked for in vain.
    """
    words = {
        "key": new_key(),
        "on": request.args.get("on", "")[:10],
        "mode": "drop_off",
        "locale": current_user.garage.locale,
    }
    words["plate"] = request.args.get("plate", "")[:MOST_LOOKED_FOR]
    typed = Typed(words)
    with reading() as session:
        car = find_known(session, current_user.garage.id, request.args.get("known", ""))
    return show_form(PHONE, workshop, typed.filled(car, over=True) if car else typed)


@blueprint.post("/desk/<workshop>/book")
@staff("receptionist")
def book(workshop: str) -> ResponseReturnValue:
    """Book, place anyway or plan later; or, without scripts, look somebody up, or propose places."""
    typed, press = read_typed(request.form), read_press(request.form.get("do", ""))
    if press:
        return send(PHONE, workshop, typed, press=press, read_time=partial(read_when, press=press))
    return show_form(PHONE, workshop, take_over(workshop, typed))


@blueprint.post("/desk/<workshop>/book/caller")
@staff("receptionist")
def caller(workshop: str) -> ResponseReturnValue:
    """Who may be calling, as a part of the page."""
    typed = read_typed(request.form)
    garage = current_user.garage
    with reading() as session:
        get_workshop(session, garage.id, workshop)
        offered = list_service_types(session, garage.id, online_only=False)
        callers = find_callers(session, garage, typed, offered=offered, lang=read_language())
    return render_template("booking/desk/_caller.html", callers=callers, typed=typed)


@blueprint.post("/desk/<workshop>/book/places")
@staff("receptionist")
def places(workshop: str) -> ResponseReturnValue:
    """The places there are for what is ticked, as a part of the page."""
    typed = read_typed(request.form)
    with reading() as session:
        shown = get_workshop(session, current_user.garage.id, workshop)
        offered = list_service_types(session, shown.garage_id, online_only=False)
        found = find_places(session, shown, typed, offered=offered)
    return render_template("booking/desk/_places.html", places=found, typed=typed, errors={})


def _refused(workshop: WorkshopView, typed: Typed, *, wanted: BookingRequest, refusal: SlotTakenError) -> str:
    """The form as it was typed, and what stood in the way."""
    if isinstance(refusal, InTheWayError):
        return _in_the_way(workshop, typed, wanted, refusal=refusal)
    with reading() as session:
        near = find_nearest(session, workshop, wanted.visit, wanted_at=wanted.arrives_at, refusal=refusal)
    return show_form(PHONE, workshop.slug, typed, found=replace(near, said=""), said=near.said)


def _in_the_way(
    workshop: WorkshopView, typed: Typed, wanted: BookingRequest, *, refusal: InTheWayError
) -> str:
    """Refused to the desk: rules that it has not read yet, which it may pass, or something hard."""
    said = _("That time passes other rules by now. Please read them again.")
    if not isinstance(refusal, SoftRulesError):
        said = say_refusal(refusal, workshop)
    elif wanted.is_unplanned:
        promise = passing_of(refusal, workshop, when=say_wished(wanted.arrives_at, workshop))
        return show_form(PHONE, workshop.slug, typed, promise=promise)
    return show_form(PHONE, workshop.slug, typed, said=said)


def _say_booked(workshop: WorkshopView, wanted: BookingRequest) -> str:
    car = name_car(wanted.vehicle)
    when = Reader(clock.now(), workshop.timezone).which_day(wanted.arrives_at)
    if wanted.is_wish:
        return str(_("%(car)s is noted, to be planned. Its customer is told the time then.", car=car))
    if wanted.is_unplanned:
        return str(_("%(car)s is expected: %(when)s. Its place is to be planned.", car=car, when=when))
    return str(_("%(car)s is booked in: %(when)s.", car=car, when=when))


PHONE = Form("booking/desk/phone_booking.html", find_places, refused=_refused, say=_say_booked)
