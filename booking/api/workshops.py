"""Calls about a workshop: what it does, and when it has room."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.api.openapi import refusals, takes
from app.api.reading import read_query
from app.db.unit_of_work import reading
from app.i18n import pick, select_locale
from app.security.policy import public
from app.web.compression import send_packed
from booking.api.blueprint import blueprint
from booking.api.kept_offers import get_offers
from booking.api.place import at_workshop
from booking.api.questions import AvailabilityQuery
from booking.api.refusals import naming_fields
from booking.api.schemas import AvailabilityAnswer, KeptHeaders, ServiceAnswer, WorkshopAnswer
from booking.catalog.models import MODES, ServiceType
from booking.catalog.queries import list_service_types

WORKSHOP = "/garages/<garage>/workshops/<workshop>"
UNCHANGED = {"description": "The answer is the one that If-None-Match names."}


@blueprint.get(WORKSHOP)
@blueprint.doc(operation_id="get_workshop", responses=refusals(404))
@blueprint.output(WorkshopAnswer)
@public
def get_workshop(garage: str, workshop: str) -> dict[str, Any]:
    """Show a workshop and what can be booked there."""
    with at_workshop(garage, workshop) as place, reading() as session:
        types = list_service_types(session, place.garage.id, online_only=True)
    modes = {mode for row in types for mode in row.modes}
    return {
        "name": place.workshop.name,
        "address": place.workshop.address,
        "zone": place.workshop.timezone,
        "modes": [mode for mode in MODES if mode in modes],
        "services": [_service(row) for row in types],
    }


@blueprint.get(f"{WORKSHOP}/services")
@blueprint.doc(operation_id="list_services", responses=refusals(404))
@blueprint.output(list[ServiceAnswer])  # type: ignore[arg-type]  # as apiflask documents it
@public
def list_services(garage: str, workshop: str) -> list[dict[str, Any]]:
    """List the services that can be booked."""
    with at_workshop(garage, workshop) as place, reading() as session:
        types = list_service_types(session, place.garage.id, online_only=True)
    return [_service(row) for row in types]


@blueprint.get(f"{WORKSHOP}/availability")
@blueprint.doc(operation_id="list_availability", responses={304: UNCHANGED} | refusals(404, 422))
@blueprint.output(AvailabilityAnswer, headers=KeptHeaders)
@takes(query=AvailabilityQuery)
@public
def list_availability(garage: str, workshop: str) -> Response:
    """List the arrivals that are offered, day by day.

    For one visit with all the services named. Both dates are included; days in the past or beyond
    the workshop's horizon have no slots. An hour that a clock change repeats appears twice. Asked
    again with the answer's ETag in If-None-Match, an answer that is still the same is 304.
    """
    with at_workshop(garage, workshop) as place:
        question = read_query(AvailabilityQuery)
        with naming_fields(services="service"):
            return send_packed(get_offers(place.standing, question))


def _service(row: ServiceType) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": pick(row.name, select_locale()),
        "minutes": row.minutes,
        "price_from_cents": row.price_from_cents,
        "modes": [mode for mode in MODES if mode in row.modes],
    }
