"""A vehicle comes to another owner at the desk: choose who, look at what becomes of its visits, confirm."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import StaleVersionError
from app.security.policy import staff
from booking.appointments.operations.give_vehicle import give_vehicle, list_visits_to_come
from booking.appointments.people import list_with_workshops
from booking.customers.directory import get_customer, get_vehicle, list_people_like, list_vehicles_of
from booking.desk.customers.forms import MOST_KEPT, read_number
from booking.desk.forms import read_version
from booking.desk.visit import acting_member

STAY, GO = "stay", "go"
MEANWHILE = _l("This vehicle has changed meanwhile. Nothing is stored yet: look at it, then confirm.")


@staff("receptionist")
def choose_owner(customer_id: int, vehicle_id: int) -> ResponseReturnValue:
    """Whom a search finds; ``to`` looks at what giving the vehicle to one of them means."""
    owner_id = read_number(request.args.get("to"))
    if owner_id is not None and owner_id != customer_id:
        return _preview(customer_id, vehicle_id, owner_id=owner_id)
    words = request.args.get("q", "")[:MOST_KEPT].strip()
    garage = current_user.garage
    with reading() as session:
        customer = get_customer(session, garage.id, customer_id)
        vehicle = get_vehicle(session, garage.id, customer_id, vehicle_id=vehicle_id)
        found = list_people_like(session, garage.id, words, country=garage.country) if words else []
        vehicles = list_vehicles_of(session, garage.id, [row.id for row in found])
    return render_template(
        "booking/desk/vehicle_owner_choose.html",
        customer=customer,
        vehicle=vehicle,
        found=[row for row in found if row.id != customer_id],
        vehicles=vehicles,
        words=words,
        country=garage.country,
    )


@staff("receptionist")
def give(customer_id: int, vehicle_id: int) -> ResponseReturnValue:
    """The vehicle is another customer's from now on, from the version that the preview showed."""
    with reading() as session:
        get_vehicle(session, current_user.garage.id, customer_id, vehicle_id=vehicle_id)
    owner_id = read_number(request.form.get("to"))
    if owner_id is None or owner_id == customer_id:
        return redirect(url_for(".choose_owner", customer_id=customer_id, vehicle_id=vehicle_id), 303)
    version = read_version(request.form)

    def give_it() -> None:
        with unit_of_work() as session:
            give_vehicle(
                session,
                garage_id=current_user.garage.id,
                customer_id=customer_id,
                vehicle_id=vehicle_id,
                owner_id=owner_id,
                version=version,
                with_visits=request.form.get("visits") == GO,
                actor=acting_member(),
            )

    try:
        retrying_once(give_it)
    except StaleVersionError as refusal:
        shown = _preview(customer_id, vehicle_id, owner_id=owner_id, said=str(MEANWHILE))
        return shown, refusal.status
    flash(_("The vehicle has its new owner."))
    return redirect(url_for(".detail", customer_id=owner_id), 303)


def _preview(customer_id: int, vehicle_id: int, *, owner_id: int, said: str = "") -> str:
    garage_id = current_user.garage.id
    with reading() as session:
        customer = get_customer(session, garage_id, customer_id)
        vehicle = get_vehicle(session, garage_id, customer_id, vehicle_id=vehicle_id)
        owner = get_customer(session, garage_id, owner_id)
        visits = list_with_workshops(session, garage_id, list_visits_to_come(session, garage_id, vehicle))
        theirs = list_vehicles_of(session, garage_id, [owner_id]).get(owner_id, [])
    known = [
        row
        for row in theirs
        if row.plate and (row.plate, row.plate_country) == (vehicle.plate, vehicle.plate_country)
    ]
    return render_template(
        "booking/desk/vehicle_owner.html",
        customer=customer,
        vehicle=vehicle,
        owner=owner,
        visits=visits,
        has_it_already=bool(known),
        typed=request.form.get("visits", STAY),
        country=current_user.garage.country,
        said=said,
    )
