"""``/desk/customers``: the list, a customer's page, and changing what is known of them."""

from __future__ import annotations

import string
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError, NotFoundError, StaleVersionError
from app.i18n import LOCALE_NAMES, LOCALES
from app.security.policy import staff
from app.tenancy.queries import list_workshops
from app.web.registries import list_panels
from booking.appointments.life_cycle import Status
from booking.appointments.operations.change_customer import add_customer, change_customer
from booking.appointments.people import count_visits_of, list_visits_of
from booking.customers.directory import get_customer, list_twins, list_vehicles_of
from booking.customers.history import find_merged_into, list_changes
from booking.customers.models import Customer
from booking.customers.operations import CustomerDetails
from booking.desk.customers.forms import (
    PERSON,
    differing,
    read_number,
    read_person,
    read_turn,
    read_typed,
    type_person,
)
from booking.desk.customers.page import garage_zone, load_listing, say_change, say_line
from booking.desk.forms import read_version

PANELS = "customer_detail"
CHANGES_SHOWN = 30


@staff("receptionist")
def listing() -> ResponseReturnValue:
    """The garage's customers by name, a page at a time."""
    turn = read_turn(request.args)
    with reading() as session:
        shown = load_listing(session, current_user.garage.id, turn)
        zone = garage_zone(session, current_user.garage.id)
    return render_template(
        "booking/desk/customers.html",
        shown=shown,
        turn=turn,
        zone=zone,
        now=clock.now(),
        letters=string.ascii_lowercase,
        country=current_user.garage.country,
    )


@staff("receptionist")
def detail(customer_id: int) -> ResponseReturnValue:
    """One customer: contact and consent, vehicles, visits, messages, history."""
    garage_id = current_user.garage.id
    with reading() as session:
        try:
            customer = get_customer(session, garage_id, customer_id)
        except NotFoundError:
            survivor = find_merged_into(session, garage_id, customer_id)
            if survivor is None:
                raise
            return redirect(url_for(".detail", customer_id=survivor))
        before = read_number(request.args.get("before"))
        context: dict[str, Any] = {
            "vehicles": list_vehicles_of(session, garage_id, [customer_id]).get(customer_id, []),
            "visits": list_visits_of(session, garage_id, customer_id, before=before),
            "counts": count_visits_of(session, garage_id, customer_id),
            "twins": list_twins(session, customer),
            "history": list_changes(session, garage_id, customer_id, limit=CHANGES_SHOWN),
            "workshops": list_workshops(session, garage_id),
            "zone": garage_zone(session, garage_id),
            "panels": [(each.template, each.load(session, customer)) for each in list_panels(PANELS)],
        }
    return render_template(
        "booking/desk/customer.html",
        customer=customer,
        is_first=before is None,
        no_shows=context["counts"].get(Status.NO_SHOW, 0),
        language=LOCALE_NAMES.get(customer.locale, customer.locale),
        country=current_user.garage.country,
        now=clock.now(),
        say_line=say_line,
        say_change=say_change,
        **context,
    )


@staff("receptionist")
def new() -> ResponseReturnValue:
    """The empty form of a customer."""
    return _form(None, {"locale": current_user.garage.locale})


@staff("receptionist")
def create() -> ResponseReturnValue:
    """Write a customer down."""
    typed = read_typed(request.form, PERSON)
    try:
        details = read_person(typed, country=current_user.garage.country)
    except InvalidInputError as refusal:
        return _form(None, typed, errors=refusal.errors), refusal.status
    customer_id = retrying_once(lambda: _add(details))
    flash(_("%(name)s is written down.", name=details.name))
    return redirect(url_for(".detail", customer_id=customer_id), 303)


@staff("receptionist")
def edit(customer_id: int) -> ResponseReturnValue:
    """What is known of a customer, to be changed."""
    with reading() as session:
        customer = get_customer(session, current_user.garage.id, customer_id)
    return _form(customer, type_person(customer))


@staff("receptionist")
def save(customer_id: int) -> ResponseReturnValue:
    """Store what was typed, from the version that the page showed; a conflict keeps it in the form."""
    typed = read_typed(request.form, PERSON)
    with reading() as session:
        customer = get_customer(session, current_user.garage.id, customer_id)
    try:
        version = read_version(request.form)
        details = read_person(typed, country=current_user.garage.country)
        retrying_once(lambda: _change(customer_id, details, version))
    except InvalidInputError as refusal:
        return _form(customer, typed, errors=refusal.errors, version=request.form.get("version", "")), 422
    except StaleVersionError as refusal:
        with reading() as session:
            customer = get_customer(session, current_user.garage.id, customer_id)
        return _form(customer, typed | {"phone": details.phone or ""}, is_stale=True), refusal.status
    flash(_("Saved."))
    return redirect(url_for(".detail", customer_id=customer_id), 303)


def _add(details: CustomerDetails) -> int:
    with unit_of_work() as session:
        return add_customer(
            session, garage_id=current_user.garage.id, details=details, user_id=current_user.user_id
        ).id


def _change(customer_id: int, details: CustomerDetails, version: int) -> None:
    with unit_of_work() as session:
        change_customer(
            session,
            garage_id=current_user.garage.id,
            customer_id=customer_id,
            details=details,
            version=version,
            user_id=current_user.user_id,
        )


def _form(
    customer: Customer | None,
    typed: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    version: str = "",
    is_stale: bool = False,
) -> str:
    """The form with what was typed; ``is_stale``: beside it what a colleague has stored meanwhile."""
    garage_id = current_user.garage.id
    with reading() as session:
        zone = garage_zone(session, garage_id)
    return render_template(
        "booking/desk/customer_edit.html",
        customer=customer,
        typed=typed,
        errors=errors or {},
        version=version or (customer.version if customer else ""),
        stands=differing(typed, type_person(customer)) if customer and is_stale else {},
        is_stale=is_stale,
        languages=[(code, LOCALE_NAMES[code]) for code in LOCALES],
        country=current_user.garage.country,
        zone=zone,
    )
