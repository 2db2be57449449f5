"""Rule 13: the first reason that binds, by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from booking.availability.engine.model import BookingRules, Demand, Reason, Workshop
from booking.availability.engine.why import find_reason, find_reason_of_day
from tests.booking.availability.engine.builders import (
    LONG_BEFORE,
    MONDAY,
    SUNDAY,
    at,
    bay,
    busy,
    car,
    closure,
    drop_off,
    make_hours,
    make_workshop,
    technician,
    visit,
    wait,
    weekdays,
)

HOURLY = BookingRules(slot_minutes=60)
LENT = replace(drop_off(60), courtesy_car=True)


def why(workshop: Workshop, demand: Demand, start: str, now: int = LONG_BEFORE) -> Reason | None:
    return find_reason(workshop, demand, arrives_at=at(start), now=now)


def why_day(workshop: Workshop, demand: Demand, on: date = MONDAY, now: int = LONG_BEFORE) -> Reason | None:
    return find_reason_of_day(workshop, demand, on=on, now=now)


def ruled(**rules: int) -> Workshop:
    return make_workshop(rules=replace(HOURLY, **rules))


def test_what_is_offered_has_no_reason() -> None:
    assert why(make_workshop(), wait(), "08:00") is None
    assert why(make_workshop(), drop_off(), "08:00") is None


@pytest.mark.parametrize("start", ["07:55", "18:00", "2026-06-07 10:00"])
def test_outside_the_opening_hours_it_is_closed(start: str) -> None:
    assert why(make_workshop(), wait(), start) == "closed"


@pytest.mark.parametrize("start", ["08:30", "08:01"])
def test_off_the_grid_is_no_slot_time(start: str) -> None:
    assert why(make_workshop(), wait(), start) == "no_slot_time"


def test_a_late_drop_off_is_named_before_the_horizon() -> None:
    shop = ruled(drop_off_until=600, horizon_days=1)
    assert why(shop, drop_off(), "11:00") == "drop_off_time"
    assert why(shop, wait(), "11:00") == "horizon"
    assert why(shop, drop_off(), "10:00") == "horizon"


def test_past_the_horizon_is_named() -> None:
    assert why(ruled(horizon_days=6), wait(), "08:00") == "horizon"
    assert why(ruled(horizon_days=7), wait(), "08:00") is None


def test_short_notice_and_the_past_are_notice() -> None:
    demand = replace(wait(), notice_minutes=60)
    assert why(make_workshop(), demand, "10:00", at("09:01")) == "notice"
    assert why(make_workshop(), demand, "10:00", at("09:00")) is None
    assert why(make_workshop(), wait(), "08:00", at("12:00")) == "notice"


def test_a_full_reception_is_named_before_a_cap() -> None:
    shop = replace(ruled(arrivals_per_slot=1), visits=(visit("08:00", services=(7,)),))
    demand = replace(wait(), caps=((7, 1),))
    assert why(shop, demand, "08:00") == "reception"
    assert why(shop, demand, "09:00") == "cap"


def test_a_cap_is_named_before_the_online_share() -> None:
    shop = replace(ruled(online_share=10), visits=(visit("08:00", services=(7,)),))
    assert why(shop, replace(wait(), caps=((7, 1),)), "09:00") == "cap"
    assert why(shop, wait(), "09:00") == "online_share"
    assert why(shop, replace(wait(), online=False), "09:00") is None


def test_without_the_equipment_no_bay_is_named_even_where_no_technician_is_able() -> None:
    demand = replace(wait(), equipment=frozenset({"lift"}), skills=frozenset({"ev"}))
    assert why(make_workshop(), demand, "08:00") == "no_bay"
    assert why(make_workshop(bays=(bay(1, "lift"),)), demand, "08:00") == "no_technician"


@pytest.mark.parametrize("demand", [wait(), drop_off(600)])
def test_the_one_that_is_never_clear_is_named(demand: Demand) -> None:
    bay_taken, technician_taken = busy(1, "08:00", "18:00"), busy(11, "08:00", "18:00")
    assert why(make_workshop(taken=(bay_taken,)), demand, "08:00") == "no_bay"
    assert why(make_workshop(taken=(technician_taken,)), demand, "08:00") == "no_technician"
    assert why(make_workshop(taken=(bay_taken, technician_taken)), demand, "08:00") == "both_busy"


def test_a_bay_that_cannot_be_cleared_in_time_is_no_bay() -> None:
    shop = make_workshop(taken=(busy(1, "09:00", "10:00"),))
    assert why(shop, replace(wait(), turnaround_minutes=5), "08:00") == "no_bay"
    assert why(shop, wait(), "08:00") is None


def test_each_free_but_never_for_the_same_row_is_never_together() -> None:
    shop = make_workshop(taken=(busy(1, "08:00", "13:00"), busy(11, "13:00", "18:00")))
    assert why(shop, drop_off(), "08:00") == "never_together"
    assert why(shop, drop_off(), "13:00") == "no_technician"


def test_work_longer_than_the_rest_of_the_day_is_not_in_time() -> None:
    assert why(make_workshop(), wait(120), "17:00") == "not_in_time"
    assert why(make_workshop(), drop_off(120), "17:00") == "not_in_time"
    assert why(make_workshop(), drop_off(120, stay_days=1), "17:00") is None


def test_taken_or_not_what_working_time_does_not_allow_is_not_in_time() -> None:
    taken = (busy(1, "08:00", "18:00"), busy(11, "08:00", "18:00"))
    assert why(make_workshop(taken=taken), wait(120), "17:00") == "not_in_time"


def test_a_technician_who_is_off_allows_no_row() -> None:
    mornings = technician(11, week=weekdays("08:00-12:00"))
    assert why(make_workshop(technicians=(mornings,)), wait(), "13:00") == "not_in_time"


def test_a_stay_past_a_year_of_closure_is_not_in_time() -> None:
    hours = make_hours(exceptions=(closure(date(2026, 6, 2), date(2028, 6, 1)),))
    assert why(make_workshop(hours=hours), drop_off(60, stay_days=1), "08:00") == "not_in_time"


def test_the_courtesy_car_is_sought_last() -> None:
    assert why(make_workshop(), LENT, "08:00") == "courtesy_car"
    assert why(make_workshop(cars=(car(21),)), LENT, "08:00") is None
    shop = make_workshop(cars=(car(21),), taken=(busy(21, "17:00", "18:00"),))
    assert why(shop, LENT, "08:00") == "courtesy_car"
    assert why(replace(shop, technicians=()), LENT, "08:00") == "no_technician"


def test_a_day_without_candidates_is_closed() -> None:
    assert why_day(make_workshop(), wait(), SUNDAY) == "closed"


def test_a_day_with_a_slot_has_no_reason() -> None:
    shop = make_workshop(taken=(busy(1, "08:00", "17:00"),))
    assert why_day(shop, wait()) is None


def test_a_day_is_told_by_the_reason_furthest_down_the_list() -> None:
    shop = make_workshop(taken=(busy(1, "08:00", "17:00"),))
    assert why_day(shop, wait(120)) == "not_in_time"
    assert why_day(shop, wait(), now=at("17:30")) == "notice"
    capped = replace(shop, visits=(visit("08:00", services=(7,)),))
    assert why_day(capped, replace(wait(), caps=((7, 1),))) == "cap"
    assert why_day(make_workshop(taken=(busy(1, "08:00", "18:00"),)), wait()) == "no_bay"
