"""Rule 6: whatever occupies a resource, at any hour, keeps rows away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from booking.availability.engine.model import BusyKind
from tests.booking.availability.engine.builders import (
    arrivals,
    busy,
    drop_off,
    is_refused,
    make_hours,
    make_workshop,
    wait,
)

MORNING = make_hours("08:00-11:00")
KINDS: tuple[BusyKind, ...] = ("job", "hold", "leave", "block", "imported")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("resource_id", [1, 11])
def test_an_occupancy_of_any_kind_takes_the_resource(resource_id: int, kind: BusyKind) -> None:
    workshop = make_workshop(hours=MORNING, taken=(busy(resource_id, "09:00", "10:00", kind),))
    assert arrivals(workshop, wait(60)) == ["08:00", "10:00"]


def test_an_occupancy_of_another_resource_takes_nothing() -> None:
    workshop = make_workshop(hours=MORNING, taken=(busy(99, "08:00", "11:00"),))
    assert arrivals(workshop, wait(60)) == ["08:00", "09:00", "10:00"]


def test_an_occupancy_that_ends_on_arrival_is_no_hindrance() -> None:
    assert not is_refused(make_workshop(taken=(busy(1, "07:00", "09:00"),)), wait(60), "09:00")


def test_an_occupancy_that_starts_when_the_row_ends_is_no_hindrance() -> None:
    assert not is_refused(make_workshop(taken=(busy(1, "10:00", "11:00"),)), wait(60), "09:00")


def test_an_occupancy_in_the_middle_of_the_row_hinders() -> None:
    assert is_refused(make_workshop(taken=(busy(1, "09:30", "09:35"),)), wait(60), "09:00")


def test_an_end_between_ticks_is_rounded_outward() -> None:
    assert is_refused(make_workshop(taken=(busy(1, "08:00", "09:01"),)), wait(60), "09:00")


def test_a_start_between_ticks_is_rounded_outward() -> None:
    workshop = make_workshop(taken=(busy(1, "09:59", "10:30"),))
    assert is_refused(workshop, wait(60), "09:00")


def test_an_occupancy_within_one_tick_takes_the_whole_of_it() -> None:
    assert is_refused(make_workshop(taken=(busy(1, "09:02", "09:03"),)), wait(5), "09:00")


def test_the_turnaround_must_be_clear_after_closing_time_too() -> None:
    workshop = make_workshop(hours=MORNING, taken=(busy(1, "11:00", "12:00", "block"),))
    assert is_refused(workshop, replace(wait(60), turnaround_minutes=5), "10:00")


@pytest.mark.parametrize("resource_id", [1, 11])
def test_a_pause_must_be_clear_too(resource_id: int) -> None:
    hours = make_hours("08:00-12:00", "14:00-18:00")
    workshop = make_workshop(hours=hours, taken=(busy(resource_id, "12:30", "13:00", "block"),))
    assert is_refused(workshop, drop_off(300), "08:00")


def test_occupancies_that_overlap_each_other_take_their_union() -> None:
    taken = (busy(1, "08:00", "10:00", "imported"), busy(1, "09:00", "09:30", "block"))
    assert arrivals(make_workshop(hours=MORNING, taken=taken), wait(60)) == ["10:00"]


def test_a_row_of_many_days_takes_all_of_them() -> None:
    taken = (busy(11, "2026-05-20 08:00", "2026-06-01 10:00", "leave"),)
    assert arrivals(make_workshop(hours=MORNING, taken=taken), wait(60)) == ["10:00"]
