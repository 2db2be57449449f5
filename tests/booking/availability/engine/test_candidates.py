"""Rule 5: the slot grid, notice and horizon."""

from __future__ import annotations

from dataclasses import replace

from booking.availability.engine.model import BookingRules
from tests.booking.availability.engine.builders import (
    MONDAY,
    SATURDAY,
    TUESDAY,
    WEDNESDAY,
    arrivals,
    at,
    every_day,
    is_refused,
    make_hours,
    make_workshop,
    placed,
    wait,
)

HALF_HOURS = BookingRules(slot_minutes=30)
SHORT = wait(5)


def test_arrivals_start_with_the_opening_and_follow_the_slot_step() -> None:
    workshop = make_workshop(hours=make_hours("08:00-10:00"), rules=HALF_HOURS)
    assert arrivals(workshop, SHORT) == ["08:00", "08:30", "09:00", "09:30"]


def test_nobody_arrives_at_closing_time() -> None:
    workshop = make_workshop(hours=make_hours("08:00-09:00"), rules=HALF_HOURS)
    assert "09:00" not in arrivals(workshop, SHORT)


def test_each_opening_interval_has_its_own_grid() -> None:
    workshop = make_workshop(hours=make_hours("08:00-09:10", "13:20-14:00"), rules=HALF_HOURS)
    assert arrivals(workshop, SHORT) == ["08:00", "08:30", "09:00", "13:20", "13:50"]


def test_each_date_has_its_own_grid_where_two_touch_at_midnight() -> None:
    hours = make_hours(week=every_day("00:10-24:00"))
    workshop = make_workshop(hours=hours, rules=BookingRules(slot_minutes=600))
    assert arrivals(workshop, SHORT, last_on=TUESDAY) == ["00:10", "10:10", "20:10"] * 2


def test_an_arrival_off_the_grid_is_not_offered() -> None:
    assert is_refused(make_workshop(), SHORT, "08:05")


def test_a_closed_day_offers_nothing() -> None:
    assert arrivals(make_workshop(), SHORT, on=SATURDAY) == []


def test_an_arrival_that_leaves_just_the_notice_is_offered() -> None:
    found = arrivals(make_workshop(), replace(SHORT, notice_minutes=120), now=at("08:00"))
    assert found[0] == "10:00"


def test_an_arrival_within_the_notice_is_not_offered() -> None:
    found = arrivals(make_workshop(), replace(SHORT, notice_minutes=125), now=at("08:00"))
    assert found[0] == "11:00"


def test_without_notice_somebody_can_arrive_right_now() -> None:
    assert arrivals(make_workshop(), SHORT, now=at("17:00")) == ["17:00"]


def test_the_past_is_not_offered() -> None:
    assert arrivals(make_workshop(), SHORT, now=at("17:01")) == []


def test_past_days_offer_nothing() -> None:
    assert arrivals(make_workshop(), SHORT, now=at("2026-06-08 08:00")) == []


def test_a_notice_of_days_reaches_over_midnight() -> None:
    found = arrivals(
        make_workshop(), replace(SHORT, notice_minutes=24 * 60), last_on=TUESDAY, now=at("16:00")
    )
    assert found == ["16:00", "17:00"]


def test_the_last_day_of_the_horizon_is_offered() -> None:
    workshop = make_workshop(rules=BookingRules(slot_minutes=60, horizon_days=1))
    assert len(arrivals(workshop, SHORT, on=TUESDAY, now=at("23:59"))) == 10


def test_a_day_past_the_horizon_is_not_offered() -> None:
    workshop = make_workshop(rules=BookingRules(slot_minutes=60, horizon_days=1))
    assert arrivals(workshop, SHORT, on=WEDNESDAY, last_on=SATURDAY, now=at("23:59")) == []


def test_the_horizon_counts_from_the_date_in_the_zone_of_the_workshop() -> None:
    auckland = "Pacific/Auckland"
    hours = make_hours(timezone=auckland)
    workshop = make_workshop(hours=hours, rules=BookingRules(slot_minutes=60, horizon_days=0))
    # Monday morning in Auckland is still Sunday in Greenwich.
    now = at(f"{MONDAY} 07:00", auckland)
    assert len(arrivals(workshop, SHORT, on=MONDAY, now=now)) == 10


def test_an_arrival_past_the_horizon_is_not_placed() -> None:
    workshop = make_workshop(rules=BookingRules(slot_minutes=60, horizon_days=1))
    assert is_refused(workshop, SHORT, "2026-06-03 08:00", now=at("08:00"))


def test_a_range_lists_the_days_in_order() -> None:
    workshop = make_workshop(hours=make_hours("08:00-10:00"))
    assert arrivals(workshop, SHORT, last_on=WEDNESDAY) == ["08:00", "09:00"] * 3


def test_an_arrival_on_the_grid_is_placed() -> None:
    assert placed(make_workshop(), SHORT, "09:00").arrives_at == at("09:00")
