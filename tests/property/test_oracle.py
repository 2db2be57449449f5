"""The oracle against examples worked out by hand: it is the second opinion, so it must be right itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.availability.engine.model import (
    Bay,
    BookingRules,
    Busy,
    CourtesyCar,
    DatedException,
    Demand,
    Hours,
    Placement,
    Row,
    Slot,
    Spans,
    Technician,
    Visit,
    Week,
    Workshop,
)
from tests.property.oracle import oracle_place, oracle_slots

PARIS, LORD_HOWE, APIA, CAIRO = "Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo"
MONDAY = date(2026, 3, 2)
MORNING: Spans = ((480, 720),)
DAY: Spans = ((480, 720), (810, 1080))
WAIT = Demand(mode="wait", work_minutes=60)
DROP_OFF = Demand(mode="drop_off", work_minutes=60)


def at(text: str, timezone: str = PARIS, fold: int = 0) -> int:
    """Return the instant of a local time such as ``2026-03-02 08:00``."""
    local = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(timezone), fold=fold)
    return int(local.timestamp()) // 60


def every_day(spans: Spans) -> Week:
    return spans, spans, spans, spans, spans, spans, spans


def workshop(spans: Spans = MORNING, timezone: str = PARIS, slot_minutes: int = 60) -> Workshop:
    """Return one bay (10) and one technician (20) with these hours on every day."""
    rules = BookingRules(slot_minutes=slot_minutes)
    return Workshop(Hours(timezone, every_day(spans)), rules, (Bay(10, 0),), (Technician(20, 0),))


def arrivals(shop: Workshop, demand: Demand = WAIT, on: date = MONDAY, days_before: int = 1) -> list[str]:
    """Return the arrivals offered on a date as local wall times."""
    zone = ZoneInfo(shop.hours.timezone)
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=zone) - timedelta(days=days_before)
    slots = oracle_slots(shop, demand, on, on, int(noon.timestamp()) // 60)
    return [datetime.fromtimestamp(slot.arrives_at * 60, zone).strftime("%H:%M") for slot in slots]


def placed(shop: Workshop, demand: Demand, arrival: str) -> Placement:
    arrives_at = at(f"2026-03-02 {arrival}")
    placement = oracle_place(shop, demand, arrives_at, arrives_at - 1440)
    assert placement is not None
    return placement


def job(resource_id: int, first: str, last: str) -> Busy:
    return Busy(resource_id, at(f"2026-03-02 {first}"), at(f"2026-03-02 {last}"), "job")


def test_a_free_morning_offers_its_whole_grid() -> None:
    assert arrivals(workshop()) == ["08:00", "09:00", "10:00", "11:00"]


def test_a_wait_is_ready_when_the_work_ends() -> None:
    slots = oracle_slots(workshop(), WAIT, MONDAY, MONDAY, at("2026-03-01 12:00"))
    assert slots[0] == Slot(at("2026-03-02 08:00"), at("2026-03-02 09:00"))


def test_a_gap_moves_an_opening_forward_by_its_length() -> None:
    shop = workshop(((150, 360),), slot_minutes=30)
    assert arrivals(shop, on=date(2026, 3, 29)) == ["03:30", "04:00", "04:30", "05:00"]


def test_a_gap_moves_a_closing_forward_by_its_length() -> None:
    shop = workshop(((60, 150),), slot_minutes=30)
    assert arrivals(shop, replace(WAIT, work_minutes=30), date(2026, 3, 29)) == ["01:00", "01:30", "03:00"]


def test_an_interval_that_a_gap_reverses_is_dropped() -> None:
    assert arrivals(workshop(((150, 190),)), replace(WAIT, work_minutes=5), date(2026, 3, 29)) == []


def test_an_hour_shown_twice_opens_the_first_time_and_closes_the_second() -> None:
    shop = workshop(((135, 165),), slot_minutes=30)
    assert arrivals(shop, replace(WAIT, work_minutes=30), date(2026, 10, 25)) == ["02:15", "02:45", "02:15"]


def test_a_gap_of_half_an_hour_is_half_an_hour() -> None:
    shop = workshop(((90, 180),), LORD_HOWE, slot_minutes=30)
    assert arrivals(shop, replace(WAIT, work_minutes=30), date(2026, 10, 4)) == ["01:30", "02:30"]


def test_a_day_that_closes_at_24_ends_where_the_clocks_say_one() -> None:
    shop = workshop(((1320, 1440),), CAIRO)
    assert arrivals(shop, on=date(2026, 4, 23)) == ["22:00", "23:00"]


def test_a_day_that_ends_twice_closes_at_its_second_end() -> None:
    shop = workshop(((1320, 1440),), CAIRO)
    assert arrivals(shop, on=date(2026, 10, 29)) == ["22:00", "23:00", "23:00"]


def test_a_date_that_the_clocks_skip_has_no_slots() -> None:
    assert arrivals(workshop(timezone=APIA), on=date(2011, 12, 30), days_before=2) == []


def test_the_date_after_a_skipped_one_keeps_its_own_hours() -> None:
    shop = workshop(timezone=APIA)
    special = DatedException(date(2011, 12, 30), date(2011, 12, 30), ((900, 960),))
    shop = replace(shop, hours=replace(shop.hours, exceptions=(special,)))
    assert arrivals(shop, on=date(2011, 12, 31), days_before=3) == ["08:00", "09:00", "10:00", "11:00"]


def test_of_overlapping_exceptions_the_last_stands() -> None:
    closed = DatedException(MONDAY, MONDAY, ())
    special = DatedException(MONDAY, MONDAY, ((600, 720),))
    shop = workshop()
    shop = replace(
        shop, hours=replace(shop.hours, exceptions=(closed, special), holidays=frozenset({MONDAY}))
    )
    assert arrivals(shop) == ["10:00", "11:00"]


def test_a_holiday_closes_the_weekly_hours() -> None:
    shop = workshop()
    shop = replace(shop, hours=replace(shop.hours, holidays=frozenset({MONDAY})))
    assert arrivals(shop) == []


def test_a_wait_runs_through_midnight_where_two_dates_touch() -> None:
    assert arrivals(workshop(((0, 60), (1380, 1440))), replace(WAIT, work_minutes=90)) == ["23:00"]


def test_own_hours_take_the_rest_of_the_opening_away() -> None:
    shop = replace(workshop(), technicians=(Technician(20, 0, week=every_day(((540, 660),))),))
    assert arrivals(shop) == ["09:00", "10:00"]


@pytest.mark.parametrize("taken", [10, 20])
def test_a_busy_row_is_rounded_outward(taken: int) -> None:
    busy = Busy(taken, at("2026-03-02 09:58"), at("2026-03-02 10:01"), "imported")
    demand = replace(WAIT, work_minutes=55)
    assert arrivals(replace(workshop(), busy=(busy,)), demand) == ["08:00", "09:00", "11:00"]


def test_the_turnaround_may_run_past_closing() -> None:
    assert arrivals(workshop(), replace(WAIT, turnaround_minutes=30))[-1] == "11:00"


def test_the_turnaround_after_closing_needs_the_bay_clear() -> None:
    shop = replace(workshop(), busy=(job(10, "12:15", "12:30"),))
    assert arrivals(shop, replace(WAIT, turnaround_minutes=30)) == ["08:00", "09:00", "10:00"]


def test_notice_takes_the_next_hours_away() -> None:
    slots = oracle_slots(
        workshop(), replace(WAIT, notice_minutes=120), MONDAY, MONDAY, at("2026-03-02 07:01")
    )
    assert [slot.arrives_at for slot in slots] == [at("2026-03-02 10:00"), at("2026-03-02 11:00")]


def test_a_day_past_the_horizon_has_no_slots() -> None:
    shop = workshop()
    assert arrivals(replace(shop, rules=replace(shop.rules, horizon_days=1)), days_before=2) == []


def test_drop_off_work_pauses_at_lunch() -> None:
    row = placed(workshop(DAY), replace(DROP_OFF, work_minutes=120), "11:00").technician
    assert row == Row(20, at("2026-03-02 11:00"), at("2026-03-02 14:30"))


def test_drop_off_work_does_not_pause_for_another_job() -> None:
    shop = replace(workshop(DAY), busy=(job(20, "11:30", "11:45"),))
    row = placed(shop, replace(DROP_OFF, work_minutes=120), "11:00").technician
    assert row == Row(20, at("2026-03-02 11:45"), at("2026-03-02 15:15"))


def test_drop_off_work_that_does_not_fit_into_the_day_is_refused() -> None:
    assert arrivals(workshop(), replace(DROP_OFF, work_minutes=150)) == ["08:00", "09:00"]


def test_a_stay_day_gives_drop_off_work_the_next_open_day() -> None:
    shop = workshop()
    shop = replace(shop, hours=replace(shop.hours, holidays=frozenset({MONDAY + timedelta(days=1)})))
    placement = placed(shop, replace(DROP_OFF, work_minutes=150, stay_days=1), "11:00")
    assert placement.work_ends_at == at("2026-03-04 09:30")


def test_a_drop_off_after_the_latest_hour_is_not_offered() -> None:
    shop = workshop()
    assert arrivals(replace(shop, rules=replace(shop.rules, drop_off_until=540)), DROP_OFF) == [
        "08:00",
        "09:00",
    ]


def test_ready_is_rounded_up_to_the_quarter() -> None:
    assert placed(workshop(), replace(DROP_OFF, work_minutes=35), "08:00").ready_at == at("2026-03-02 08:45")


def test_ready_is_not_past_closing() -> None:
    shop = workshop(((480, 550),))
    assert placed(shop, replace(DROP_OFF, work_minutes=65), "08:00").ready_at == at("2026-03-02 09:10")


def test_reception_counts_the_arrivals_of_one_slot() -> None:
    shop = workshop()
    visits = (Visit(at("2026-03-02 09:55"), 5, False), Visit(at("2026-03-02 11:00"), 5, True))
    shop = replace(shop, rules=replace(shop.rules, arrivals_per_slot=1), visits=visits)
    assert arrivals(shop) == ["08:00", "10:00"]


@pytest.mark.parametrize(("most", "offered"), [(1, 0), (2, 4)])
def test_a_full_service_type_closes_the_day(most: int, offered: int) -> None:
    shop = replace(workshop(), visits=(Visit(at("2026-03-02 09:00"), 5, False, frozenset({7})),))
    assert len(arrivals(shop, replace(WAIT, caps=((7, most),)))) == offered


@pytest.mark.parametrize(("share", "offered"), [(49, 0), (50, 4)])
def test_online_work_takes_at_most_its_share(share: int, offered: int) -> None:
    shop = replace(
        workshop(), visits=(Visit(at("2026-03-02 09:00"), 60, True), Visit(at("2026-03-02 09:00"), 60, False))
    )
    shop = replace(shop, rules=replace(shop.rules, online_share=share))
    assert len(arrivals(shop)) == offered


def test_the_online_share_is_released_before_the_arrival() -> None:
    shop = workshop()
    shop = replace(shop, rules=replace(shop.rules, online_share=1, release_hours=21))
    assert arrivals(shop) == ["08:00", "09:00"]


def test_a_courtesy_car_is_lent_until_the_last_closing() -> None:
    shop = replace(workshop(DAY), courtesy_cars=(CourtesyCar(31, 1), CourtesyCar(30, 0)))
    shop = replace(shop, busy=(job(30, "17:55", "18:00"),))
    car = placed(shop, replace(DROP_OFF, courtesy_car=True), "09:00").courtesy_car
    assert car == Row(31, at("2026-03-02 09:00"), at("2026-03-02 18:00"))


def test_without_a_courtesy_car_the_slot_is_not_offered() -> None:
    assert arrivals(workshop(), replace(DROP_OFF, courtesy_car=True)) == []


def choose(
    technicians: tuple[Technician, ...], bays: tuple[Bay, ...], busy: tuple[Busy, ...] = ()
) -> tuple[int, int]:
    """Return who and where a drop-off at nine is placed."""
    shop = replace(workshop(DAY), technicians=technicians, bays=bays, busy=busy)
    placement = placed(shop, replace(DROP_OFF, work_minutes=180), "09:00")
    return placement.technician.resource_id, placement.bay.resource_id


def test_the_earliest_start_comes_before_the_earliest_end() -> None:
    slow = Technician(20, 0, frozenset({"ev"}), every_day(((480, 570), (810, 1080))))
    quick = Technician(21, 1)
    assert choose((slow, quick), (Bay(10, 0),), (job(21, "09:00", "09:05"),)) == (20, 10)


def test_of_equal_starts_the_earliest_end_comes_first() -> None:
    slow = Technician(20, 0, week=every_day(((480, 570), (810, 1080))))
    quick = Technician(21, 1, frozenset({"ev"}))
    assert choose((slow, quick), (Bay(10, 0),)) == (21, 10)


def test_fewer_skills_come_before_fewer_booked_minutes() -> None:
    skilled, plain = Technician(20, 0, frozenset({"ev"})), Technician(21, 1)
    assert choose((skilled, plain), (Bay(10, 0),), (job(21, "14:00", "15:00"),)) == (21, 10)


def test_fewer_booked_minutes_come_before_the_position() -> None:
    first, second = Technician(20, 0), Technician(21, 1)
    leave = Busy(21, at("2026-03-02 14:00"), at("2026-03-02 16:00"), "leave")
    assert choose((first, second), (Bay(10, 0),), (job(20, "14:00", "15:00"), leave)) == (21, 10)


def test_booked_minutes_outside_working_time_do_not_count() -> None:
    first, second = Technician(20, 0), Technician(21, 1)
    assert choose((first, second), (Bay(10, 0),), (job(20, "19:00", "21:00"), job(21, "17:55", "18:00"))) == (
        20,
        10,
    )


def test_fewer_equipment_tags_come_before_the_shorter_free_run() -> None:
    lift, plain = Bay(10, 0, frozenset({"lift"})), Bay(11, 1)
    assert choose((Technician(20, 0),), (lift, plain), (job(10, "08:00", "09:00"),)) == (20, 11)


def test_the_shorter_free_run_skips_lunch_and_comes_before_the_position() -> None:
    # Free around 09:00-12:00: bay 10 has 60 + 30 minutes, bay 11 has 30 + 45.
    bays = (Bay(10, 0), Bay(11, 1))
    busy = (job(10, "14:00", "18:00"), job(11, "08:00", "08:30"), job(11, "14:15", "14:20"))
    assert choose((Technician(20, 0),), bays, busy) == (20, 11)


def test_all_else_equal_the_position_decides_not_the_order_of_the_list() -> None:
    staff = (Technician(21, 1), Technician(20, 0))
    assert choose(staff, (Bay(11, 1), Bay(10, 0))) == (20, 10)


def test_drop_off_work_pauses_outside_own_hours() -> None:
    part_time = Technician(20, 0, week=every_day(((480, 540), (600, 720))))
    shop = replace(workshop(slot_minutes=30), technicians=(part_time,))
    row = placed(shop, DROP_OFF, "08:30").technician
    assert row == Row(20, at("2026-03-02 08:30"), at("2026-03-02 10:30"))
