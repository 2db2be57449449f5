"""What one bay and one technician can do together, whatever the time."""

from __future__ import annotations

from booking.availability.engine.ability import is_able, list_ways_out
from booking.availability.engine.model import Bay, Demand, Hours, Technician, Workshop
from booking.availability.engine.model import BookingRules as Rules

WORKSHOP = Workshop(
    hours=Hours(timezone="Europe/Paris", week=((), (), (), (), (), (), ())),
    rules=Rules(),
    bays=(Bay(1, 0, frozenset({"lift", "tester"})), Bay(2, 1, frozenset({"lane"}))),
    technicians=(
        Technician(3, 0, frozenset({"mechanics", "diagnosis"})),
        Technician(4, 1, frozenset({"mechanics", "tyres"})),
    ),
)


def need(equipment: str = "", skills: str = "") -> Demand:
    """A part of a visit; tags parted by spaces."""
    return Demand("wait", 30, equipment=frozenset(equipment.split()), skills=frozenset(skills.split()))


OIL = need("lift", "mechanics")
DIAGNOSIS = need("tester", "diagnosis")
TEST = need("lane", "mechanics")
TYRES = need("", "tyres")
ROCKET = need("ramp", "physics")


def test_what_one_bay_and_one_technician_have_can_be_done_together() -> None:
    assert is_able(WORKSHOP, [OIL, DIAGNOSIS])


def test_no_bay_has_the_equipment_of_both() -> None:
    assert not is_able(WORKSHOP, [OIL, TEST])


def test_no_technician_has_the_skills_of_both() -> None:
    assert not is_able(WORKSHOP, [DIAGNOSIS, TYRES])


def test_of_two_that_do_not_go_together_either_may_be_left_out() -> None:
    assert list_ways_out(WORKSHOP, [OIL, TEST]) == [(0,), (1,)]


def test_of_three_the_one_that_hinders_is_named() -> None:
    assert list_ways_out(WORKSHOP, [OIL, TEST, DIAGNOSIS]) == [(1,)]


def test_where_one_is_not_enough_the_first_that_go_together_are_kept() -> None:
    assert list_ways_out(WORKSHOP, [DIAGNOSIS, TEST, TYRES, OIL]) == [(1, 2)]


def test_what_nobody_can_do_is_left_out() -> None:
    assert list_ways_out(WORKSHOP, [OIL, ROCKET]) == [(1,)]


def test_where_nothing_can_be_done_there_is_no_way_out() -> None:
    assert list_ways_out(WORKSHOP, [ROCKET]) == []
