"""The vehicles of a customer at the desk: adding one, changing what is known of it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError, StaleVersionError
from app.security.policy import staff
from booking.appointments.operations.change_customer import add_vehicle, change_vehicle
from booking.catalog.words import list_classes, list_energies
from booking.customers.countries import list_countries
from booking.customers.directory import get_customer, get_vehicle
from booking.customers.models import Customer, Vehicle
from booking.customers.operations import VehicleDetails
from booking.desk.customers.forms import CAR, differing, read_car, read_typed, type_car
from booking.desk.forms import read_version


@staff("receptionist")
def new_vehicle(customer_id: int) -> ResponseReturnValue:
    """The empty form of a vehicle."""
    with reading() as session:
        owner = get_customer(session, current_user.garage.id, customer_id)
    return _form(owner, None, {"country": current_user.garage.country})


@staff("receptionist")
def create_vehicle(customer_id: int) -> ResponseReturnValue:
    """Another vehicle of the customer."""
    typed = read_typed(request.form, CAR)
    with reading() as session:
        owner = get_customer(session, current_user.garage.id, customer_id)
    try:
        details = read_car(typed, garage=current_user.garage)
    except InvalidInputError as refusal:
        return _form(owner, None, typed, errors=refusal.errors), refusal.status
    retrying_once(lambda: _add(customer_id, details))
    flash(_("The vehicle is added."))
    return redirect(url_for(".detail", customer_id=customer_id), 303)


@staff("receptionist")
def edit_vehicle(customer_id: int, vehicle_id: int) -> ResponseReturnValue:
    """What is known of a vehicle, to be changed."""
    owner, vehicle = _load(customer_id, vehicle_id)
    return _form(owner, vehicle, type_car(vehicle))


@staff("receptionist")
def save_vehicle(customer_id: int, vehicle_id: int) -> ResponseReturnValue:
    """Store what was typed, from the version that the page showed; a conflict keeps it in the form."""
    typed = read_typed(request.form, CAR)
    owner, vehicle = _load(customer_id, vehicle_id)
    try:
        version = read_version(request.form)
        details = read_car(typed, garage=current_user.garage)
        retrying_once(lambda: _change(customer_id, vehicle_id, details=details, version=version))
    except InvalidInputError as refusal:
        shown = request.form.get("version", "")
        return _form(owner, vehicle, typed, errors=refusal.errors, version=shown), refusal.status
    except StaleVersionError as refusal:
        owner, vehicle = _load(customer_id, vehicle_id)
        return _form(owner, vehicle, typed | {"plate": details.plate}, is_stale=True), refusal.status
    flash(_("Saved."))
    return redirect(url_for(".detail", customer_id=customer_id), 303)


def _load(customer_id: int, vehicle_id: int) -> tuple[Customer, Vehicle]:
    garage_id = current_user.garage.id
    with reading() as session:
        return (
            get_customer(session, garage_id, customer_id),
            get_vehicle(session, garage_id, customer_id, vehicle_id=vehicle_id),
        )


def _add(customer_id: int, details: VehicleDetails) -> None:
    with unit_of_work() as session:
        add_vehicle(
            session,
            garage_id=current_user.garage.id,
            customer_id=customer_id,
            details=details,
            user_id=current_user.user_id,
        )


def _change(customer_id: int, vehicle_id: int, *, details: VehicleDetails, version: int) -> None:
    with unit_of_work() as session:
        change_vehicle(
            session,
            garage_id=current_user.garage.id,
            customer_id=customer_id,
            vehicle_id=vehicle_id,
            details=details,
            version=version,
            user_id=current_user.user_id,
        )


def _form(
    owner: Customer,
    vehicle: Vehicle | None,
    typed: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    version: str = "",
    is_stale: bool = False,
) -> str:
    """The form with what was typed; ``is_stale``: beside it what a colleague has stored meanwhile."""
    garage = current_user.garage
    return render_template(
        "booking/desk/vehicle_edit.html",
        owner=owner,
        vehicle=vehicle,
        typed=typed,
        errors=errors or {},
        version=version or (vehicle.version if vehicle else ""),
        stands=differing(typed, type_car(vehicle)) if vehicle and is_stale else {},
        is_stale=is_stale,
        classes=[("", _("I do not know")), *list_classes()],
        energies=list_energies(),
        countries=list_countries(garage.country),
        country=typed.get("country") or garage.country,
    )
