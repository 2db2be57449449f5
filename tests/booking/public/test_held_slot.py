"""A chosen time is kept for the visitor while they type, and given back when they want another."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.models import Hold
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import CONTACT, VEHICLE, Steps, text_of

KEPT = "This time is kept for you until"


def other_than(visitor: Steps, client: CarefulClient) -> Steps:
    """Somebody else at the same workshop, about to choose a time."""
    return Steps(client, visitor.garage).up_to_slot()


def count_holds(app: Flask, visitor: Steps) -> int:
    with app.app_context(), scoped_to(visitor.garage.id), reading() as session:
        return session.scalar(select(func.count(Hold.id)).where(Hold.garage_id == visitor.garage.id)) or 0


def test_the_contact_step_says_until_when_the_time_is_kept(visitor: Steps) -> None:
    page = text_of(visitor.up_to_contact().get("contact"))
    assert f"{KEPT} 8:10" in page


def test_in_french(visitor: Steps) -> None:
    visitor.lang = "fr"
    page = text_of(visitor.up_to_contact().get("contact"))
    assert "Cet horaire vous est réservé jusqu’à 8 h 10." in page


def test_a_kept_time_is_shown_to_its_visitor_alone(visitor: Steps, client: CarefulClient) -> None:
    first = visitor.up_to_slot().list_times()[0]
    visitor.post("slot", arrives_at=first)
    other = other_than(visitor, client)
    assert (first in visitor.list_times(), first in other.list_times()) == (True, False)


def test_back_and_reload_keep_one_hold(visitor: Steps, app: Flask) -> None:
    first = visitor.up_to_slot().list_times()[0]
    for _ in range(3):
        visitor.post("slot", arrives_at=first)
        visitor.get("contact")
        visitor.get("slot")
    assert count_holds(app, visitor) == 1


def test_another_vehicle_gives_the_time_back(visitor: Steps, client: CarefulClient) -> None:
    first = visitor.up_to_slot().list_times()[0]
    visitor.post("slot", arrives_at=first)
    visitor.post("vehicle", **VEHICLE | {"make_model": "Renault Clio"})
    assert first in other_than(visitor, client).list_times()


def test_another_way_gives_the_time_back(visitor: Steps, client: CarefulClient) -> None:
    first = visitor.up_to_slot().list_times()[0]
    visitor.post("slot", arrives_at=first)
    visitor.post("slot", change_mode="courtesy_car")
    assert first in other_than(visitor, client).list_times()


def test_a_time_that_somebody_holds_is_answered_with_the_nearest(
    visitor: Steps, client: CarefulClient
) -> None:
    other = other_than(visitor, client)
    first = visitor.up_to_slot().list_times()[0]
    visitor.post("slot", arrives_at=first)
    refused = other.post("slot", arrives_at=first)
    assert (refused.status_code, "has just gone" in text_of(refused)) == (409, True)


def test_past_the_ten_minutes_the_time_is_booked_if_it_is_still_free(
    visitor: Steps, clock: MovableClock
) -> None:
    visitor.up_to_contact()
    clock.advance(minutes=11)
    page = text_of(visitor.get("contact"))
    assert (KEPT in page, visitor.post("contact", **CONTACT).status_code) == (False, 303)


def test_past_the_ten_minutes_nothing_typed_is_lost_to_somebody_quicker(
    visitor: Steps, client: CarefulClient, clock: MovableClock
) -> None:
    first = visitor.up_to_slot().list_times()[0]
    visitor.post("slot", arrives_at=first)
    clock.advance(minutes=11)
    other = other_than(visitor, client)
    other.post("slot", arrives_at=first)
    assert other.post("contact", **CONTACT).status_code == 303
    refused = visitor.post("contact", **CONTACT | {"name": "Nora Petit"})
    later = visitor.list_times()[0]
    visitor.post("slot", arrives_at=later)
    assert (refused.status_code, "Nora Petit" in visitor.get("contact").get_data(as_text=True)) == (409, True)
