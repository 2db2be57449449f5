"""Why a place is refused to the desk: the car that is there already, or nothing that could be named."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.appointments.models import Appointment
from booking.appointments.queries import AppointmentView
from booking.appointments.requests import MoveRequest
from booking.customers.models import Vehicle
from booking.customers.plates import show_plate
from booking.errors import InTheWayError
from booking.resources.models import Occupancy, Resource


def find_obstacle(session: Session, view: AppointmentView, request: MoveRequest) -> InTheWayError:
    """The refusal, with the first other car on the bay or technician wanted, else on the present ones."""
    appointment = view.appointment
    wanted = {"bay": request.bay_id, "technician": request.technician_id}
    present = {place.kind: place.resource_id for place in view.places}
    named = [resource_id for resource_id in wanted.values() if resource_id is not None]
    resource_ids = named or [present[kind] for kind in wanted if kind in present]
    row = session.execute(
        select(Vehicle, Appointment.reference, Resource.name, Resource.kind)
        .select_from(Occupancy)
        .join(Resource, (Resource.garage_id == Occupancy.garage_id) & (Resource.id == Occupancy.resource_id))
        .join(
            Appointment,
            (Appointment.garage_id == Occupancy.garage_id) & (Appointment.id == Occupancy.appointment_id),
        )
        .join(Vehicle, (Vehicle.garage_id == Appointment.garage_id) & (Vehicle.id == Appointment.vehicle_id))
        .where(
            Occupancy.garage_id == appointment.garage_id,
            Occupancy.resource_id.in_(resource_ids),
            Occupancy.starts_at < request.arrives_at + timedelta(minutes=appointment.work_minutes),
            Occupancy.ends_at > request.arrives_at,
            Occupancy.appointment_id != appointment.id,
        )
        .order_by(Resource.kind, Occupancy.starts_at, Occupancy.id)
        .limit(1)
    ).first()
    if row is None:
        return InTheWayError()
    vehicle, reference, place, kind = row
    plate = show_plate(vehicle.plate, vehicle.plate_country) if vehicle.plate else reference
    return InTheWayError(plate=plate, place=place, kind=kind)
