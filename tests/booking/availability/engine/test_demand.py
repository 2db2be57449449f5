"""Rule 4: what a visit needs, summed up over its service types."""

from __future__ import annotations

from dataclasses import replace

import pytest

from booking.availability.engine.demand import CourtesyCarWithWait, ModeNotShared, build_demand
from booking.availability.engine.model import Demand, Mode, ServiceType

BOTH: frozenset[Mode] = frozenset({"wait", "drop_off"})
OIL = ServiceType(1, 45, BOTH)
BRAKES = ServiceType(2, 90, BOTH)
ENERGY_SKILLS = {"electric": frozenset({"ev"})}


def demand_for(
    *services: ServiceType,
    mode: Mode = "drop_off",
    vehicle_class: str | None = None,
    energy: str | None = None,
    notice: int = 0,
) -> Demand:
    return build_demand(
        services,
        mode=mode,
        vehicle_class=vehicle_class,
        energy=energy,
        energy_skills=ENERGY_SKILLS,
        workshop_notice_minutes=notice,
    )


def test_the_work_is_the_sum_of_the_minutes() -> None:
    assert demand_for(OIL, BRAKES).work_minutes == 135


def test_a_service_type_named_twice_counts_once() -> None:
    assert demand_for(OIL, OIL).work_minutes == 45


def test_the_minutes_of_the_vehicle_class_replace_the_plain_ones() -> None:
    assert (
        demand_for(replace(OIL, minutes_by_class={"van": 60}), BRAKES, vehicle_class="van").work_minutes
        == 150
    )


def test_a_class_without_own_minutes_takes_the_plain_ones() -> None:
    assert demand_for(replace(OIL, minutes_by_class={"van": 60}), vehicle_class="city").work_minutes == 45


def test_an_unknown_class_takes_the_plain_minutes() -> None:
    assert demand_for(replace(OIL, minutes_by_class={"van": 60})).work_minutes == 45


def test_the_equipment_of_all_service_types_is_needed() -> None:
    lift, stand = frozenset({"lift"}), frozenset({"alignment"})
    assert (
        demand_for(replace(OIL, equipment=lift), replace(BRAKES, equipment=stand)).equipment == lift | stand
    )


def test_the_equipment_of_the_class_comes_on_top() -> None:
    van = replace(OIL, equipment=frozenset({"lift"}), equipment_by_class={"van": frozenset({"long-lift"})})
    assert demand_for(van, vehicle_class="van").equipment == {"lift", "long-lift"}


def test_the_equipment_of_another_class_is_not_needed() -> None:
    van = replace(OIL, equipment_by_class={"van": frozenset({"long-lift"})})
    assert demand_for(van, vehicle_class="city").equipment == frozenset()


def test_the_skills_of_all_service_types_are_needed() -> None:
    one, other = replace(OIL, skills=frozenset({"mechanics"})), replace(BRAKES, skills=frozenset({"brakes"}))
    assert demand_for(one, other).skills == {"mechanics", "brakes"}


def test_the_energy_adds_its_skills_whatever_the_service_types() -> None:
    assert demand_for(OIL, energy="electric").skills == {"ev"}


def test_an_energy_without_skills_adds_none() -> None:
    assert demand_for(OIL, energy="petrol").skills == frozenset()


def test_the_longest_turnaround_stands() -> None:
    assert (
        demand_for(
            replace(OIL, turnaround_minutes=5), replace(BRAKES, turnaround_minutes=15)
        ).turnaround_minutes
        == 15
    )


def test_the_longest_notice_stands() -> None:
    assert demand_for(OIL, replace(BRAKES, notice_minutes=240), notice=120).notice_minutes == 240


def test_the_notice_of_the_workshop_stands_when_it_is_longer() -> None:
    assert demand_for(OIL, replace(BRAKES, notice_minutes=60), notice=120).notice_minutes == 120


def test_the_longest_stay_stands() -> None:
    assert demand_for(replace(OIL, stay_days=2), BRAKES).stay_days == 2


def test_each_cap_is_kept_and_no_cap_is_none() -> None:
    assert demand_for(OIL, replace(BRAKES, max_per_day=3)).caps == ((2, 3),)


def test_a_mode_that_one_service_type_lacks_is_refused() -> None:
    with pytest.raises(ModeNotShared):
        demand_for(OIL, replace(BRAKES, modes=frozenset({"drop_off"})), mode="wait")


def test_a_courtesy_car_for_somebody_who_waits_is_refused() -> None:
    with pytest.raises(CourtesyCarWithWait):
        build_demand(
            [OIL],
            mode="wait",
            vehicle_class=None,
            energy=None,
            energy_skills={},
            workshop_notice_minutes=0,
            courtesy_car=True,
        )


@pytest.mark.parametrize("minutes", [0, 42])
def test_work_that_is_no_positive_multiple_of_five_minutes_is_refused(minutes: int) -> None:
    with pytest.raises(ValueError, match=f"{minutes} minutes"):
        demand_for(replace(OIL, minutes=minutes))


def test_choosing_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0 minutes"):
        demand_for()
