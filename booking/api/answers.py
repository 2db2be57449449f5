"""From appointments to the members of answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.api.moments import write_moment
from app.extensions import current_settings
from app.i18n import pick, select_locale
from app.tenancy.queries import WorkshopView, get_workshop_by_id
from booking.appointments.models import Appointment
from booking.appointments.queries import (
    AppointmentView,
    cancel_deadline,
    get_appointment_view,
    is_cancellable,
)
from booking.resources.queries import get_rules


@dataclass(frozen=True, slots=True)
class LoadedAppointment:
    """An appointment with what its answer says of the workshop."""

    view: AppointmentView
    workshop: WorkshopView
    cancel_until_minutes: int


def load_appointment(session: Session, garage_id: int, appointment_id: int) -> LoadedAppointment:
    """Read what the answer shows, also of an archived workshop; raises NotFoundError."""
    view = get_appointment_view(session, garage_id, appointment_id)
    workshop_id = view.appointment.workshop_id
    rules = get_rules(session, garage_id, workshop_id)
    return LoadedAppointment(
        view=view,
        workshop=get_workshop_by_id(session, garage_id, workshop_id),
        cancel_until_minutes=rules.cancel_until_minutes,
    )


def booked_members(appointment: Appointment, zone_name: str, *, token: str) -> dict[str, Any]:
    """What the answer to a booking says; ``token`` is its manage link's."""
    manage_url = f"{current_settings().public_url}/a/{token}"
    return {
        "reference": appointment.reference,
        "status": appointment.status,
        "arrives_at": write_moment(appointment.arrives_at, zone_name),
        "ready_at": write_moment(appointment.ready_at, zone_name),
        "manage_url": manage_url,
        "manage_token": token,
        "ics_url": f"{manage_url}.ics",
    }


def appointment_members(loaded: LoadedAppointment, *, token: str) -> dict[str, Any]:
    """What the holder of the link is told: the visit, but no contact details.

    A link may be passed on or seen by others; name, phone and e-mail stay with the garage.
    """
    appointment, workshop = loaded.view.appointment, loaded.workshop
    minutes = loaded.cancel_until_minutes
    deadline = cancel_deadline(appointment, cancel_until_minutes=minutes)
    return booked_members(appointment, workshop.timezone, token=token) | {
        "mode": appointment.mode,
        "courtesy_car": appointment.courtesy_car,
        "services": _lines(loaded.view),
        "vehicle": _vehicle(loaded.view),
        "workshop": {
            "name": workshop.name,
            "address": workshop.address,
            "phone": workshop.phone,
            "zone": workshop.timezone,
        },
        "is_cancellable": is_cancellable(appointment, cancel_until_minutes=minutes),
        "cancel_until": write_moment(deadline, workshop.timezone),
    }


def _lines(view: AppointmentView) -> list[dict[str, Any]]:
    locale = select_locale()
    return [
        {
            "code": line.code,
            "name": pick(line.name, locale),
            "minutes": line.minutes,
            "price_from_cents": line.price_from_cents,
        }
        for line in view.lines
    ]


def _vehicle(view: AppointmentView) -> dict[str, Any]:
    """The car; class and energy as this visit was booked with them."""
    vehicle, appointment = view.vehicle, view.appointment
    return {
        "plate": vehicle.plate,
        "country": vehicle.plate_country,
        "make": vehicle.make,
        "model": vehicle.model,
        "class": appointment.vehicle_class,
        "energy": appointment.energy,
    }
