"""Booked appointments, made through the real operation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.db.unit_of_work import reading, unit_of_work
from app.security.links import show_link
from app.tenancy.scope import scoped_to
from booking.appointments.operations.book import MANAGE, book_appointment
from booking.appointments.requests import CUSTOMER, BookingRequest, VisitQuestion
from booking.customers.operations import CustomerDetails, VehicleDetails
from tests.factories.garages import MadeGarage

CAMILLE = CustomerDetails(
    name="Camille Perrot", phone="+33639981427", email="camille@perrot.example", locale="fr", sms_consent=True
)
PEUGEOT = VehicleDetails(plate="GA482QT", country="FR", make="Peugeot", model="208", vehicle_class="city")


def book(garage: MadeGarage, arrives_at: datetime, **changes: Any) -> int:
    """Book an arrival and return the appointment's id; keywords change parts of the request."""
    visit = VisitQuestion(
        service_codes=changes.pop("services", ("oil",)),
        mode=changes.pop("mode", "wait"),
        courtesy_car=changes.pop("courtesy_car", False),
    )
    request = BookingRequest(
        visit=visit,
        arrives_at=arrives_at,
        customer=changes.pop("customer", CAMILLE),
        vehicle=changes.pop("vehicle", PEUGEOT),
        source=changes.pop("source", "page"),
        notes=changes.pop("notes", ""),
        is_unplanned=changes.pop("is_unplanned", False),
        is_wish=changes.pop("is_wish", False),
    )
    assert not changes, f"unknown: {sorted(changes)}"
    with scoped_to(garage.id), unit_of_work() as session:
        return book_appointment(session, workshop=garage.workshop, request=request, actor=CUSTOMER).id


def plan_later(garage: MadeGarage, arrives_at: datetime, *, is_wish: bool = True, **changes: Any) -> int:
    """Note a visit at the desk that has no place yet, its arrival wished or promised; returns its id."""
    unplanned = {"source": "desk", "is_unplanned": True, "is_wish": is_wish}
    return book(garage, arrives_at, **(changes | unplanned))


def manage_token(garage: MadeGarage, appointment_id: int) -> str:
    """The token of the appointment's own page."""
    with scoped_to(garage.id), reading() as session:
        return show_link(session, garage_id=garage.id, purpose=MANAGE, subject_id=appointment_id)
