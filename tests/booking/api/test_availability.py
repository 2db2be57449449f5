"""When the API says there is room."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.tenancy.kept import forget_kept
from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.support.api import WORKSHOP, wrong_fields
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

GOOD = {"service": "oil", "mode": "wait", "from": "2026-12-02", "to": "2026-12-02"}


@pytest.fixture(autouse=True)
def _on_the_first_of_december(clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 12, 1, 7, tzinfo=UTC))


def ask(client: CarefulClient, **changes: Any) -> Any:
    """The answer to the good question with changes; ``from_`` stands for ``from``."""
    query = GOOD | {name.rstrip("_"): value for name, value in changes.items()}
    return client.get(
        f"{WORKSHOP}/availability", query_string={k: v for k, v in query.items() if v is not None}
    )


def arrivals(answer: Any) -> list[str]:
    return [slot["arrives_at"] for day in answer.json["days"] for slot in day["slots"]]


def test_each_day_of_the_range_is_listed_closed_ones_too(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage()
    days = ask(client, from_="2026-12-04", to="2026-12-07").json["days"]
    assert [(day["date"], bool(day["slots"])) for day in days] == [
        ("2026-12-04", True),
        ("2026-12-05", False),
        ("2026-12-06", False),
        ("2026-12-07", True),
    ]


def test_a_slot_says_when_the_car_comes_and_when_it_is_ready(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage()
    answer = ask(client).json
    assert answer["timezone"] == "Europe/Paris"
    assert answer["days"][0]["slots"][0] == {
        "arrives_at": "2026-12-02T08:00:00+01:00",
        "ready_at": "2026-12-02T08:45:00+01:00",
    }


def test_a_booked_slot_is_offered_no_more(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        book(make_garage(), datetime(2026, 12, 2, 7, tzinfo=UTC))
    assert arrivals(ask(client))[0] == "2026-12-02T09:00:00+01:00"


def test_past_days_have_no_slots(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage()
    days = ask(client, from_="2026-11-26", to="2026-12-01").json["days"]
    assert [bool(day["slots"]) for day in days] == [False] * 5 + [True]


def test_days_past_the_horizon_have_no_slots(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage(rules={"horizon_days": 2})
    days = ask(client, from_="2026-12-03", to="2026-12-04").json["days"]
    assert [bool(day["slots"]) for day in days] == [True, False]


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "2200-06-01", "9999-12-31"])
def test_a_day_far_away_is_listed_without_slots(app: Flask, client: CarefulClient, day: str) -> None:
    with app.app_context():
        make_garage()
    assert ask(client, from_=day, to=day).json["days"] == [{"date": day, "slots": []}]


def test_a_far_day_still_needs_a_known_service(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage()
    assert "service" in wrong_fields(ask(client, from_="9999-12-31", to="9999-12-31", service="ship"))


def test_the_repeated_hour_appears_twice(app: Flask, client: CarefulClient, clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 10, 20, tzinfo=UTC))
    with app.app_context():
        make_garage(hours={"sun": [[60, 240]]}, services=[{"minutes": 30}])
    assert arrivals(ask(client, from_="2026-10-25", to="2026-10-25")) == [
        "2026-10-25T01:00:00+02:00",
        "2026-10-25T01:30:00+02:00",
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:00:00+01:00",
        "2026-10-25T02:30:00+01:00",
        "2026-10-25T03:00:00+01:00",
        "2026-10-25T03:30:00+01:00",
    ]


def test_an_arrival_stands_under_its_local_date(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage(timezone="Pacific/Auckland")
    day = ask(client, from_="2026-12-04", to="2026-12-04").json["days"][0]
    assert day["slots"][0]["arrives_at"] == "2026-12-04T08:00:00+13:00"


def test_several_services_are_done_in_one_visit(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage(services=[{}, {"code": "tyres", "minutes": 30}])
    answer = ask(client, service=["oil", "tyres"])
    assert answer.json["days"][0]["slots"][0]["ready_at"] == "2026-12-02T09:15:00+01:00"


def test_a_service_named_twice_counts_once(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage()
    assert ask(client, service=["oil", "oil"]).json == ask(client).json


def test_class_and_energy_change_what_is_needed(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage(
            services=[{"minutes_by_class": {"van": 60}}], garage={"energy_skills": {"electric": ["ev"]}}
        )
    van = ask(client, vehicle_class="van").json["days"][0]["slots"][0]
    assert van["ready_at"] == "2026-12-02T09:00:00+01:00"
    assert ask(client, energy="electric").json["code"] == "not_in_one_visit"


def test_services_that_no_bay_can_do_together_are_refused_by_name(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage(services=[{}, {"code": "tyres", "name": {"en": "Tyres"}, "equipment": ["stand"]}])
    answer = ask(client, service=["oil", "tyres"], lang="en")
    said = "These services cannot be done in one visit here. Please book separately: Tyres."
    assert (answer.status_code, answer.json["code"], answer.json["detail"]) == (422, "not_in_one_visit", said)
    assert answer.json["errors"] == [{"field": "service", "message": said}]


def test_a_courtesy_car_is_asked_for(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage()
    assert arrivals(ask(client, mode="drop_off", courtesy_car="false"))
    assert arrivals(ask(client, mode="drop_off", courtesy_car="true")) == []


def test_unknown_parameters_are_ignored(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage()
    assert ask(client, colour="blue").json == ask(client).json


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"service": None}, "service"),
        ({"service": "ship"}, "service"),
        ({"service": ["oil", "ship"]}, "service"),
        ({"service": "secret"}, "service"),
        ({"service": "x" * 101}, "service.0"),
        ({"service": ["oil"] * 51}, "service"),
        ({"mode": None}, "mode"),
        ({"mode": "fly"}, "mode"),
        ({"mode": ["wait", "wait"]}, "mode"),
        ({"mode": "drop_off", "service": "mot"}, "mode"),
        ({"from_": None}, "from"),
        ({"to": None}, "to"),
        ({"from_": "2026-13-01"}, "from"),
        ({"from_": "2026-12-2"}, "from"),
        ({"to": "2026-12-01"}, "to"),
        ({"to": "2027-02-02"}, "to"),
        ({"vehicle_class": "tank"}, "vehicle_class"),
        ({"vehicle_class": ""}, "vehicle_class"),
        ({"energy": "steam"}, "energy"),
        ({"courtesy_car": "1"}, "courtesy_car"),
        ({"courtesy_car": "True"}, "courtesy_car"),
        ({"courtesy_car": "true"}, "courtesy_car"),
    ],
)
def test_a_wrong_question_names_its_field(
    app: Flask, client: CarefulClient, changes: dict[str, Any], field: str
) -> None:
    with app.app_context():
        make_garage(services=[{}, {"code": "mot", "modes": ["wait"]}, {"code": "secret", "online": False}])
    assert list(wrong_fields(ask(client, **changes))) == [field]


def test_sixty_two_days_are_answered(app: Flask, client: CarefulClient) -> None:
    with app.app_context():
        make_garage()
    first_on = date(2026, 12, 2)
    answer = ask(client, to=str(first_on + timedelta(days=61)))
    assert len(answer.json["days"]) == 62


@pytest.mark.parametrize("visits", [0, 40])
def test_sixty_two_days_cost_eight_statements_and_five_where_the_set_up_is_known(
    app: Flask, client: CarefulClient, database: Database, visits: int
) -> None:
    with app.app_context():
        garage = make_garage(services=[{"max_per_day": 20}], rules={"slot_minutes": 45})
        for number in range(visits):
            day, place = divmod(number, 5)
            arrives_at = datetime(2026, 12, 2, 7, tzinfo=UTC) + timedelta(days=day + day // 3 * 4)
            book(garage, arrives_at + timedelta(minutes=45 * place))
        forget_kept()
    for most in (8, 5):
        with count_statements(database.engine) as seen:
            assert ask(client, to="2027-02-01").status_code == 200
        assert seen.count <= most, seen
