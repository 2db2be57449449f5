"""Rules 9 and 10: reception, caps of service types and the online share of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from booking.availability.engine.model import BookingRules, Demand, Visit, Workshop
from booking.availability.engine.search import list_slots
from tests.booking.availability.engine.builders import (
    CLOSED,
    TUESDAY,
    arrivals,
    at,
    bay,
    drop_off,
    every_day,
    is_refused,
    make_hours,
    make_workshop,
    technician,
    visit,
    wait,
    weekdays,
)

SHORT = wait(5)


def reception(*visits: Visit, places: int = 1) -> Workshop:
    rules = BookingRules(slot_minutes=30, arrivals_per_slot=places)
    return make_workshop(hours=make_hours("08:00-10:00"), rules=rules, visits=visits)


def capped(*visits: Visit) -> Workshop:
    return make_workshop(hours=make_hours("08:00-10:00"), visits=visits)


def shared(*visits: Visit, share: int = 50, release_hours: int = 0) -> Workshop:
    """One technician, ten hours a day: a share of 50 is 300 minutes."""
    rules = BookingRules(slot_minutes=60, online_share=share, release_hours=release_hours)
    return make_workshop(rules=rules, visits=visits)


def test_a_slot_with_as_many_arrivals_as_places_is_full() -> None:
    assert arrivals(reception(visit("08:30")), SHORT) == ["08:00", "09:00", "09:30"]


def test_a_slot_with_a_place_left_is_offered() -> None:
    assert not is_refused(reception(visit("08:30"), places=2), SHORT, "08:30")


def test_a_second_arrival_fills_the_second_place() -> None:
    assert is_refused(reception(visit("08:30"), visit("08:30"), places=2), SHORT, "08:30")


def test_without_a_limit_any_number_may_arrive() -> None:
    assert not is_refused(reception(*[visit("08:30")] * 9, places=0), SHORT, "08:30")


def test_an_arrival_off_the_grid_counts_for_the_slot_it_falls_in() -> None:
    assert arrivals(reception(visit("08:55")), SHORT) == ["08:00", "09:00", "09:30"]


def test_an_arrival_at_the_end_of_a_slot_counts_for_the_next() -> None:
    assert arrivals(reception(visit("09:00")), SHORT) == ["08:00", "08:30", "09:30"]


def test_a_visit_without_service_or_online_mark_takes_a_place_too() -> None:
    assert is_refused(reception(visit("08:30", online=False)), SHORT, "08:30")


def test_reception_binds_drop_offs_as_well() -> None:
    assert is_refused(reception(visit("08:30")), drop_off(5), "08:30")


@pytest.mark.time
def test_reception_tells_the_two_occurrences_of_an_hour_apart() -> None:
    autumn = date(2026, 10, 25)
    night = make_hours(week=every_day("02:00-03:00"))
    rules = BookingRules(slot_minutes=60, arrivals_per_slot=1)
    first = Visit(at("2026-10-25 02:00"), 5, True)
    workshop = make_workshop(hours=night, rules=rules, visits=(first,))
    slots = list_slots(workshop, SHORT, first_on=autumn, last_on=autumn, now=at("2026-10-20 08:00"))
    assert [slot.arrives_at for slot in slots] == [at("2026-10-25 02:00", second=True)]


def test_a_service_type_at_its_cap_is_refused_all_day() -> None:
    demand = replace(SHORT, caps=((7, 1),))
    assert arrivals(capped(visit("15:00", services=(7,))), demand) == []


def test_a_service_type_below_its_cap_is_offered() -> None:
    demand = replace(SHORT, caps=((7, 2),))
    assert arrivals(capped(visit("15:00", services=(7,))), demand) == ["08:00", "09:00"]


def test_visits_with_other_service_types_do_not_count_for_a_cap() -> None:
    demand = replace(SHORT, caps=((7, 1),))
    assert arrivals(capped(visit("15:00", services=(8,))), demand) != []


def test_visits_of_other_days_do_not_count_for_a_cap() -> None:
    demand = replace(SHORT, caps=((7, 1),))
    assert arrivals(capped(visit("2026-06-02 00:00", services=(7,))), demand) != []


def test_visits_made_at_the_desk_count_for_a_cap() -> None:
    demand = replace(SHORT, caps=((7, 1),), online=False)
    assert arrivals(capped(visit("15:00", online=False, services=(7,))), demand) == []


def test_each_chosen_service_type_has_its_own_cap() -> None:
    demand = replace(SHORT, caps=((7, 2), (8, 1)))
    assert arrivals(capped(visit("15:00", services=(8,))), demand) == []


def test_a_visit_with_several_service_types_counts_for_each() -> None:
    demand = replace(SHORT, caps=((8, 1),))
    assert arrivals(capped(visit("15:00", services=(7, 8))), demand) == []


def test_a_cap_counts_the_local_date_of_the_workshop() -> None:
    auckland = "Pacific/Auckland"
    late = Visit(at("2026-06-01 23:00", auckland), 5, True, frozenset({7}))
    workshop = make_workshop(hours=make_hours(timezone=auckland), visits=(late,))
    demand = replace(SHORT, caps=((7, 1),))
    assert len(arrivals(workshop, demand, last_on=TUESDAY)) == 10


def test_online_work_may_fill_its_share_exactly() -> None:
    assert arrivals(shared(visit("08:00", 240)), wait(60)) != []


def test_online_work_may_not_pass_its_share() -> None:
    assert arrivals(shared(visit("08:00", 245)), wait(60)) == []


def test_work_taken_by_the_desk_does_not_count_for_the_share() -> None:
    assert arrivals(shared(visit("08:00", 300, online=False)), wait(60)) != []


def test_work_of_other_days_does_not_count_for_the_share() -> None:
    assert arrivals(shared(visit("2026-06-02 08:00", 300)), wait(60)) != []


def test_the_share_does_not_bind_the_desk() -> None:
    assert arrivals(shared(visit("08:00", 300)), replace(wait(60), online=False)) != []


def test_a_share_of_hundred_is_no_limit() -> None:
    assert arrivals(shared(visit("08:00", 6000), share=100), wait(60)) != []


def test_a_share_of_zero_keeps_all_of_the_day_for_the_desk() -> None:
    assert arrivals(shared(share=0), wait(5)) == []


def test_the_share_is_of_all_technicians_whatever_their_skills() -> None:
    workshop = replace(
        shared(visit("08:00", 300)), technicians=(technician(11, "ev"), technician(12)), bays=(bay(1),)
    )
    assert arrivals(workshop, Demand("wait", 60, skills=frozenset({"ev"}))) != []


def test_the_share_counts_own_hours_not_those_of_the_workshop() -> None:
    half_time = technician(11, week=weekdays("08:00-13:00"))
    assert arrivals(replace(shared(visit("08:00", 95)), technicians=(half_time,)), wait(60)) == []


def test_a_technician_who_is_off_adds_nothing_to_the_share() -> None:
    off_on_monday = technician(12, week=(CLOSED, *weekdays("08:00-18:00")[1:]))
    workshop = replace(shared(visit("08:00", 245)), technicians=(technician(11), off_on_monday))
    assert arrivals(workshop, wait(60)) == []


def test_the_share_is_released_shortly_before_the_arrival() -> None:
    workshop = shared(visit("08:00", 300), release_hours=2)
    assert arrivals(workshop, wait(60), now=at("10:00")) == ["10:00", "11:00", "12:00"]


def test_a_minute_before_its_release_the_share_still_binds() -> None:
    workshop = shared(visit("08:00", 300), release_hours=2)
    assert is_refused(workshop, wait(60), "12:00", now=at("09:59"))


def test_with_zero_release_hours_the_share_is_never_released() -> None:
    assert arrivals(shared(visit("08:00", 300)), wait(60), now=at("17:00")) == []


@pytest.mark.parametrize(("share", "is_offered"), [(33, False), (34, True)])
def test_the_share_is_not_rounded(share: int, is_offered: bool) -> None:
    # 100 x 200 minutes are more than 33 x 600, and less than 34 x 600.
    assert bool(arrivals(shared(share=share), wait(200))) is is_offered


def test_a_released_slot_still_obeys_the_cap() -> None:
    workshop = shared(visit("08:00", 300, services=(7,)), release_hours=2)
    assert arrivals(workshop, replace(wait(60), caps=((7, 1),)), now=at("10:00")) == []
