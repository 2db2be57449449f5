"""An appointment's own page: the ticket, the track, cancelling, and what is said afterwards."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from booking.appointments.life_cycle import Status
from booking.customers.operations import VehicleDetails
from tests.factories.appointments import book, manage_token
from tests.factories.garages import make_garage
from tests.factories.steps import step
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import Steps, text_of

TUESDAY = datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_the_ticket_tells_when_what_and_how_much(client: CarefulClient, page: str) -> None:
    words = text_of(client.get(f"{page}?lang=en"))
    for part in (
        "Hello Camille, all is set for Tuesday 24 November.",
        "Ready around 9:45, you wait here",
        "GA-482-QT",
        "Peugeot 208",
        "Oil and filter change €89",
        "Estimate €89",
    ):
        assert part in words


def test_the_page_speaks_the_language_of_the_booking(client: CarefulClient, page: str) -> None:
    assert '<html lang="fr">' in client.get(page).get_data(as_text=True)


def test_a_language_in_the_address_comes_first(client: CarefulClient, page: str) -> None:
    assert '<html lang="en">' in client.get(f"{page}?lang=en").get_data(as_text=True)


def test_the_confirmation_offers_calendar_and_directions(client: CarefulClient, page: str) -> None:
    html = client.get(f"{page}?lang=en&booked=1").get_data(as_text=True)
    assert f'href="{page}.ics' in html
    assert "12+rue+de+la+Part-Dieu" in html


def test_cancelling_gives_the_place_back(visitor: Steps, page: str) -> None:
    answer = visitor.client.post(f"{page}/cancel?lang=en", data={"reason": "I sold it."})
    assert answer.status_code == 303
    assert "This appointment is cancelled." in text_of(visitor.client.get(answer.headers["Location"]))
    assert "2026-11-24T09:00:00+01:00" in visitor.up_to_slot().list_times(day="2026-11-24")


def test_cancelling_twice_is_cancelling_once(client: CarefulClient, page: str) -> None:
    client.post(f"{page}/cancel?lang=en")
    assert client.post(f"{page}/cancel?lang=en").status_code == 303


def test_past_the_limit_the_page_gives_the_number(
    client: CarefulClient, page: str, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    words = text_of(client.get(f"{page}?lang=en"))
    assert "It is too late to change this online. Please phone the workshop." in words
    assert "Call 04 72 00 00 00" in words


def test_the_confirmation_names_only_what_can_still_be_done(
    client: CarefulClient, page: str, clock: MovableClock
) -> None:
    in_time = text_of(client.get(f"{page}?lang=en&booked=1"))
    clock.move_to(datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    too_late = text_of(client.get(f"{page}?lang=en&booked=1"))
    assert "See, move or cancel the appointment , free of charge until" in in_time
    assert "cancel" not in too_late
    assert "Please phone the workshop: 04 72 00 00 00 . See the appointment" in too_late


def test_cancelling_past_the_limit_answers_409(client: CarefulClient, page: str, clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    answer = client.post(f"{page}/cancel?lang=en")
    assert answer.status_code == 409
    assert "04 72 00 00 00" in text_of(answer)


def test_a_refused_cancellation_offers_its_other_language(
    client: CarefulClient, page: str, clock: MovableClock
) -> None:
    clock.move_to(TUESDAY - timedelta(minutes=5))
    refused = client.post(f"{page}/cancel?lang=fr").get_data(as_text=True)
    link = re.search(r'href="([^"]*lang=en[^"]*)"', refused)
    assert link is not None
    answer = client.get(html.unescape(link.group(1)))
    assert (answer.status_code, '<html lang="en">' in answer.text) == (200, True)


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ([Status.ARRIVED], "Hello Camille, your car is with us."),
        ([Status.IN_PROGRESS], "Hello Camille, we are working on your car."),
        ([Status.IN_PROGRESS, Status.WAITING_PARTS], "Hello Camille, we are waiting for parts."),
        ([Status.IN_PROGRESS, Status.READY], "Camille, your car is ready."),
        ([Status.IN_PROGRESS, Status.READY, Status.COLLECTED], "Thank you for your visit, Camille."),
        ([Status.CANCELLED], "This appointment is cancelled."),
        ([Status.NO_SHOW], "We missed you on Tuesday 24 November."),
    ],
)
def test_each_state_has_its_words(
    visitor: Steps, app: Flask, clock: MovableClock, targets: list[Status], words: str
) -> None:
    with app.app_context():
        appointment_id = book(visitor.garage, TUESDAY)
        token = manage_token(visitor.garage, appointment_id)
        clock.move_to(TUESDAY)
        step(visitor.garage, appointment_id, *targets)
    assert words in text_of(visitor.client.get(f"/a/{token}?lang=en"))


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Status.DECLINED, "The garage could not take this request."),
        (Status.EXPIRED, "This request was not answered in time."),
    ],
)
def test_a_request_that_came_to_nothing_offers_to_book_again(
    visitor: Steps, app: Flask, target: Status, words: str
) -> None:
    with app.app_context():
        careful = make_garage(slug="careful", rules={"approval": True})
        appointment_id = book(careful, TUESDAY)
        token = manage_token(careful, appointment_id)
        step(careful, appointment_id, target)
    page = visitor.client.get(f"/a/{token}?lang=en")
    assert words in text_of(page)
    assert 'href="/g/careful/lyon?lang=en&amp;service=oil">' in page.get_data(as_text=True)


def test_a_car_without_a_plate_goes_by_its_model(visitor: Steps, app: Flask) -> None:
    with app.app_context():
        token = manage_token(
            visitor.garage, book(visitor.garage, TUESDAY, vehicle=VehicleDetails(make="Fiat", model="500"))
        )
    html = visitor.client.get(f"/a/{token}?lang=en").get_data(as_text=True)
    assert "Fiat 500" in html
    assert 'class="plate' not in html


@pytest.mark.parametrize("token", ["x", "a" * 22, "a" * 5000, "%00", "../../etc"])
def test_an_unknown_link_opens_nothing(client: CarefulClient, token: str) -> None:
    assert client.get(f"/a/{token}").status_code == 404


def test_cancelling_by_an_unknown_link_does_nothing(client: CarefulClient) -> None:
    assert client.post(f"/a/{'a' * 22}/cancel").status_code == 404
