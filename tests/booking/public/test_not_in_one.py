"""Services that no bay and technician can do together: said at once, and undone in one press."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from booking.resources.models import Resource
from tests.factories.garages import MadeGarage, make_garage
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import CONTACT, VEHICLE, Steps, text_of

MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)
SERVICES: list[dict[str, Any]] = [
    {"name": {"en": "Oil change"}, "equipment": ["lift"]},
    {"code": "test", "name": {"en": "Brake test"}, "equipment": ["lane"]},
    {"code": "wipers", "name": {"en": "Wipers"}},
    {"code": "tank", "name": {"en": "Gas tank"}, "skills": ["gas"]},
]


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    """One bay has the lift, another the lane."""
    clock.move_to(MONDAY)
    with app.app_context():
        made = make_garage(bays=0, technicians=1, services=SERVICES)
        keys = {"garage_id": made.id, "workshop_id": made.workshop.id, "kind": "bay"}
        with scoped_to(made.id), unit_of_work() as session:
            session.add(Resource(**keys, name="Lift", position=0, tags=["lift"]))
            session.add(Resource(**keys, name="Lane", position=1, tags=["lane"]))
    return made


@pytest.fixture
def visitor(client: CarefulClient, garage: MadeGarage) -> Steps:
    return Steps(client, garage)


def choices(answer: TestResponse) -> list[list[str]]:
    """The services that each button keeps."""
    forms = re.findall(r"<form.*?</form>", answer.text, flags=re.DOTALL)
    kept = [re.findall(r'name="service" value="([^"]+)"', form) for form in forms]
    return [codes for codes in kept if codes]


def test_the_step_says_that_they_do_not_go_together(visitor: Steps) -> None:
    page = visitor.up_to_slot("oil", "test").get("slot")
    assert page.status_code == 200
    words = text_of(page)
    assert "Not all of this fits into one visit" in words
    assert "Leave out: Brake test" in words
    assert "Leave out: Oil change" in words
    assert "Later" not in words


def test_only_what_hinders_is_offered_to_be_left_out(visitor: Steps) -> None:
    page = visitor.up_to_slot("oil", "wipers", "tank").get("slot")
    assert choices(page) == [["oil", "wipers"]]
    assert "Go on with: Oil change and Wipers" in text_of(page)


def test_one_press_leads_to_the_times_of_the_rest(visitor: Steps) -> None:
    page = visitor.up_to_slot("oil", "test").get("slot")
    answer = visitor.post("services", service=choices(page)[1], then="slot")
    assert answer.headers["Location"].partition("?")[0] == f"{visitor.draft}/slot"
    assert visitor.list_times()


def test_where_nothing_can_be_done_the_workshop_is_to_be_phoned(visitor: Steps) -> None:
    page = visitor.up_to_slot("tank").get("slot")
    words = text_of(page)
    assert "This work cannot be booked online" in words
    assert "Call 04 72 00 00 00" in words
    assert choices(page) == []


def test_a_time_that_is_sent_all_the_same_is_refused(visitor: Steps) -> None:
    visitor.up_to_slot("oil", "test")
    answer = visitor.post("slot", mode="wait", arrives_at="2026-11-24T09:00:00+01:00")
    assert answer.status_code == 422
    assert "Not all of this fits into one visit" in text_of(answer)


def test_a_booking_that_became_impossible_leads_back_to_the_step(visitor: Steps) -> None:
    visitor.up_to_contact("oil")
    visitor.post("services", service=["oil", "test"])
    answer = visitor.post("contact", **CONTACT)
    assert answer.headers["Location"].partition("?")[0] == f"{visitor.draft}/slot"


def test_leaving_out_before_the_vehicle_is_known_asks_for_it(visitor: Steps) -> None:
    visitor.choose_services("oil", "wipers")
    answer = visitor.post("services", service=["oil"], then="slot")
    assert visitor.client.get(answer.headers["Location"]).headers["Location"].endswith("/vehicle?lang=en")
    assert visitor.post("vehicle", **VEHICLE).status_code == 303
