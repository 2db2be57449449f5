"""Reading the visits whose work is still to be done, and the hours of a garage's workshops beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, union
from sqlalchemy.orm import Session

from app.localtime import local_date
from app.tenancy.models import Garage
from app.tenancy.queries import WorkshopView
from booking.appointments.life_cycle import LIVE, Status
from booking.appointments.models import Appointment
from booking.appointments.moving import MOVABLE
from booking.appointments.open_hours import Closing, OpenHours, PlannedVisit
from booking.appointments.plain_hours import plain_hours, plain_week
from booking.appointments.set_up import YEARS_OF_A_STAY
from booking.availability.engine.model import Week
from booking.resources.models import Occupancy, OpeningException, Resource, WorkshopRules

TO_DO = LIVE - {Status.READY, Status.COLLECTED}
"""States in which work is still to be done, so that it can be in conflict with something."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A technician as conflicts know them."""

    name: str
    week: Week | None


# Made once: most take longer to make than to answer.
_ARRIVING = select(Appointment.id).where(
    Appointment.garage_id == bindparam("garage_id"),
    Appointment.workshop_id.in_(bindparam("workshop_ids", expanding=True)),
    Appointment.arrives_at >= bindparam("since"),
)
_TAKING = select(Occupancy.appointment_id).where(
    Occupancy.garage_id == bindparam("garage_id"),
    Occupancy.workshop_id.in_(bindparam("workshop_ids", expanding=True)),
    Occupancy.ends_at > bindparam("since"),
    Occupancy.kind == "job",
)
_PLANNED = (
    select(
        Appointment.id,
        Appointment.workshop_id,
        Appointment.status,
        Appointment.is_wish,
        Appointment.arrives_at,
        Appointment.work_starts_at,
        Appointment.work_ends_at,
        Appointment.work_minutes,
        Occupancy.resource_id,
    )
    .outerjoin(
        Occupancy,
        (Occupancy.garage_id == Appointment.garage_id)
        & (Occupancy.appointment_id == Appointment.id)
        & Occupancy.resource_id.in_(bindparam("technician_ids", expanding=True)),
    )
    .where(
        Appointment.garage_id == bindparam("garage_id"),
        # Of two conditions joined by OR neither is looked up by its index; of a union both are.
        Appointment.id.in_(union(_ARRIVING, _TAKING)),
        Appointment.status.in_([status.value for status in TO_DO]),
    )
    .order_by(Appointment.id)
)
_WORKERS = select(Resource.id, Resource.name, Resource.hours).where(
    Resource.garage_id == bindparam("garage_id"),
    Resource.workshop_id.in_(bindparam("workshop_ids", expanding=True)),
    Resource.kind == "technician",
)
_RULES = (
    select(WorkshopRules, Garage.country)
    .join(Garage, Garage.id == WorkshopRules.garage_id)
    .where(
        WorkshopRules.garage_id == bindparam("garage_id"),
        WorkshopRules.workshop_id.in_(bindparam("workshop_ids", expanding=True)),
    )
)
_EXCEPTIONS = (
    select(OpeningException)
    .where(
        OpeningException.garage_id == bindparam("garage_id"),
        OpeningException.workshop_id.in_(bindparam("workshop_ids", expanding=True)),
        OpeningException.removed_at.is_(None),
    )
    .order_by(OpeningException.position, OpeningException.id)
)


def list_planned(
    session: Session,
    garage_id: int,
    workshop_ids: Sequence[int],
    *,
    since: datetime,
    technician_ids: Sequence[int],
) -> list[PlannedVisit]:
    """Visits to be done that arrive from ``since`` on or take a resource then; one statement, by id."""
    rows = session.execute(
        _PLANNED,
        {
            "garage_id": garage_id,
            "workshop_ids": workshop_ids,
            "since": since,
            "technician_ids": technician_ids,
        },
    )
    return list({row.id: _planned(row) for row in rows}.values())


def list_workers(session: Session, garage_id: int, workshop_ids: Sequence[int]) -> dict[int, Worker]:
    """The technicians of the workshops by id, archived ones too: their visits stand."""
    rows = session.execute(_WORKERS, {"garage_id": garage_id, "workshop_ids": workshop_ids})
    return {
        row.id: Worker(row.name, plain_week(row.hours) if row.hours is not None else None) for row in rows
    }


def load_open_hours(
    session: Session, garage_id: int, workshops: Mapping[int, WorkshopView], *, since: datetime
) -> dict[int, OpenHours]:
    """The hours now standing of each workshop, from the date of ``since`` on; two statements."""
    asked = {"garage_id": garage_id, "workshop_ids": list(workshops)}
    rules = session.execute(_RULES, asked).all()
    exceptions: dict[int, list[OpeningException]] = defaultdict(list)
    for row in session.scalars(_EXCEPTIONS, asked):
        exceptions[row.workshop_id].append(row)
    year = local_date(since, "UTC").year
    # Bookings reach two years ahead at most, and their stay goes on from there.
    years = range(year - 1, year + 2 * YEARS_OF_A_STAY + 1)
    return {
        row.workshop_id: _open_hours(
            workshops[row.workshop_id], row, exceptions[row.workshop_id], country=country, years=years
        )
        for row, country in rules
    }


def _open_hours(
    workshop: WorkshopView,
    rules: WorkshopRules,
    exceptions: Sequence[OpeningException],
    *,
    country: str,
    years: Sequence[int],
) -> OpenHours:
    closings = [
        Closing(row.first_on, row.last_on, row.entered_at) for row in exceptions if row.entered_at is not None
    ]
    return OpenHours(plain_hours(workshop, rules, exceptions, country=country, years=years), closings)


def _planned(row: Any) -> PlannedVisit:
    is_placed = row.work_starts_at is not None and row.work_ends_at is not None
    return PlannedVisit(
        id=row.id,
        workshop_id=row.workshop_id,
        is_expected=Status(row.status) in MOVABLE and not row.is_wish,
        arrives_at=row.arrives_at,
        work=(row.work_starts_at, row.work_ends_at) if is_placed else None,
        work_minutes=row.work_minutes,
        technician_id=row.resource_id,
    )
