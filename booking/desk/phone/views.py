"""Booking by telephone: one page filled in while talking, and its two parts that load by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.api.keys import hash_body
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import DomainError, InvalidInputError, StaleVersionError
from app.security.policy import staff
from app.tenancy.queries import WorkshopView, get_workshop
from booking.appointments.operations.answer_once import Call, book_once
from booking.appointments.requests import Actor, BookingRequest
from booking.catalog.queries import list_service_types
from booking.customers.plates import show_plate
from booking.customers.queries import find_known
from booking.desk.phone.callers import find_callers
from booking.desk.phone.forms import Typed, new_key, read_booking, read_typed
from booking.desk.phone.known import say_known
from booking.desk.phone.page import find_nearest, find_places, passing_of
from booking.desk.phone.shown import read_language, show_form, take_over
from booking.desk.phone.when import Press, read_press
from booking.desk.reasons import say_refusal
from booking.desk.standing import Reader
from booking.desk.ways import way_back
from booking.errors import (
    InTheWayError,
    KeyReusedError,
    NotInOneVisitError,
    SlotTakenError,
    SoftRulesError,
)

blueprint = Blueprint("booking_phone", __name__, template_folder="../../templates")

CALLER = "desk:{user_id}"
MOST_LOOKED_FOR = 40


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
    return show_form(workshop, typed.filled(car, over=True) if car else typed)


@blueprint.post("/desk/<workshop>/book")
@staff("receptionist")
def book(workshop: str) -> ResponseReturnValue:
    """Book, place anyway or plan later; or, without scripts, look somebody up, or propose places."""
    typed, press = read_typed(request.form), read_press(request.form.get("do", ""))
    if press:
        return _book(workshop, typed, press)
    return show_form(workshop, take_over(workshop, typed))


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


def _book(workshop: str, typed: Typed, press: Press) -> ResponseReturnValue:
    garage = current_user.garage
    with reading() as session:
        shown = get_workshop(session, garage.id, workshop)
        offered = list_service_types(session, garage.id, online_only=False)
    try:
        wanted = read_booking(typed, garage=garage, workshop=shown, offered=offered, press=press)
    except InvalidInputError as refusal:
        return show_form(workshop, typed, errors=refusal.errors), 422
    body = {**typed.words, "service": sorted(typed.codes), "do": press}
    try:
        appointment_id = _once(shown, body, wanted)
    except (SlotTakenError, NotInOneVisitError, StaleVersionError, KeyReusedError) as refusal:
        return _refused(shown, typed, wanted, refusal=refusal), refusal.status
    _say_booked(shown, wanted)
    return redirect(_address(workshop, appointment_id), 303)


def _address(workshop: str, appointment_id: int) -> str:
    """The visit's page, with the way back to the day of the visit, not to the one that the form came from."""
    query = way_back(request.args, arrives_on=date.min).query
    query.pop("on", None)
    return url_for(
        "booking_desk.appointment_detail", workshop=workshop, appointment_id=appointment_id, **query
    )


def _refused(workshop: WorkshopView, typed: Typed, wanted: BookingRequest, *, refusal: DomainError) -> str:
    """The form as it was typed, and what stood in the way."""
    if isinstance(refusal, StaleVersionError):
        return _outdated(workshop.slug, typed)
    if isinstance(refusal, KeyReusedError):
        again = Typed({**typed.words, "key": new_key()}, typed.codes)
        said = _("This form has booked already. To book this as well, press the button once more.")
        return show_form(workshop.slug, again, said=said)
    if isinstance(refusal, InTheWayError):
        return _in_the_way(workshop, typed, wanted, refusal=refusal)
    if not isinstance(refusal, SlotTakenError):
        return show_form(workshop.slug, typed, errors={"service": str(refusal.message)})
    with reading() as session:
        near = find_nearest(session, workshop, wanted.visit, wanted_at=wanted.arrives_at, refusal=refusal)
    return show_form(workshop.slug, typed, found=replace(near, said=""), said=near.said)


def _in_the_way(
    workshop: WorkshopView, typed: Typed, wanted: BookingRequest, *, refusal: InTheWayError
) -> str:
    """Refused to the desk: rules that it has not read yet, which it may pass, or something hard."""
    if not isinstance(refusal, SoftRulesError):
        return show_form(workshop.slug, typed, said=say_refusal(refusal, workshop))
    if wanted.is_unplanned:
        promise = passing_of(refusal, workshop, wanted_at=wanted.arrives_at)
        return show_form(workshop.slug, typed, promise=promise)
    return show_form(
        workshop.slug, typed, said=_("That time passes other rules by now. Please read them again.")
    )


def _outdated(workshop: str, typed: Typed) -> str:
    """The form as it was typed, and what a colleague has stored since; sent again, it is stored instead."""
    garage = current_user.garage
    with reading() as session:
        car = find_known(session, garage.id, typed["known"])
    again = Typed({**typed.words, "known": car.key if car else ""}, typed.codes)
    return show_form(workshop, again, said=say_known(car, country=garage.country))


def _once(workshop: WorkshopView, body: dict[str, Any], wanted: BookingRequest) -> int:
    """Book; the same form sent again by the same button leads to the same appointment."""
    call = Call(
        caller=CALLER.format(user_id=current_user.user_id),
        key=body.pop("key"),
        body_hash=hash_body(body, scope=f"workshop {workshop.id}"),
    )

    def book_it() -> int:
        with unit_of_work() as session:
            answer = book_once(
                session,
                workshop=workshop,
                request=wanted,
                actor=Actor("staff", current_user.user_id),
                call=call,
                describe=lambda made: {"id": made.id},
            )
        return int(answer.members["id"])

    return retrying_once(book_it)


def _say_booked(workshop: WorkshopView, wanted: BookingRequest) -> None:
    car = show_plate(wanted.vehicle.plate, wanted.vehicle.country) or wanted.vehicle.make
    when = Reader(clock.now(), workshop.timezone).which_day(wanted.arrives_at)
    if wanted.is_wish:
        return flash(_("%(car)s is noted, to be planned. Its customer is told the time then.", car=car))
    if wanted.is_unplanned:
        return flash(_("%(car)s is expected: %(when)s. Its place is to be planned.", car=car, when=when))
    return flash(_("%(car)s is booked in: %(when)s.", car=car, when=when))
