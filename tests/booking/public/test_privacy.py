"""What the customer's pages keep to themselves: no cookie, no session, nothing for search engines."""

from __future__ import annotations

import re

from tests.support.databases import Database
from tests.support.steps import CONTACT, VEHICLE, Steps


def test_a_whole_booking_sets_no_cookie(visitor: Steps) -> None:
    answers = [visitor.client.get(visitor.start), visitor.choose_services()]
    answers += [visitor.get("vehicle"), visitor.post("vehicle", **VEHICLE), visitor.get("slot")]
    answers += [visitor.post("slot", arrives_at=visitor.list_times()[0]), visitor.get("contact")]
    answers.append(visitor.post("contact", **CONTACT))
    page = answers[-1].headers["Location"].partition("?")[0]
    answers += [
        visitor.client.get(page),
        visitor.client.get(f"{page}.ics"),
        visitor.client.get(f"{page}/move"),
        visitor.client.post(f"{page}/move", data={"arrives_at": "2026-11-25T09:00:00+01:00"}),
        visitor.client.post(f"{page}/cancel"),
    ]
    assert not [answer.request.path for answer in answers if "Set-Cookie" in answer.headers]


def test_a_cookie_that_came_from_elsewhere_changes_nothing(visitor: Steps) -> None:
    visitor.client.set_cookie("session", "nonsense")
    answer = visitor.client.get(visitor.start)
    assert answer.status_code == 200
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_pages_with_a_token_are_kept_by_nobody(visitor: Steps) -> None:
    booked = visitor.book().headers["Location"]
    move = booked.partition("?")[0] + "/move"
    another = Steps(visitor.client, visitor.garage).up_to_slot()
    for answer in (visitor.client.get(booked), visitor.client.get(move), another.get("slot")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_draft_that_is_gone_is_not_for_search_engines_either(visitor: Steps) -> None:
    answer = visitor.client.get(f"{visitor.start}/b/{'a' * 22}/slot")
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_the_workshops_page_may_be_found(visitor: Steps) -> None:
    answer = visitor.client.get(visitor.start)
    assert "X-Robots-Tag" not in answer.headers
    assert '<link rel="canonical" href="http://127.0.0.1:8000/g/martin/lyon">' in answer.get_data(
        as_text=True
    )


def test_nothing_that_was_typed_stands_in_an_address(visitor: Steps) -> None:
    visitor.up_to_contact()
    places = [visitor.post("vehicle", **VEHICLE), visitor.post("contact", **CONTACT)]
    for answer in places:
        assert not re.search(
            r"GA|482|Peugeot|Camille|0639|06%20", answer.headers["Location"].partition("/a/")[0]
        )


def test_too_many_forms_in_a_minute_are_asked_to_wait(visitor: Steps, database: Database) -> None:
    hurried = database.another_app(rate_limits="public_write=2/minute")
    statuses = [
        hurried.test_client().post(visitor.start, data={"service": "oil"}).status_code for _ in range(3)
    ]
    assert statuses == [303, 303, 429]
