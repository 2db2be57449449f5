"""Sending a booking of the desk: once, however often it is pressed, and what a refusal leaves on the page."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.api.keys import hash_body
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import DomainError, InvalidInputError, StaleVersionError
from app.tenancy.queries import WorkshopView, get_workshop
from booking.appointments.operations.answer_once import Call, book_once
from booking.appointments.requests import Actor, BookingRequest
from booking.catalog.queries import list_service_types
from booking.customers.operations import VehicleDetails
from booking.customers.plates import show_plate
from booking.customers.queries import find_known
from booking.desk.phone.forms import ReadTime, Typed, new_key, read_booking
from booking.desk.phone.known import say_known
from booking.desk.phone.shown import Form, show_form
from booking.desk.ways import way_back
from booking.errors import KeyReusedError, NotInOneVisitError, SlotTakenError

CALLER = "desk:{user_id}"


def send(form: Form, workshop: str, typed: Typed, *, press: str, read_time: ReadTime) -> ResponseReturnValue:
    """Book what the form says and go on to the visit; refused, the form stands there as it was typed."""
    garage = current_user.garage
    with reading() as session:
        shown = get_workshop(session, garage.id, workshop)
        offered = list_service_types(session, garage.id, online_only=False)
    try:
        wanted = read_booking(typed, garage=garage, workshop=shown, offered=offered, read_time=read_time)
    except InvalidInputError as refusal:
        return show_form(form, workshop, typed, errors=refusal.errors), 422
    body = {**typed.words, "service": sorted(typed.codes), "do": press}
    try:
        appointment_id = _once(shown, body, wanted)
    except SlotTakenError as refusal:
        return form.refused(shown, typed, wanted=wanted, refusal=refusal), refusal.status
    except (NotInOneVisitError, StaleVersionError, KeyReusedError) as refusal:
        return _refused(form, workshop, typed, refusal=refusal), refusal.status
    flash(form.say(shown, wanted))
    return redirect(_address(workshop, appointment_id), 303)


def name_car(vehicle: VehicleDetails) -> str:
    """What a sentence calls the car: its plate, else its make."""
    return show_plate(vehicle.plate, vehicle.country) or vehicle.make


def _address(workshop: str, appointment_id: int) -> str:
    """The visit's page, with the way back to the day of the visit, not to the one that the form came from."""
    query = way_back(request.args, arrives_on=date.min).query
    query.pop("on", None)
    return url_for(
        "booking_desk.appointment_detail", workshop=workshop, appointment_id=appointment_id, **query
    )


def _refused(form: Form, workshop: str, typed: Typed, *, refusal: DomainError) -> str:
    """The form as it was typed, where not the time but something else stood in the way."""
    if isinstance(refusal, StaleVersionError):
        return _outdated(form, workshop, typed)
    if isinstance(refusal, KeyReusedError):
        again = Typed({**typed.words, "key": new_key()}, typed.codes)
        said = _("This form has booked already. To book this as well, press the button once more.")
        return show_form(form, workshop, again, said=said)
    return show_form(form, workshop, typed, errors={"service": str(refusal.message)})


def _outdated(form: Form, workshop: str, typed: Typed) -> str:
    """The form as it was typed, and what a colleague has stored since; sent again, it is stored instead."""
    garage = current_user.garage
    with reading() as session:
        car = find_known(session, garage.id, typed["known"])
    again = Typed({**typed.words, "known": car.key if car else ""}, typed.codes)
    return show_form(form, workshop, again, said=say_known(car, country=garage.country))


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
