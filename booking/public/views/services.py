"""Step 1: what the car needs. The first answer opens the draft."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request
from flask.typing import ResponseReturnValue

from app.db.unit_of_work import reading, unit_of_work
from app.errors import DomainError, InvalidInputError
from app.extensions import current_settings
from app.i18n import select_locale
from app.security.policy import by_link, public
from app.security.rate_limits import check_rate
from booking.catalog.models import ServiceType
from booking.catalog.queries import list_service_types
from booking.drafts.operations import start_draft
from booking.public.catalogue import group_services
from booking.public.forms import default_way, parse_services, typed_services
from booking.public.links import public_url, step_url
from booking.public.page import STEP_NAMES, show_page, show_step, total_of, url_of
from booking.public.place import Place, Visit, at_draft, at_workshop, keep_answers


@public
def show_start(garage: str, workshop: str) -> ResponseReturnValue:
    """The workshop's page. ``?service=code`` ticks a service beforehand."""
    with at_workshop(garage, workshop) as place:
        return _show_start(place, codes=typed_services(request.args.getlist("service")), errors={})


@public
def begin(garage: str, workshop: str) -> ResponseReturnValue:
    """Open the draft with the chosen services and go on to the vehicle."""
    with at_workshop(garage, workshop) as place:
        check_rate("public_write")
        codes = typed_services(request.form.getlist("service"))
        try:
            chosen = parse_services(codes, _offered(place))
        except InvalidInputError as refusal:
            return _show_start(place, codes=codes, errors=refusal.errors), 422
        answers = {"services": codes, "slot": {"mode": default_way(chosen)}}
        with unit_of_work() as session:
            token = start_draft(session, workshop=place.workshop, locale=select_locale(), answers=answers)
        return redirect(step_url(garage, workshop, token=token, step="vehicle"), 303)


@by_link
def show_services(garage: str, workshop: str, token: str) -> ResponseReturnValue:
    """The services chosen so far, to change them."""
    with at_draft(garage, workshop, token) as visit:
        return _show_services(visit, _offered(visit.place))


@by_link
def save_services(garage: str, workshop: str, token: str) -> ResponseReturnValue:
    """Keep other services in the same draft; ``then=slot`` goes on where they did not go together."""
    with at_draft(garage, workshop, token) as found:
        check_rate("public_write")
        visit = keep_answers(found, services=typed_services(request.form.getlist("service")))
        offered = _offered(visit.place)
        if _errors(visit.draft.answers["services"], offered):
            return _show_services(visit, offered), 422
        return redirect(url_of(visit, "slot" if request.form.get("then") == "slot" else "vehicle"), 303)


def show_gone(refusal: DomainError) -> ResponseReturnValue:
    """A draft that is over: nothing was booked, start again."""
    place: Place = g.public_place
    start = public_url("services_start", garage=place.garage.slug, workshop=place.workshop.slug)
    return show_page("gone", place, message=refusal.message, start=start), int(refusal.status)


def _offered(place: Place) -> list[ServiceType]:
    with reading() as session:
        return list_service_types(session, place.garage.id, online_only=True)


def _show_start(place: Place, *, codes: list[str], errors: dict[str, str]) -> str:
    address = public_url("services_start", garage=place.garage.slug, workshop=place.workshop.slug)
    choice = _choice(place, _offered(place), codes=codes)
    return show_page(
        "services",
        place,
        steps=[{"label": name} for name in STEP_NAMES.values()],
        current=1,
        action=address,
        errors=errors,
        canonical=current_settings().public_url + address.partition("?")[0],
        **choice,
    )


def _show_services(visit: Visit, offered: list[ServiceType]) -> str:
    codes = visit.draft.answers.get("services", [])
    return show_step(
        "services",
        visit,
        step="services",
        errors=_errors(codes, offered),
        **_choice(visit.place, offered, codes=codes),
    )


def _errors(codes: list[str], offered: list[ServiceType]) -> dict[str, str]:
    try:
        parse_services(codes, offered)
    except InvalidInputError as refusal:
        return refusal.errors
    return {}


def _choice(place: Place, offered: list[ServiceType], *, codes: list[str]) -> dict[str, Any]:
    chosen = [row for row in offered if row.code in codes]
    return {
        "groups": group_services(offered, place.garage.currency),
        "chosen": {row.code for row in chosen},
        "total": total_of(chosen, place),
        "running_total": True,
    }
