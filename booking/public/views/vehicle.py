"""Step 2: the car."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue

from app.db.unit_of_work import reading
from app.errors import InvalidInputError
from app.security.policy import by_link
from app.security.rate_limits import check_rate
from booking.catalog.words import list_classes, list_energies
from booking.customers.countries import list_countries
from booking.public.forms import VEHICLE_FIELDS, parse_vehicle, typed
from booking.public.page import show_step, total_of, url_of
from booking.public.place import Visit, at_draft, keep_answers
from booking.public.progress import chosen_services


@by_link
def show_vehicle(garage: str, workshop: str, token: str) -> ResponseReturnValue:
    """The vehicle's form with what was typed so far."""
    with at_draft(garage, workshop, token) as visit:
        return _show(visit, errors=_errors(visit) if "vehicle" in visit.draft.answers else {})


@by_link
def save_vehicle(garage: str, workshop: str, token: str) -> ResponseReturnValue:
    """Keep the vehicle and go on to the time."""
    with at_draft(garage, workshop, token) as found:
        check_rate("public_write")
        visit = keep_answers(found, vehicle=typed(request.form, VEHICLE_FIELDS))
        if errors := _errors(visit):
            return _show(visit, errors=errors), 422
        return redirect(url_of(visit, "slot"), 303)


def _errors(visit: Visit) -> dict[str, str]:
    try:
        parse_vehicle(visit.draft.answers["vehicle"], own_country=visit.place.garage.country)
    except InvalidInputError as refusal:
        return refusal.errors
    return {}


def _show(visit: Visit, *, errors: dict[str, str]) -> str:
    with reading() as session:
        chosen = chosen_services(session, visit)
    own = visit.place.garage.country
    typed_before = visit.draft.answers.get("vehicle", {})
    return show_step(
        "vehicle",
        visit,
        step="vehicle",
        errors=errors,
        typed=typed_before,
        country=typed_before.get("country") or own,
        total=total_of(chosen, visit.place),
        countries=list_countries(own),
        classes=list_classes(),
        energies=list_energies(),
    )
