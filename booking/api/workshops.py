"""Calls about a workshop: what it does, and when it has room."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app import clock
from app.api.openapi import refusals, takes
from app.api.reading import read_query
from app.db.unit_of_work import reading
from app.i18n import pick, select_locale
from app.localtime import local_date
from app.security.policy import public
from app.tenancy.queries import WorkshopView
from booking.api.blueprint import blueprint
from booking.api.place import at_workshop
from booking.api.questions import AvailabilityQuery
from booking.api.refusals import naming_fields, slot_members
from booking.api.schemas import AvailabilityAnswer, ServiceAnswer, WorkshopAnswer
from booking.appointments.slots import OfferedSlot, list_offered
from booking.catalog.models import MODES, ServiceType
from booking.catalog.queries import list_service_types

WORKSHOP = "/garages/<garage>/workshops/<workshop>"
REACH_DAYS = 3660  # nothing is offered further off; it keeps odd dates out of the calendar's ends


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
@blueprint.doc(operation_id="list_availability", responses=refusals(404, 422))
@blueprint.output(AvailabilityAnswer)
@takes(query=AvailabilityQuery)
@public
def list_availability(garage: str, workshop: str) -> dict[str, Any]:
    """List the arrivals that are offered, day by day.

    For one visit with all the services named. Both dates are included; days in the past or beyond
    the workshop's horizon have no slots. An hour that a clock change repeats appears twice.
    """
    with at_workshop(garage, workshop) as place:
        question = read_query(AvailabilityQuery)
        with naming_fields(services="service"), reading() as session:
            slots = _offered(place.workshop, question, session=session)
    return _days(slots, question, zone_name=place.workshop.timezone)


def _offered(workshop: WorkshopView, question: AvailabilityQuery, *, session: Any) -> list[OfferedSlot]:
    """What is offered on the dates that are neither past nor out of reach."""
    today = local_date(clock.now(), workshop.timezone)
    first_on, last_on = (
        min(max(on, today), today + timedelta(days=REACH_DAYS))
        for on in (question.first_on, question.last_on)
    )
    return list_offered(session, workshop, question.visit(), first_on=first_on, last_on=last_on)


def _days(slots: list[OfferedSlot], question: AvailabilityQuery, *, zone_name: str) -> dict[str, Any]:
    by_day: dict[date, list[dict[str, str]]] = {}
    for slot in slots:
        on = local_date(slot.arrives_at, zone_name)
        by_day.setdefault(on, []).append(slot_members(slot, zone_name))
    asked = range(question.first_on.toordinal(), question.last_on.toordinal() + 1)
    days = (date.fromordinal(number) for number in asked)
    return {
        "timezone": zone_name,
        "days": [{"date": on, "slots": by_day.get(on, [])} for on in days],
    }


def _service(row: ServiceType) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": pick(row.name, select_locale()),
        "minutes": row.minutes,
        "price_from_cents": row.price_from_cents,
        "modes": [mode for mode in MODES if mode in row.modes],
    }
