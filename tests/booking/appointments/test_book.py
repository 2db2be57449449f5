"""Booking: what is stored, what is refused, what others can count on."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db.unit_of_work import reading, unit_of_work
from app.events import subscribe
from app.security.links import open_link, show_link
from app.tenancy.calendar import get_version
from app.tenancy.scope import across_garages, scoped_to
from booking.appointments.history import list_history
from booking.appointments.models import Appointment, AppointmentEvent
from booking.appointments.operations.book import MANAGE
from booking.appointments.queries import get_appointment, get_appointment_view
from booking.customers.models import Customer, Vehicle
from booking.customers.operations import CustomerDetails, VehicleDetails
from booking.errors import SlotTakenError
from booking.events import AppointmentBooked
from booking.resources.models import Occupancy
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import MadeGarage, make_garage
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)  # 08:00 in Lyon


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    return make_garage()


def test_a_booking_takes_bay_and_technician_for_its_time(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY)
    with scoped_to(garage.id), reading() as session:
        view = get_appointment_view(session, garage.id, appointment_id)
    assert {(p.kind, p.starts_at, p.ends_at) for p in view.places} == {
        ("bay", MONDAY, MONDAY + timedelta(minutes=45)),
        ("technician", MONDAY, MONDAY + timedelta(minutes=45)),
    }


def test_a_booking_is_confirmed_with_its_three_clocks(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY)
    with scoped_to(garage.id), reading() as session:
        row = get_appointment(session, garage.id, appointment_id)
    assert (row.status, row.arrives_at, row.work_starts_at) == ("confirmed", MONDAY, MONDAY)
    assert row.work_ends_at == row.ready_at == MONDAY + timedelta(minutes=45)


def test_the_same_slot_is_refused_the_second_time(garage: MadeGarage) -> None:
    book(garage, MONDAY)
    with pytest.raises(SlotTakenError):
        book(garage, MONDAY)
    with scoped_to(garage.id), reading() as session:
        count = session.scalar(
            select(func.count()).select_from(Appointment).where(Appointment.garage_id == garage.id)
        )
    assert count == 1


def test_a_refused_booking_leaves_no_customer_behind(garage: MadeGarage) -> None:
    book(garage, MONDAY)
    stranger = CustomerDetails(name="Noor Halloran", phone="+33639980000", email=None, locale="en")
    with pytest.raises(SlotTakenError):
        book(garage, MONDAY, customer=stranger)
    with scoped_to(garage.id), reading() as session:
        names = session.scalars(select(Customer.name).where(Customer.garage_id == garage.id)).all()
    assert names == [CAMILLE.name]


@pytest.mark.parametrize(
    "arrives_at",
    [
        MONDAY + timedelta(minutes=5),  # off the grid
        MONDAY + timedelta(seconds=30),
        MONDAY - timedelta(hours=1),  # before opening
        datetime(2026, 12, 6, 9, 0, tzinfo=UTC),  # a Sunday
        datetime(2026, 11, 30, 7, 0, tzinfo=UTC),  # gone
        datetime(2027, 6, 7, 6, 0, tzinfo=UTC),  # past the horizon
    ],
)
def test_a_time_that_is_not_offered_is_refused(garage: MadeGarage, arrives_at: datetime) -> None:
    with pytest.raises(SlotTakenError):
        book(garage, arrives_at)


def test_the_manage_link_opens_the_appointment_and_can_be_shown_again(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY)
    with scoped_to(garage.id), reading() as session:
        token = show_link(session, garage_id=garage.id, purpose=MANAGE, subject_id=appointment_id)
    with across_garages("as the public page does"), reading() as session:
        target = open_link(session, purpose=MANAGE, token=token)
    assert (target.garage_id, target.subject_id) == (garage.id, appointment_id)


def test_a_booking_raises_the_calendar_version(garage: MadeGarage) -> None:
    with scoped_to(garage.id), reading() as session:
        before = get_version(session, garage.id, garage.workshop.id)
    book(garage, MONDAY)
    with scoped_to(garage.id), reading() as session:
        assert get_version(session, garage.id, garage.workshop.id) == before + 1


def test_history_begins_with_the_booking(garage: MadeGarage) -> None:
    appointment_id = book(garage, MONDAY)
    with scoped_to(garage.id), reading() as session:
        lines = list_history(session, garage.id, appointment_id)
    assert [(line.kind, line.to_status, line.actor) for line in lines] == [
        ("booked", "confirmed", "customer")
    ]


def test_a_subscriber_that_fails_undoes_the_booking(
    garage: MadeGarage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_event: AppointmentBooked) -> None:
        raise RuntimeError("the outbox is full")

    monkeypatch.setattr("app.events._subscribers", defaultdict(list))
    subscribe(AppointmentBooked, fail)
    with pytest.raises(RuntimeError):
        book(garage, MONDAY)
    with scoped_to(garage.id), reading() as session:
        for table in (Appointment, Occupancy, Customer, AppointmentEvent):
            assert session.scalars(select(table.id).where(table.garage_id == garage.id)).all() == []


def test_the_same_person_with_the_same_car_is_known_again(garage: MadeGarage) -> None:
    book(garage, MONDAY)
    book(garage, MONDAY + timedelta(hours=2))
    with scoped_to(garage.id), reading() as session:
        assert len(session.scalars(select(Customer.id).where(Customer.garage_id == garage.id)).all()) == 1
        assert len(session.scalars(select(Vehicle.id).where(Vehicle.garage_id == garage.id)).all()) == 1


def test_somebody_elses_phone_does_not_open_their_record(garage: MadeGarage) -> None:
    book(garage, MONDAY)
    other = CustomerDetails(name="Somebody Else", phone=CAMILLE.phone, email="new@else.example", locale="en")
    book(garage, MONDAY + timedelta(hours=2), customer=other)
    with scoped_to(garage.id), reading() as session:
        rows = session.scalars(
            select(Customer).where(Customer.garage_id == garage.id).order_by(Customer.id)
        ).all()
    assert [(row.name, row.email) for row in rows] == [
        (CAMILLE.name, CAMILLE.email),
        ("Somebody Else", "new@else.example"),
    ]


def test_a_second_car_is_kept_beside_the_first(garage: MadeGarage) -> None:
    book(garage, MONDAY)
    book(garage, MONDAY + timedelta(hours=2), vehicle=VehicleDetails(plate="AB123CD", country="FR"))
    with scoped_to(garage.id), reading() as session:
        plates = session.scalars(select(Vehicle.plate).where(Vehicle.garage_id == garage.id)).all()
    assert set(plates) == {"GA482QT", "AB123CD"}


def test_where_the_garage_approves_first_an_online_booking_is_a_request(
    app_context: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    garage = make_garage(rules={"approval": True})
    appointment_id = book(garage, MONDAY)
    with scoped_to(garage.id), reading() as session:
        row = get_appointment(session, garage.id, appointment_id)
    assert row.status == "requested"
    assert row.expires_at is not None
    assert abs(row.expires_at - datetime(2026, 12, 2, 8, 0, tzinfo=UTC)) < timedelta(minutes=5)


def test_a_request_holds_its_place(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    garage = make_garage(rules={"approval": True})
    book(garage, MONDAY)
    with pytest.raises(SlotTakenError):
        book(garage, MONDAY)


def test_a_stay_longer_than_fourteen_days_is_stored_in_pieces(
    app_context: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    long = {"minutes": 30 * 60, "stay_days": 20, "modes": ["drop_off"]}
    garage = make_garage(
        services=[long], hours={day: [[480, 600]] for day in ("mon", "tue", "wed", "thu", "fri")}
    )
    appointment_id = book(garage, MONDAY, mode="drop_off")
    with scoped_to(garage.id), reading() as session:
        view = get_appointment_view(session, garage.id, appointment_id)
    pieces = [place for place in view.places if place.kind == "bay"]
    assert len(pieces) > 1
    assert all(piece.ends_at - piece.starts_at <= timedelta(days=14) for piece in pieces)
    assert [piece.ends_at for piece in pieces[:-1]] == [piece.starts_at for piece in pieces[1:]]


def test_two_garages_may_know_the_same_person_and_plate(app_context: Flask, clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    first, second = make_garage(slug="first"), make_garage(slug="second")
    book(first, MONDAY)
    book(second, MONDAY)
    with scoped_to(second.id), unit_of_work() as session:
        assert len(session.scalars(select(Customer.id).where(Customer.garage_id == second.id)).all()) == 1
