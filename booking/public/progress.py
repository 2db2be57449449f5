"""How far a booking has come: what each step's answers mean, and which step is asked next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect
from sqlalchemy.orm import Session

from app.errors import InvalidInputError
from app.i18n import select_locale
from booking.appointments.requests import BookingRequest, VisitQuestion
from booking.catalog.models import ServiceType
from booking.catalog.queries import list_service_types
from booking.customers.operations import VehicleDetails
from booking.public.forms import SlotChoice, parse_contact, parse_slot, parse_vehicle, question_of
from booking.public.links import STEPS
from booking.public.page import url_of
from booking.public.place import Visit


@dataclass(frozen=True, slots=True)
class Asked:
    """A booking with its first three steps answered."""

    question: VisitQuestion
    vehicle: VehicleDetails
    slot: SlotChoice
    arrives_at: datetime


def chosen_services(session: Session, visit: Visit) -> list[ServiceType]:
    """The chosen service types that are still offered, in the catalogue's order."""
    codes = visit.draft.answers.get("services", [])
    offered = list_service_types(session, visit.place.garage.id, online_only=True)
    return [row for row in offered if row.code in codes]


def vehicle_of(visit: Visit) -> VehicleDetails:
    """The vehicle; leads back to its step while that is not answered."""
    try:
        return parse_vehicle(visit.draft.answers.get("vehicle", {}), own_country=visit.place.garage.country)
    except InvalidInputError:
        _lead_back(visit, "vehicle")
        raise


def asked(visit: Visit) -> Asked:
    """The first three steps' answers; leads back to the first that is not answered."""
    vehicle = vehicle_of(visit)
    try:
        slot = parse_slot(visit.draft.answers.get("slot", {}))
    except InvalidInputError:
        _lead_back(visit, "slot")
        raise
    assert slot.arrives_at is not None
    codes = visit.draft.answers.get("services", [])
    question = question_of(codes, vehicle, slot, own_hold_id=visit.draft.hold_id)
    return Asked(question=question, vehicle=vehicle, slot=slot, arrives_at=slot.arrives_at)


def request_of(visit: Visit, steps: Asked) -> BookingRequest:
    """The whole booking; raises InvalidInputError for the contact step."""
    customer, notes = parse_contact(
        visit.draft.answers.get("contact", {}), country=visit.place.garage.country, locale=select_locale()
    )
    return BookingRequest(
        visit=steps.question,
        arrives_at=steps.arrives_at,
        customer=customer,
        vehicle=steps.vehicle,
        source="page",
        notes=notes,
    )


def _lead_back(visit: Visit, step: str) -> None:
    assert step in STEPS
    abort(redirect(url_of(visit, step), 303))
