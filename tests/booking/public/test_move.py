"""The move page: days and times for a visit that stands, and what is said once it has moved, or has not."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.db.unit_of_work import reading, unit_of_work
from app.security.links import rotate_link
from app.tenancy.scope import scoped_to
from booking.appointments.history import list_history
from booking.appointments.life_cycle import Status
from booking.appointments.operations.book import MANAGE
from booking.appointments.queries import get_appointment
from tests.factories.appointments import book, manage_token
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.steps import step
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import Steps, text_of

MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)
TUESDAY_NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)
NINE, TEN = "2026-11-24T09:00:00+01:00", "2026-11-24T10:00:00+01:00"
THURSDAY_NINE = "2026-11-26T09:00:00+01:00"


def show(client: CarefulClient, page: str, **query: str) -> TestResponse:
    return client.get(f"{page}/move", query_string={"lang": "en"} | query)


def send(client: CarefulClient, page: str, arrives_at: str, *, was_at: str = NINE) -> TestResponse:
    return client.post(f"{page}/move?lang=en", data={"arrives_at": arrives_at, "was_at": was_at})


def follow(client: CarefulClient, answer: TestResponse) -> str:
    assert answer.status_code == 303
    return text_of(client.get(answer.headers["Location"]))


def list_times(answer: TestResponse) -> list[str]:
    radios = re.findall(r'type="radio" name="arrives_at" value="([^"]+)"', answer.get_data(as_text=True))
    return [unescape(value) for value in radios]


def chosen(answer: TestResponse) -> list[str]:
    return re.findall(
        r'<input type="radio" name="arrives_at" value="([^"]+)"[^>]+ checked>', answer.get_data(as_text=True)
    )


def place_and_moves(app: Flask, garage: MadeGarage, appointment_id: int) -> tuple[datetime, int]:
    """Where the visit stands, and how often it was moved."""
    with app.app_context(), scoped_to(garage.id), reading() as session:
        history = list_history(session, garage.id, appointment_id)
        arrives_at = get_appointment(session, garage.id, appointment_id).arrives_at
    return arrives_at, sum(line.kind == "moved" for line in history)


# --- the page ------------------------------------------------------------------------------------


def test_the_appointments_page_leads_to_it(client: CarefulClient, page: str) -> None:
    html = client.get(f"{page}?lang=en").get_data(as_text=True)
    assert f'href="{page}/move?lang=en"' in html


def test_it_opens_on_the_visits_own_day_with_its_own_time_chosen(client: CarefulClient, page: str) -> None:
    answer = show(client, page)
    assert chosen(answer) == [NINE]
    assert "9:00 now" in text_of(answer)
    assert "Now: Tuesday 24 November at 9:00." in text_of(answer)


def test_times_that_overlap_its_own_place_are_offered(client: CarefulClient, page: str) -> None:
    assert {"2026-11-24T08:30:00+01:00", "2026-11-24T09:30:00+01:00"} <= set(list_times(show(client, page)))


def test_a_time_that_somebody_else_has_is_not_offered(
    client: CarefulClient, app: Flask, visitor: Steps, page: str
) -> None:
    with app.app_context():
        book(visitor.garage, TUESDAY_NINE + timedelta(hours=1))
    assert TEN not in list_times(show(client, page))


def test_only_times_of_the_same_way_to_come_are_offered(
    client: CarefulClient, app: Flask, visitor: Steps
) -> None:
    """Four hours of work left at the garage: from half past one on it is not done the same day."""
    with app.app_context():
        token = manage_token(
            visitor.garage, book(visitor.garage, TUESDAY_NINE, services=("timing",), mode="drop_off")
        )
    offered = list_times(show(client, f"/a/{token}"))
    assert NINE in offered
    assert "2026-11-24T15:00:00+01:00" not in offered


def test_another_day_has_its_first_time_chosen(client: CarefulClient, page: str) -> None:
    assert chosen(show(client, page, day="2026-11-26")) == ["2026-11-26T08:00:00+01:00"]


def test_its_own_day_asked_for_has_its_first_other_time_chosen(client: CarefulClient, page: str) -> None:
    assert chosen(show(client, page, day="2026-11-24")) == ["2026-11-24T08:00:00+01:00"]


def test_the_first_other_time_is_one_link_away(client: CarefulClient, page: str) -> None:
    html = show(client, page).get_data(as_text=True)
    assert re.findall(r'class="nextfree" href="([^"]+)"', html) == [f"{page}/move?lang=en&amp;day=2026-11-23"]
    assert "Today, Monday 23, at 9:30 The first other free time" in text_of(show(client, page))


def test_a_closed_day_leads_to_the_nearest_free_time(client: CarefulClient, page: str) -> None:
    words = text_of(show(client, page, day="2026-11-28"))
    assert "Closed on Saturday 28 November Monday 30 November at 8:00 The next free time" in words


@pytest.mark.parametrize("day", ["nonsense", "0001-01-01", "9999-12-31", "2026-11-22"])
def test_a_day_that_nobody_can_mean_is_passed_over(client: CarefulClient, page: str, day: str) -> None:
    assert chosen(show(client, page, day=day)) == [NINE]


def test_where_nothing_else_is_free_the_workshop_is_named(
    client: CarefulClient, app: Flask, clock: MovableClock
) -> None:
    clock.move_to(MONDAY)
    with app.app_context():
        narrow = make_garage(
            hours={"tue": [[540, 585]]}, rules={"horizon_days": 5, "cancel_until_minutes": 60}
        )
        token = manage_token(narrow, book(narrow, TUESDAY_NINE))
    words = text_of(show(client, f"/a/{token}"))
    assert "No other free time in the next weeks" in words
    assert "Call 04 72 00 00 00" in words


def test_it_speaks_the_language_of_the_booking(client: CarefulClient, page: str) -> None:
    html = client.get(f"{page}/move").get_data(as_text=True)
    assert '<html lang="fr">' in html
    assert "Quel moment vous convient mieux" in html


# --- moving --------------------------------------------------------------------------------------


def test_a_move_is_confirmed_with_the_new_time(
    client: CarefulClient, app: Flask, visitor: Steps, page: str, appointment_id: int
) -> None:
    words = follow(client, send(client, page, THURSDAY_NINE))
    assert "Your new time: Thursday 26 November at 9:00." in words
    assert "06 39 98 14 27" in words
    expected = datetime(2026, 11, 26, 8, tzinfo=UTC)
    assert place_and_moves(app, visitor.garage, appointment_id) == (expected, 1)


def test_the_former_place_is_offered_to_others(client: CarefulClient, visitor: Steps, page: str) -> None:
    assert NINE not in visitor.up_to_slot().list_times(day="2026-11-24")
    send(client, page, THURSDAY_NINE)
    assert NINE in visitor.list_times(day="2026-11-24")


def test_the_calendar_file_follows_under_the_same_name(client: CarefulClient, page: str) -> None:
    before = client.get(f"{page}.ics").get_data(as_text=True)
    send(client, page, THURSDAY_NINE)
    after = client.get(f"{page}.ics").get_data(as_text=True)
    (uid,) = re.findall(r"UID:(\S+)", before)
    assert [f"UID:{uid}" in after, "DTSTART:20261126T080000Z" in after] == [True, True]
    first, second = (int(re.findall(r"SEQUENCE:(\d+)", text)[0]) for text in (before, after))
    assert second > first


def test_the_confirmation_of_a_move_offers_to_update_the_calendar(client: CarefulClient, page: str) -> None:
    assert "Update my calendar" in follow(client, send(client, page, THURSDAY_NINE))


def test_pressed_twice_it_moves_once_and_says_the_same(
    client: CarefulClient, app: Flask, visitor: Steps, page: str, appointment_id: int
) -> None:
    first, second = send(client, page, THURSDAY_NINE), send(client, page, THURSDAY_NINE)
    assert first.headers["Location"] == second.headers["Location"]
    assert place_and_moves(app, visitor.garage, appointment_id)[1] == 1


def test_pressed_twice_into_the_limit_it_still_says_that_it_moved(
    client: CarefulClient, app: Flask, clock: MovableClock
) -> None:
    """The new time is so near that nothing can be changed online any more, neither again."""
    clock.move_to(MONDAY)
    with app.app_context():
        strict = make_garage(rules={"cancel_until_minutes": 1200})
        token = manage_token(strict, book(strict, TUESDAY_NINE))
    soon = "2026-11-23T09:00:00+01:00"
    first, second = (send(client, f"/a/{token}", soon) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    words = follow(client, second)
    assert "Your new time: Monday 23 November at 9:00." in words
    assert "It is too late to change this online." in words


def test_the_present_time_changes_nothing_and_says_so(
    client: CarefulClient, app: Flask, visitor: Steps, page: str, appointment_id: int
) -> None:
    words = follow(client, send(client, page, NINE))
    assert "You already have that time, so nothing has changed: Tuesday 24 November at 9:00." in words
    assert place_and_moves(app, visitor.garage, appointment_id) == (TUESDAY_NINE, 0)


def test_a_request_stays_a_request_at_its_new_time(client: CarefulClient, visitor: Steps, app: Flask) -> None:
    with app.app_context():
        careful = make_garage(slug="careful", rules={"approval": True})
        token = manage_token(careful, book(careful, TUESDAY_NINE))
    words = follow(client, send(client, f"/a/{token}", THURSDAY_NINE))
    assert "Your new time: Thursday 26 November at 9:00." in words
    assert "The garage answers by" in words


# --- not moved -----------------------------------------------------------------------------------


def test_a_lost_time_is_answered_with_the_nearest_and_nothing_is_lost(
    client: CarefulClient, app: Flask, visitor: Steps, page: str, appointment_id: int
) -> None:
    with app.app_context():
        book(visitor.garage, datetime(2026, 11, 26, 8, tzinfo=UTC))
    answer = send(client, page, THURSDAY_NINE)
    words = text_of(answer)
    assert answer.status_code == 409
    assert "Thu 26 Nov at 9:00 has just gone." not in words
    assert "9:00 has just gone. 8:00, 10:00 and 10:30 are free." in words
    assert "Your place on Tuesday 24 November at 9:00 is still yours." in words
    assert place_and_moves(app, visitor.garage, appointment_id) == (TUESDAY_NINE, 0)


def test_a_time_offered_instead_is_one_press_away(
    client: CarefulClient, app: Flask, visitor: Steps, page: str
) -> None:
    with app.app_context():
        book(visitor.garage, datetime(2026, 11, 26, 8, tzinfo=UTC))
    html = send(client, page, THURSDAY_NINE).get_data(as_text=True)
    (first, *_) = re.findall(r'class="slot" type="submit" name="arrives_at" value="([^"]+)"', html)
    words = follow(client, send(client, page, unescape(first)))
    assert "Your new time: Thursday 26 November at 8:00." in words


@pytest.mark.parametrize(
    "arrives_at", ["", "soon", "2026-11-26T09:00", "9999-12-31T23:59:59+00:00", "\u0000"]
)
def test_what_is_no_time_is_asked_again(
    client: CarefulClient, app: Flask, visitor: Steps, page: str, appointment_id: int, arrives_at: str
) -> None:
    answer = send(client, page, arrives_at)
    assert answer.status_code == 422
    assert "Time: Choose" in text_of(answer)
    assert place_and_moves(app, visitor.garage, appointment_id) == (TUESDAY_NINE, 0)


def test_past_the_limit_there_is_no_link_and_the_page_leads_back(
    client: CarefulClient, page: str, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    assert f"{page}/move" not in client.get(f"{page}?lang=en").get_data(as_text=True)
    assert "Call 04 72 00 00 00" in follow(client, show(client, page))


@pytest.mark.parametrize("arrives_at", [THURSDAY_NINE, ""])
def test_moving_past_the_limit_answers_409_with_the_number(
    client: CarefulClient, page: str, clock: MovableClock, arrives_at: str
) -> None:
    clock.move_to(datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    answer = send(client, page, arrives_at)
    assert answer.status_code == 409
    assert "It is too late to change this online. Please phone the workshop. 04 72 00 00 00" in text_of(
        answer
    )


def test_once_the_car_is_here_the_number_is_given(
    client: CarefulClient, app: Flask, visitor: Steps, page: str, appointment_id: int
) -> None:
    with app.app_context():
        step(visitor.garage, appointment_id, Status.ARRIVED)
    answer = send(client, page, THURSDAY_NINE)
    assert answer.status_code == 409
    assert "04 72 00 00 00" in text_of(answer)


def test_what_was_cancelled_says_so_and_is_not_moved(client: CarefulClient, page: str) -> None:
    client.post(f"{page}/cancel")
    assert "This appointment is cancelled." in follow(client, show(client, page))
    answer = send(client, page, THURSDAY_NINE)
    words = text_of(answer)
    assert answer.status_code == 409
    assert "This appointment is cancelled. The time on Tuesday 24 November at 9:00 is free again." in words
    assert "too late" not in words


def test_a_link_that_was_replaced_opens_nothing(
    client: CarefulClient, app: Flask, visitor: Steps, page: str, appointment_id: int
) -> None:
    with app.app_context(), scoped_to(visitor.garage.id), unit_of_work() as session:
        rotate_link(session, garage_id=visitor.garage.id, purpose=MANAGE, subject_id=appointment_id)
    assert show(client, page).status_code == 404
    assert send(client, page, THURSDAY_NINE).status_code == 404


def test_words_about_a_move_are_not_shown_for_what_is_cancelled(client: CarefulClient, page: str) -> None:
    client.post(f"{page}/cancel")
    assert "Your new time" not in text_of(client.get(f"{page}?lang=en&moved=1"))
