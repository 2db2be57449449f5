"""The slot step when no bay and technician can do all that was chosen: what to leave out, in one tap."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.unit_of_work import reading
from app.i18n import pick
from booking.catalog.models import ServiceType
from booking.customers.operations import VehicleDetails
from booking.errors import NotInOneVisitError
from booking.public.page import show_step, total_of, url_of
from booking.public.place import Visit
from booking.public.progress import chosen_services
from booking.public.words import join, locale


@dataclass(frozen=True, slots=True)
class WayOut:
    """One press: the services ``without`` which it can be done, and those that ``codes`` keep."""

    without: str
    kept: str
    codes: list[str]


def show_not_in_one(visit: Visit, vehicle: VehicleDetails, refusal: NotInOneVisitError) -> str:
    """The page that says so, with a button for each way out."""
    with reading() as session:
        chosen = chosen_services(session, visit)
    ways = ({service.code for service in way} for way in refusal.ways_out)
    return show_step(
        "not_in_one",
        visit,
        step="slot",
        vehicle=vehicle,
        total=total_of(chosen, visit.place, vehicle_class=vehicle.vehicle_class),
        ways=[_way_out(chosen, left_out) for left_out in ways],
        services_action=url_of(visit, "services"),
    )


def _way_out(chosen: list[ServiceType], left_out: set[str]) -> WayOut:
    kept = [row for row in chosen if row.code not in left_out]
    return WayOut(
        without=_names([row for row in chosen if row.code in left_out]),
        kept=_names(kept),
        codes=[row.code for row in kept],
    )


def _names(rows: list[ServiceType]) -> str:
    language = str(locale())
    return join([pick(row.name, language) for row in rows])
