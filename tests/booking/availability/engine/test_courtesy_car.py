"""Rule 11: a courtesy car, from the arrival to the last closing of the day on which the work ends."""

from __future__ import annotations

from dataclasses import replace

from booking.availability.engine.model import BookingRules, Row
from tests.booking.availability.engine.builders import (
    CLOSED,
    arrivals,
    at,
    busy,
    car,
    drop_off,
    is_refused,
    make_hours,
    make_workshop,
    placed,
    spans,
    technician,
)

LUNCH = make_hours("08:00-12:00", "13:30-18:00")
WITH_CAR = replace(drop_off(60), courtesy_car=True)


def test_no_car_is_taken_when_none_is_asked_for() -> None:
    assert placed(make_workshop(cars=(car(21),)), drop_off(60), "08:00").courtesy_car is None


def test_the_car_is_taken_from_the_arrival_to_the_last_closing_of_the_day() -> None:
    found = placed(make_workshop(hours=LUNCH, cars=(car(21),)), WITH_CAR, "09:00")
    assert found.courtesy_car == Row(21, at("09:00"), at("18:00"))


def test_the_car_is_taken_from_the_arrival_even_if_the_work_starts_later() -> None:
    workshop = make_workshop(cars=(car(21),), taken=(busy(1, "08:00", "12:00"),))
    found = placed(workshop, WITH_CAR, "09:00")
    assert found.courtesy_car == Row(21, at("09:00"), at("18:00"))


def test_the_car_is_kept_until_the_closing_of_the_day_of_the_last_minute() -> None:
    found = placed(make_workshop(cars=(car(21),)), replace(WITH_CAR, work_minutes=120, stay_days=1), "17:00")
    assert found.courtesy_car == Row(21, at("17:00"), at("2026-06-02 18:00"))


def test_work_that_ends_at_midnight_keeps_the_car_no_longer() -> None:
    hours = make_hours(week=(((960, 1440),), ((0, 600),), (), (), (), (), ()))
    workshop = make_workshop(hours=hours, cars=(car(21),), rules=BookingRules(slot_minutes=60))
    found = placed(workshop, replace(WITH_CAR, stay_days=1), "23:00")
    assert found.courtesy_car == Row(21, at("23:00"), at("2026-06-02 00:00"))


def test_a_workshop_without_cars_offers_nothing_to_those_who_need_one() -> None:
    assert arrivals(make_workshop(), WITH_CAR) == []


def test_a_car_that_is_taken_in_the_afternoon_cannot_be_lent_in_the_morning() -> None:
    workshop = make_workshop(cars=(car(21),), taken=(busy(21, "17:55", "18:00"),))
    assert arrivals(workshop, WITH_CAR) == []


def test_a_car_that_is_needed_elsewhere_after_closing_can_be_lent() -> None:
    workshop = make_workshop(cars=(car(21),), taken=(busy(21, "18:00", "19:00", "block"),))
    assert not is_refused(workshop, WITH_CAR, "08:00")


def test_a_car_that_comes_back_in_the_morning_can_be_lent_from_then() -> None:
    workshop = make_workshop(cars=(car(21),), taken=(busy(21, "2026-05-29 08:00", "2026-06-01 15:00"),))
    assert arrivals(workshop, WITH_CAR) == ["15:00", "16:00", "17:00"]


def test_the_first_clear_car_by_position_is_lent() -> None:
    cars = (car(21, position=3), car(22, position=1), car(23, position=2))
    workshop = make_workshop(cars=cars, taken=(busy(22, "08:00", "09:00"),))
    found = placed(workshop, WITH_CAR, "08:00").courtesy_car
    assert found is not None
    assert found.resource_id == 23


# Technician 11 starts on Monday evening and ends on Wednesday; 12 starts and ends on Tuesday.
SLOW = technician(11, week=(spans("17:00-18:00"), CLOSED, spans("08:00-18:00"), *(CLOSED,) * 4))
QUICK = technician(12, week=(CLOSED, spans("08:00-18:00"), *(CLOSED,) * 5))
OVER_NIGHT = replace(WITH_CAR, work_minutes=120, stay_days=2)
CAR_GONE_ON_WEDNESDAY = busy(21, "2026-06-03 12:00", "2026-06-03 13:00")


def test_a_car_that_is_clear_for_the_only_placement_is_lent() -> None:
    workshop = make_workshop(technicians=(QUICK,), cars=(car(21),), taken=(CAR_GONE_ON_WEDNESDAY,))
    assert not is_refused(workshop, OVER_NIGHT, "17:00")


def test_no_other_technician_or_start_is_tried_for_the_sake_of_a_car() -> None:
    workshop = make_workshop(technicians=(SLOW, QUICK), cars=(car(21),), taken=(CAR_GONE_ON_WEDNESDAY,))
    assert is_refused(workshop, OVER_NIGHT, "17:00")


def test_a_car_asked_for_by_somebody_who_waits_is_not_taken() -> None:
    workshop = make_workshop(cars=(car(21),))
    assert placed(workshop, replace(WITH_CAR, mode="wait"), "08:00").courtesy_car is None


def test_the_car_must_be_clear_on_arrival_even_if_the_work_starts_later() -> None:
    workshop = make_workshop(cars=(car(21),), taken=(busy(1, "08:00", "12:00"), busy(21, "08:00", "08:30")))
    assert is_refused(workshop, WITH_CAR, "08:00")
