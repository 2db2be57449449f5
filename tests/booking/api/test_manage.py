"""Seeing and cancelling an appointment with its token."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.unit_of_work import unit_of_work
from app.security.links import rotate_link
from app.tenancy.scope import scoped_to
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.operations.book import MANAGE
from booking.appointments.operations.change_status import change_status
from booking.appointments.requests import SYSTEM
from tests.factories.garages import MadeGarage
from tests.support.api import WORKSHOP
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

ARRIVES_AT = datetime(2026, 12, 2, 7, tzinfo=UTC)


def only_appointment(session: Session, garage: MadeGarage) -> int:
    return session.scalars(select(Appointment.id).where(Appointment.garage_id == garage.id)).one()


def test_the_holder_of_the_token_sees_the_visit(client: CarefulClient, address: str) -> None:
    answer = client.get(f"{address}?lang=en").json
    assert answer is not None
    assert answer["status"] == "confirmed"
    assert answer["services"] == [
        {"code": "oil", "name": "Oil and filter change", "minutes": 45, "price_from_cents": 8900}
    ]
    assert answer["vehicle"] == {
        "plate": "GA482QT",
        "country": "FR",
        "make": "",
        "model": "",
        "class": "city",
        "energy": None,
    }
    assert answer["workshop"]["phone"] == "+33472000000"
    assert (answer["is_cancellable"], answer["cancel_until"]) == (True, "2026-12-02T04:00:00+01:00")


def test_contact_details_are_not_shown(client: CarefulClient, address: str) -> None:
    text = client.get(address).text
    assert "Perrot" not in text
    assert "612345678" not in text


def test_cancelling_answers_the_appointment_as_cancelled(client: CarefulClient, address: str) -> None:
    before = client.get(address).json
    response = client.delete(address)
    assert before is not None
    assert response.status_code == 200
    assert response.json == before | {"status": "cancelled", "is_cancellable": False}


def test_cancelling_again_answers_the_same(client: CarefulClient, address: str, clock: MovableClock) -> None:
    first = client.delete(address)
    clock.advance(hours=48)
    second = client.delete(address)
    assert (second.status_code, second.data) == (200, first.data)


def test_a_cancelled_slot_is_offered_again(client: CarefulClient, address: str) -> None:
    question = f"{WORKSHOP}/availability?service=oil&mode=wait&from=2026-12-02&to=2026-12-02"
    before = client.get(question).text
    client.delete(address)
    after = client.get(question).text
    assert "2026-12-02T08:00:00+01:00" not in before
    assert "2026-12-02T08:00:00+01:00" in after


def test_in_the_last_second_it_can_be_cancelled(
    client: CarefulClient, address: str, clock: MovableClock
) -> None:
    with clock.at(datetime(2026, 12, 2, 3, tzinfo=UTC)):
        assert client.delete(address).status_code == 200


def test_past_the_limit_the_phone_number_is_given(
    client: CarefulClient, address: str, clock: MovableClock
) -> None:
    with clock.at(datetime(2026, 12, 2, 3, 0, 1, tzinfo=UTC)):
        response = client.delete(address)
        assert response.json is not None
        assert (response.status_code, response.mimetype) == (409, "application/problem+json")
        assert (response.json["code"], response.json["phone"]) == ("too_late", "+33472000000")
        shown = client.get(address).json
    assert shown is not None
    assert (shown["status"], shown["is_cancellable"]) == ("confirmed", False)


@pytest.mark.parametrize("status", [Status.ARRIVED, Status.IN_PROGRESS, Status.NO_SHOW])
def test_from_arrival_on_it_is_too_late(
    app: Flask, client: CarefulClient, garage: MadeGarage, address: str, status: Status, clock: MovableClock
) -> None:
    with clock.at(ARRIVES_AT), app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        appointment_id = only_appointment(session, garage)
        change_status(
            session, garage_id=garage.id, appointment_id=appointment_id, target=status, actor=SYSTEM
        )
    response = client.delete(address)
    assert response.json is not None
    assert (response.status_code, response.json["code"]) == (409, "too_late")


def test_a_rotated_link_opens_nothing(
    app: Flask, client: CarefulClient, garage: MadeGarage, address: str
) -> None:
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        subject_id = only_appointment(session, garage)
        token = rotate_link(session, garage_id=garage.id, purpose=MANAGE, subject_id=subject_id)
    assert client.get(address).status_code == 404
    assert client.get(f"/api/v1/appointments/{token}").status_code == 200
