"""What a garage file leaves out has the value that the design gives it."""

from __future__ import annotations

from typing import Any

import pytest

from app.tenancy.garage_file.reading import list_warnings, read_garage_file
from wsgi import wire_garage_file

SHORTEST = """
[garage]
slug = "g"
name = "G"
country = "FR"
[[workshop]]
slug = "w"
name = "W"
timezone = "Europe/Paris"
[workshop.hours]
[[workshop.technician]]
name = "Nadia"
[[workshop.exception]]
from = "2026-12-24"
[[service]]
code = "oil"
name = { en = "Oil" }
minutes = 45
"""


@pytest.fixture
def content() -> dict[str, Any]:
    wire_garage_file()
    return read_garage_file(SHORTEST)


def test_a_garage_speaks_english_and_counts_euros(content: dict[str, Any]) -> None:
    garage = content["garage"]
    assert (garage["locale"], garage["currency"], garage["accent"]) == ("en", "EUR", "#1441b5")


def test_a_workshop_takes_bookings_by_the_usual_rules(content: dict[str, Any]) -> None:
    workshop = content["workshop"][0]
    assert {key: workshop[key] for key in ("slot_minutes", "horizon_days", "online_share")} == {
        "slot_minutes": 30,
        "horizon_days": 60,
        "online_share": 100,
    }
    assert workshop["observe_holidays"] is True
    assert workshop["approval"] is False
    assert workshop["drop_off_until"] is None


@pytest.mark.parametrize(
    "key", ["notice_minutes", "arrivals_per_slot", "release_hours", "cancel_until_minutes"]
)
def test_every_other_number_of_a_workshop_is_nought(content: dict[str, Any], key: str) -> None:
    assert content["workshop"][0][key] == 0


def test_a_technician_without_hours_has_the_workshops(content: dict[str, Any]) -> None:
    assert content["workshop"][0]["technician"][0]["hours"] is None


def test_an_exception_lasts_a_day_and_closes(content: dict[str, Any]) -> None:
    exception = content["workshop"][0]["exception"][0]
    assert (exception["to"], exception["hours"]) == (None, [])


def test_a_service_is_online_in_both_modes(content: dict[str, Any]) -> None:
    service = content["service"][0]
    assert (service["online"], service["modes"]) == (True, ["wait", "drop_off"])


def test_a_workshop_without_bays_is_warned_of(content: dict[str, Any]) -> None:
    assert list_warnings(content) == ["workshop[0]: no bay, so nothing can be booked"]


def test_a_garage_without_workshops_is_warned_of(content: dict[str, Any]) -> None:
    assert list_warnings({**content, "workshop": []}) == ["workshop: there is none, so nobody can book"]
