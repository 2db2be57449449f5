"""What every page about one visit at the desk begins and ends with: the visit, who acts, the way on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from flask import abort, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from app.auth.roles import Role
from app.tenancy.queries import WorkshopView, get_workshop
from app.web.registries import list_panels
from booking.appointments.former import with_former
from booking.appointments.queries import AppointmentView, get_appointment_view
from booking.appointments.requests import Actor
from booking.customers.plates import show_plate
from booking.desk.ways import way_back

STEPS = "appointment_step"
MOVE, BACK = "moved", "undone"
"""Steps that are not named by the state that they lead to: to another time, and back."""


def find_visit(session: Session, workshop: str, appointment_id: int) -> tuple[WorkshopView, AppointmentView]:
    """The visit under its own workshop's address; anything else is not there."""
    shown = get_workshop(session, current_user.garage.id, workshop, or_archived=True)
    (view,) = with_former(
        session,
        current_user.garage.id,
        [get_appointment_view(session, current_user.garage.id, appointment_id)],
    )
    if view.appointment.workshop_id != shown.id:
        abort(404)
    return shown, view


def load_step_notices(
    session: Session, workshop: WorkshopView, view: AppointmentView, *, steps: Collection[str]
) -> list[tuple[str, dict[str, Any]]]:
    """What other parts have to say of each step before it is taken: a template, and what it shows by step."""
    return [
        (panel.template, panel.load(session, workshop, view, steps=steps)) for panel in list_panels(STEPS)
    ]


def acting_member() -> Actor:
    """The signed-in member, for the history."""
    return Actor("staff", current_user.user_id)


def is_manager() -> bool:
    """Whether the member may take back anybody's last step, also later."""
    return bool(current_user.role.may_act_as(Role.MANAGER))


def car_name(view: AppointmentView) -> str:
    """What people call the job: the plate, else make and model, else the reference."""
    vehicle = view.vehicle
    plate = show_plate(vehicle.plate, vehicle.plate_country) if vehicle.plate else ""
    return plate or f"{vehicle.make} {vehicle.model}".strip() or view.appointment.reference


def visit_address(workshop: str, appointment_id: int, *, keeps_day: bool = True) -> str:
    """The visit's page, with the way back that the request came by; ``keeps_day``: to its day as well."""
    query: dict[str, Any] = way_back(request.args, arrives_on=date.min).query
    if not keeps_day:
        query.pop("on", None)
    return url_for(
        "booking_desk.appointment_detail", workshop=workshop, appointment_id=appointment_id, **query
    )
