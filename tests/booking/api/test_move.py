"""Moving an appointment with its token."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.factories.garages import MadeGarage
from tests.support.api import WORKSHOP, booking, post_booking, wrong_fields
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

NEW_TIME = "2026-12-02T10:00:00+01:00"


def test_a_move_answers_the_appointment_at_its_new_time(client: CarefulClient, address: str) -> None:
    before = client.get(address).json
    response = client.patch(address, json={"arrives_at": NEW_TIME})
    assert before is not None
    assert response.status_code == 200
    assert response.json == before | {
        "arrives_at": NEW_TIME,
        "ready_at": "2026-12-02T10:45:00+01:00",
        "cancel_until": "2026-12-02T06:00:00+01:00",
    }
    assert client.get(address).json == response.json


def test_the_same_instant_in_another_offset_is_the_same_answer(client: CarefulClient, address: str) -> None:
    before = client.get(address).json
    response = client.patch(address, json={"arrives_at": "2026-12-02T07:00:00Z"})
    assert (response.status_code, response.json) == (200, before)


def test_the_old_time_is_offered_again(client: CarefulClient, address: str) -> None:
    client.patch(address, json={"arrives_at": NEW_TIME})
    question = f"{WORKSHOP}/availability?service=oil&mode=wait&from=2026-12-02&to=2026-12-02"
    text = client.get(question).text
    assert "2026-12-02T08:00:00+01:00" in text
    assert NEW_TIME not in text


def test_a_time_that_is_taken_is_answered_with_three_others(client: CarefulClient, address: str) -> None:
    post_booking(client, booking(arrives_at=NEW_TIME), key="another-key-of-mine")
    response = client.patch(address, json={"arrives_at": NEW_TIME})
    assert response.json is not None
    assert (response.status_code, response.json["code"]) == (409, "slot_taken")
    alternatives = [each["arrives_at"] for each in response.json["alternatives"]]
    assert alternatives == [f"2026-12-02T{time}:00+01:00" for time in ("08:30", "09:00", "11:00")]
    shown = client.get(address).json
    assert shown is not None
    assert shown["arrives_at"] == "2026-12-02T08:00:00+01:00"
    for each in alternatives:
        assert client.patch(address, json={"arrives_at": each}).status_code == 200


def test_its_own_time_is_no_alternative(client: CarefulClient, address: str) -> None:
    response = client.patch(address, json={"arrives_at": "2026-12-02T07:00:00+01:00"})
    assert response.json is not None
    assert "2026-12-02T08:00:00+01:00" not in {each["arrives_at"] for each in response.json["alternatives"]}


def test_past_the_limit_the_phone_number_is_given(
    client: CarefulClient, address: str, clock: MovableClock
) -> None:
    with clock.at(datetime(2026, 12, 2, 3, 0, 1, tzinfo=UTC)):
        response = client.patch(address, json={"arrives_at": "2026-12-03T10:00:00+01:00"})
    assert response.json is not None
    assert (response.status_code, response.json["code"]) == (409, "too_late")
    assert response.json["phone"] == "+33472000000"


def test_a_cancelled_appointment_is_not_moved(client: CarefulClient, address: str) -> None:
    client.delete(address)
    response = client.patch(address, json={"arrives_at": NEW_TIME})
    assert response.json is not None
    assert (response.status_code, response.json["code"]) == (409, "too_late")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "arrives_at"),
        ({"arrives_at": None}, "arrives_at"),
        ({"arrives_at": "2026-12-02T10:00:00"}, "arrives_at"),
        ({"arrives_at": 1764666000}, "arrives_at"),
        ({"arrives_at": NEW_TIME, "status": "ready"}, "status"),
    ],
)
def test_a_wrong_body_names_its_field(
    client: CarefulClient, address: str, body: dict[str, Any], field: str
) -> None:
    assert list(wrong_fields(client.patch(address, json=body))) == [field]


def test_times_out_of_all_reach_are_simply_not_offered(client: CarefulClient, address: str) -> None:
    for moment in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        assert client.patch(address, json={"arrives_at": moment}).status_code == 409


def test_a_body_that_is_no_json_is_refused(client: CarefulClient, address: str) -> None:
    assert client.patch(address, data="{", content_type="application/json").status_code == 400
    assert client.patch(address, data="a=b").status_code == 415


def test_an_unknown_token_answers_404(client: CarefulClient, garage: MadeGarage) -> None:
    response = client.patch(f"/api/v1/appointments/{'A' * 22}", json={"arrives_at": NEW_TIME})
    assert response.status_code == 404
