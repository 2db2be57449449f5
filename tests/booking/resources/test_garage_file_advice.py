"""What nobody in a workshop can do is warned of."""

from __future__ import annotations

from typing import Any

from booking.resources.garage_file_advice import list_gaps


def workshop(*, equipment: list[str], skills: list[str]) -> dict[str, Any]:
    return {"bay": [{"equipment": equipment}], "technician": [{"skills": skills}]}


def service(**changes: Any) -> dict[str, Any]:
    return {"code": "oil", "equipment": ["lift"], "skills": ["mechanics"], "equipment_by_class": {}} | changes


def test_a_service_that_somebody_can_do_is_no_gap() -> None:
    assert list_gaps(workshop(equipment=["lift"], skills=["mechanics"]), [service()]) == []


def test_a_skill_that_nobody_has_is_a_gap() -> None:
    assert list_gaps(workshop(equipment=["lift"], skills=[]), [service()]) == [
        "nobody can do service 'oil': no technician has mechanics"
    ]


def test_equipment_spread_over_two_bays_is_a_gap() -> None:
    spread = {
        "bay": [{"equipment": ["lift"]}, {"equipment": ["lane"]}],
        "technician": [{"skills": ["mechanics"]}],
    }
    assert list_gaps(spread, [service(equipment=["lift", "lane"])]) == [
        "nobody can do service 'oil': no bay has lift, lane"
    ]


def test_equipment_that_one_class_lacks_is_a_gap_of_that_class() -> None:
    long_vehicles = service(equipment_by_class={"van": ["long-lift"]})
    assert list_gaps(workshop(equipment=["lift"], skills=["mechanics"]), [long_vehicles]) == [
        "nobody can do service 'oil': for a vehicle of class van no bay has lift, long-lift"
    ]


def test_a_workshop_without_technicians_is_one_gap_only() -> None:
    empty: dict[str, Any] = {"bay": [{"equipment": []}], "technician": []}
    assert list_gaps(empty, [service()]) == ["no technician, so nothing can be booked"]
