"""``/desk/<workshop>/walk-in``: a car that stands at the counter is booked and checked in by one press."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.db.unit_of_work import reading
from app.security.policy import staff
from app.tenancy.queries import WorkshopView, get_workshop, list_workshops
from booking.appointments.requests import BookingRequest
from booking.catalog.queries import list_service_types
from booking.customers.queries import find_known
from booking.desk.phone.forms import Typed, new_key, read_typed
from booking.desk.phone.sending import name_car, send
from booking.desk.phone.shown import Form, show_form, take_over
from booking.desk.phone.views import MOST_LOOKED_FOR
from booking.desk.reasons import say_refusal
from booking.desk.walk_in.forms import read_press, time_reader
from booking.desk.walk_in.page import find_places_here, say_when_here
from booking.errors import InTheWayError, SlotTakenError, SoftRulesError

blueprint = Blueprint("booking_walk_in", __name__, template_folder="../../templates")


@blueprint.get("/desk/walk-in")
@staff("receptionist")
def first() -> ResponseReturnValue:
    """From a page that is of no workshop: the form of the garage's first one."""
    with reading() as session:
        workshops = list_workshops(session, current_user.garage.id)
    return redirect(url_for(".form", workshop=workshops[0].slug) if workshops else "/desk/")


@blueprint.get("/desk/<workshop>/walk-in")
@staff("receptionist")
def form(workshop: str) -> ResponseReturnValue:
    """The empty form; ``known``: whom and which car it is for, ``plate``: what was looked for in vain."""
    words = {"key": new_key(), "mode": "drop_off", "locale": current_user.garage.locale}
    words["plate"] = request.args.get("plate", "")[:MOST_LOOKED_FOR]
    typed = Typed(words)
    with reading() as session:
        car = find_known(session, current_user.garage.id, request.args.get("known", ""))
    return show_form(WALK_IN, workshop, typed.filled(car, over=True) if car else typed)


@blueprint.post("/desk/<workshop>/walk-in")
@staff("receptionist")
def take_in(workshop: str) -> ResponseReturnValue:
    """Book and check in; or, without scripts, look somebody up, or propose places."""
    typed, press = read_typed(request.form), read_press(request.form.get("do", ""))
    if press:
        return send(WALK_IN, workshop, typed, press=press, read_time=time_reader(press))
    return show_form(WALK_IN, workshop, take_over(workshop, typed))


@blueprint.post("/desk/<workshop>/walk-in/places")
@staff("receptionist")
def places(workshop: str) -> ResponseReturnValue:
    """The next places for what is ticked, as a part of the page."""
    typed = read_typed(request.form)
    with reading() as session:
        shown = get_workshop(session, current_user.garage.id, workshop)
        offered = list_service_types(session, shown.garage_id, online_only=False)
        found = find_places_here(session, shown, typed, offered=offered)
    return render_template("booking/desk/_places.html", places=found, typed=typed, errors={})


def _refused(workshop: WorkshopView, typed: Typed, *, wanted: BookingRequest, refusal: SlotTakenError) -> str:
    """The form as it was typed, with the places that there are now."""
    if isinstance(refusal, SoftRulesError) and wanted.anyway is not None:
        said = _("That time passes other rules by now. Please read them again.")
    else:
        gone = _("That place has just gone. Here are the next ones.")
        why = say_refusal(refusal, workshop) if isinstance(refusal, InTheWayError) else ""
        said = f"{gone} {why}".rstrip()
    return show_form(WALK_IN, workshop.slug, typed, said=said)


def _say_taken_in(workshop: WorkshopView, wanted: BookingRequest) -> str:
    car = name_car(wanted.vehicle)
    if wanted.is_unplanned:
        return str(_("%(car)s is here. Its place is to be planned.", car=car))
    if not wanted.is_here:
        when = say_when_here(wanted.arrives_at, workshop)
        return str(_("%(car)s is booked in: %(when)s.", car=car, when=when))
    when = say_when_here(wanted.works_at, workshop)
    return str(_("%(car)s is here and checked in. Work: %(when)s.", car=car, when=when))


WALK_IN = Form("booking/desk/walk_in.html", find_places_here, refused=_refused, say=_say_taken_in)
