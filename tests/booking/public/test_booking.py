"""A booking from the first page to the confirmation, without scripts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment
from booking.catalog.models import ServiceType
from booking.customers.models import Customer, Vehicle
from booking.resources.requests import ClosingRequest
from tests.factories.closings import store
from tests.factories.garages import make_garage
from tests.support.clock import MovableClock
from tests.support.steps import CONTACT, VEHICLE, Steps, text_of


def count_appointments(visitor: Steps) -> int:
    with visitor.client.application.app_context(), scoped_to(visitor.garage.id), reading() as session:
        count = session.scalar(
            select(func.count(Appointment.id)).where(Appointment.garage_id == visitor.garage.id)
        )
    return count or 0


def test_four_forms_make_an_appointment(visitor: Steps) -> None:
    confirmation = visitor.client.get(visitor.book().headers["Location"])
    assert "You’re booked in, Camille." in text_of(confirmation)


def test_the_appointment_holds_what_was_typed(visitor: Steps) -> None:
    visitor.up_to_contact()
    visitor.post("contact", **(CONTACT | {"sms_consent": "1", "notes": "It squeaks.\r\nOn the left."}))
    with visitor.client.application.app_context(), scoped_to(visitor.garage.id), reading() as session:
        row, customer, vehicle = session.execute(
            select(Appointment, Customer, Vehicle)
            .join(Customer, Customer.id == Appointment.customer_id)
            .join(Vehicle, Vehicle.id == Appointment.vehicle_id)
            .where(
                Appointment.garage_id == visitor.garage.id,
                Customer.garage_id == visitor.garage.id,
                Vehicle.garage_id == visitor.garage.id,
            )
        ).one()
    assert (row.mode, row.source, row.locale, row.notes) == (
        "wait",
        "page",
        "en",
        "It squeaks.\nOn the left.",
    )
    assert (customer.name, customer.phone, customer.sms_consent_at is not None) == (
        "Camille Perrot",
        "+33639981427",
        True,
    )
    assert (vehicle.plate, vehicle.plate_country, vehicle.make, vehicle.model, vehicle.energy) == (
        "GA482QT",
        "FR",
        "Peugeot",
        "208",
        "petrol",
    )


def test_the_last_form_sent_again_leads_to_the_same_appointment(visitor: Steps) -> None:
    first = visitor.book()
    again = visitor.post("contact", **CONTACT)
    assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
    assert count_appointments(visitor) == 1


def test_going_back_after_booking_leads_to_the_confirmation(visitor: Steps) -> None:
    booked = visitor.book()
    assert visitor.get("slot").headers["Location"] == booked.headers["Location"]


def test_where_the_garage_approves_first_the_answer_is_a_request(visitor: Steps, clock: MovableClock) -> None:
    with visitor.client.application.app_context():
        careful = make_garage(slug="careful", rules={"approval": True})
    visitor = Steps(visitor.client, careful)
    visitor.up_to_contact()
    assert "Request the appointment" in text_of(visitor.get("contact"))
    page = text_of(visitor.client.get(visitor.post("contact", **CONTACT).headers["Location"]))
    assert "Request sent. The garage answers by" in page


def test_a_service_taken_off_line_meanwhile_leads_back_to_the_services(visitor: Steps) -> None:
    visitor.up_to_contact()
    with visitor.client.application.app_context(), scoped_to(visitor.garage.id), unit_of_work() as session:
        row = session.scalar(
            select(ServiceType).where(ServiceType.garage_id == visitor.garage.id, ServiceType.code == "oil")
        )
        assert row is not None
        row.online = False
    answer = visitor.post("contact", **CONTACT)
    assert answer.headers["Location"].partition("?")[0].endswith("/services")
    assert "not offered here any more" in text_of(visitor.client.get(answer.headers["Location"]))


def test_a_lost_time_answers_409_with_the_nearest_ones_and_keeps_everything(
    visitor: Steps, clock: MovableClock
) -> None:
    visitor.up_to_contact()
    clock.advance(minutes=11)
    Steps(visitor.client, visitor.garage).book()
    answer = visitor.post("contact", **CONTACT)
    assert answer.status_code == 409
    assert "9:30 has just gone. 10:30, 11:00 and 13:30 are free." in text_of(answer)
    assert 'value="Camille Perrot"' in visitor.get("contact").get_data(as_text=True)


def test_a_workshop_that_closed_meanwhile_says_so_in_french_too(visitor: Steps, clock: MovableClock) -> None:
    visitor.up_to_contact()
    clock.advance(minutes=11)
    with visitor.client.application.app_context():
        store(visitor.garage, ClosingRequest(date(2026, 11, 23), date(2026, 11, 23)))
    visitor.lang = "fr"
    answer = visitor.post("contact", **CONTACT)
    assert answer.status_code == 409
    why = "n’est pas possible : l’atelier est fermé à ce moment-là. Restent mar. 24 nov. à 8 h"
    assert why in text_of(answer)
    assert 'value="Camille Perrot"' in visitor.get("contact").get_data(as_text=True)


def test_one_of_the_nearest_times_completes_the_booking(visitor: Steps, clock: MovableClock) -> None:
    visitor.up_to_contact()
    clock.advance(minutes=11)
    Steps(visitor.client, visitor.garage).book()
    visitor.post("contact", **CONTACT)
    assert visitor.post("slot", mode="wait", arrives_at="2026-11-23T10:30:00+01:00").status_code == 303
    assert visitor.post("contact", **CONTACT).status_code == 303
    assert count_appointments(visitor) == 2


def test_two_visitors_at_one_time_never_both_get_it(visitor: Steps, clock: MovableClock) -> None:
    other = Steps(visitor.client, visitor.garage).up_to_contact()
    clock.advance(minutes=11)
    visitor.up_to_contact()
    answers = [visitor.post("contact", **CONTACT), other.post("contact", **CONTACT)]
    assert sorted(answer.status_code for answer in answers) == [303, 409]


def test_a_visit_with_a_courtesy_car_takes_one(visitor: Steps) -> None:
    visitor.choose_services("timing")
    visitor.post("vehicle", **VEHICLE)
    visitor.post("slot", change_mode="courtesy_car")
    assert visitor.post("slot", mode="courtesy_car", arrives_at=visitor.list_times()[0]).status_code == 303
    page = visitor.client.get(visitor.post("contact", **CONTACT).headers["Location"])
    assert "with a courtesy car" in text_of(page)
