"""Why a place is refused to the desk: the car that is there already, or nothing that could be named."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.appointments.models import Appointment
from booking.appointments.moving import work_asked
from booking.appointments.queries import AppointmentView
from booking.appointments.requests import MoveRequest
from booking.customers.models import Vehicle
from booking.customers.plates import show_plate
from booking.errors import InTheWayError
from booking.resources.models import Occupancy, Resource

TAKEN = frozenset({"no_bay", "no_technician", "both_busy", "never_together"})
"""The reasons that another car can be."""


def find_obstacle(
    session: Session, view: AppointmentView, request: MoveRequest, *, reason: str | None
) -> InTheWayError:
    """The refusal, with the first other car on the bay or technician wanted, else on the present ones.

    ``reason`` is the rule that binds; a car is in the way only where something is taken. Of a courtesy
    car that was named it is the first that has it lent.
    """
    if reason == "courtesy_car" and request.courtesy_car_id is not None:
        return _find_borrower(session, view, request, car_id=request.courtesy_car_id)
    if reason not in TAKEN:
        return InTheWayError(reason)
    appointment = view.appointment
    wanted = {"bay": request.bay_id, "technician": request.technician_id}
    present = {place.kind: place.resource_id for place in view.places}
    named = [resource_id for resource_id in wanted.values() if resource_id is not None]
    resource_ids = named or [present[kind] for kind in wanted if kind in present]
    starts_at = work_asked(view, request) or request.arrives_at
    minutes = request.work_minutes or appointment.work_minutes
    row = session.execute(
        _with_car()
        .where(
            Occupancy.garage_id == appointment.garage_id,
            Occupancy.resource_id.in_(resource_ids),
            Occupancy.starts_at < starts_at + timedelta(minutes=minutes),
            Occupancy.ends_at > starts_at,
            Occupancy.appointment_id != appointment.id,
        )
        .order_by(Resource.kind, Occupancy.starts_at, Occupancy.id)
        .limit(1)
    ).first()
    if row is None:
        return InTheWayError(reason)
    vehicle, reference, place, kind = row
    return InTheWayError(reason, plate=_car(vehicle, reference), place=place, kind=kind)


def _with_car() -> Select[Vehicle, str, str, str]:
    """What cars take: vehicle, reference of the visit, name and kind of the resource."""
    return (
        select(Vehicle, Appointment.reference, Resource.name, Resource.kind)
        .select_from(Occupancy)
        .join(Resource, (Resource.garage_id == Occupancy.garage_id) & (Resource.id == Occupancy.resource_id))
        .join(
            Appointment,
            (Appointment.garage_id == Occupancy.garage_id) & (Appointment.id == Occupancy.appointment_id),
        )
        .join(Vehicle, (Vehicle.garage_id == Appointment.garage_id) & (Vehicle.id == Appointment.vehicle_id))
    )


def _find_borrower(
    session: Session, view: AppointmentView, request: MoveRequest, *, car_id: int
) -> InTheWayError:
    """Whoever has the courtesy car first from the wanted arrival on: if anything is in the way, that is."""
    row = session.execute(
        select(Vehicle, Appointment.reference, Resource.name)
        .select_from(Occupancy)
        .join(Resource, (Resource.garage_id == Occupancy.garage_id) & (Resource.id == Occupancy.resource_id))
        .outerjoin(
            Appointment,
            (Appointment.garage_id == Occupancy.garage_id) & (Appointment.id == Occupancy.appointment_id),
        )
        .outerjoin(
            Vehicle, (Vehicle.garage_id == Appointment.garage_id) & (Vehicle.id == Appointment.vehicle_id)
        )
        .where(
            Occupancy.garage_id == view.appointment.garage_id,
            Occupancy.resource_id == car_id,
            Occupancy.ends_at > request.arrives_at,
            Occupancy.appointment_id.is_distinct_from(view.id),
        )
        .order_by(Occupancy.starts_at, Occupancy.id)
        .limit(1)
    ).first()
    if row is None:
        return InTheWayError("courtesy_car")
    vehicle, reference, name = row
    plate = _car(vehicle, reference) if vehicle else ""
    return InTheWayError("courtesy_car", plate=plate, place=name, kind="courtesy_car")


def _car(vehicle: Vehicle, reference: str) -> str:
    """What people call it: the plate, else the reference of its visit."""
    return show_plate(vehicle.plate, vehicle.plate_country) if vehicle.plate else reference
