"""The slot step: ways to come, the strip of days, the times, and what is said when there are none."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask

from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.steps import CONTACT, Steps, text_of

TUESDAY_AT_NINE = "2026-11-24T09:00:00+01:00"


def headings(page: str) -> list[str]:
    return re.findall(r'<p class="slots-h">([^<]+)', page)


def way_in_use(page: str) -> list[str]:
    return re.findall(r'name="change_mode" value="([a-z_]+)" aria-pressed="true"', page)


def test_times_are_grouped_by_half_day(visitor: Steps) -> None:
    page = visitor.up_to_slot().get("slot", day="2026-11-24").get_data(as_text=True)
    assert headings(page) == ["Morning", "Afternoon"]


def test_an_evening_stands_apart(client: CarefulClient, app: Flask, clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 11, 23, 7, tzinfo=UTC))
    with app.app_context():
        late = make_garage(hours={"tue": [[1050, 1200]]})
    page = Steps(client, late).up_to_slot().get("slot").get_data(as_text=True)
    assert headings(page) == ["Afternoon", "Evening"]


def test_more_than_twelve_times_wait_behind_a_fold(
    client: CarefulClient, app: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 11, 23, 7, tzinfo=UTC))
    with app.app_context():
        fine = make_garage(hours={"tue": [[480, 720]]}, rules={"slot_minutes": 15})
    page = Steps(client, fine).up_to_slot().get("slot").get_data(as_text=True)
    before, _, after = page.partition('<details class="more"')
    assert (before.count('name="arrives_at" value="2026'), "More times" in after) == (13, True)


def test_times_carry_the_workshops_offset(visitor: Steps) -> None:
    assert TUESDAY_AT_NINE in visitor.up_to_slot().list_times(day="2026-11-24")


def test_the_strip_begins_on_the_first_bookable_day(visitor: Steps, clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 11, 27, 17, tzinfo=UTC))  # Friday evening; Monday is next
    page = visitor.up_to_slot().get("slot").get_data(as_text=True)
    assert re.findall(r'<span class="dn">(\d+)</span>', page) == ["30", "1", "2", "3", "4", "5", "6"]


def test_the_strip_pages_on_and_back(visitor: Steps) -> None:
    page = visitor.up_to_slot().get("slot").get_data(as_text=True)
    later = unescape(re.findall(r'href="([^"]+)">Later', page)[0])
    assert "day=2026-11-30" in later
    further = visitor.client.get(later).get_data(as_text=True)
    assert "day=2026-11-23" in re.findall(r'href="([^"]+)"><svg[^>]+><use[^>]+></svg>Earlier', further)[0]


def test_nothing_is_offered_past_the_horizon(visitor: Steps) -> None:
    page = visitor.up_to_slot().get("slot", day="2027-01-21").get_data(as_text=True)
    assert "Later" not in page


def test_a_closed_day_says_so_and_offers_the_next_free_time(visitor: Steps) -> None:
    page = text_of(visitor.up_to_slot().get("slot", day="2026-11-28"))
    assert "Closed on Saturday 28 November" in page
    assert "Monday 30 November at 8:00 The next free time" in page


@pytest.mark.parametrize(
    ("hour", "mode", "words"),
    [
        (16, "wait", "Too late for today"),  # at 17:30 in Lyon less than the notice is left
        (10, "drop_off", "No more cars are taken in today"),  # they are until half past ten
    ],
)
def test_an_open_day_that_is_over_is_not_called_closed(
    client: CarefulClient, app: Flask, clock: MovableClock, hour: int, mode: str, words: str
) -> None:
    clock.move_to(datetime(2026, 11, 23, 7, tzinfo=UTC))
    with app.app_context():
        garage = make_garage(rules={"drop_off_until": 10 * 60 + 30, "notice_minutes": 60})
    clock.move_to(datetime(2026, 11, 23, hour, 30, tzinfo=UTC))
    steps = Steps(client, garage).up_to_slot()
    steps.post("slot", change_mode=mode)
    page = text_of(steps.get("slot", day="2026-11-23"))
    assert words in page
    assert "Closed on Monday" not in page


def test_a_day_within_the_notice_is_too_late_to_book(
    client: CarefulClient, app: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 11, 23, 7, tzinfo=UTC))
    with app.app_context():
        garage = make_garage(rules={"notice_minutes": 3 * 1440})
    page = text_of(Steps(client, garage).up_to_slot().get("slot", day="2026-11-24"))
    assert "Too late to book Tuesday 24 November online" in page


def test_a_full_day_says_so(visitor: Steps, app: Flask) -> None:
    visitor.choose_services("timing")
    with app.app_context():
        for arrives_at in (datetime(2026, 11, 24, 7, tzinfo=UTC), datetime(2026, 11, 24, 12, 30, tzinfo=UTC)):
            book(visitor.garage, arrives_at, services=("timing",), mode="drop_off")
    visitor.post("vehicle", no_plate="1")
    page = visitor.get("slot", day="2026-11-24")
    assert "Tuesday 24 November is full" in text_of(page)


def test_a_workshop_without_any_time_says_whom_to_call(
    client: CarefulClient, app: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 11, 23, 7, tzinfo=UTC))
    with app.app_context():
        shut = make_garage(hours={})
    page = text_of(Steps(client, shut).up_to_slot().get("slot"))
    assert "No free time in the next weeks" in page
    assert "Call 04 72 00 00 00" in page


def test_short_work_is_waited_for_until_the_visitor_says_otherwise(visitor: Steps) -> None:
    page = visitor.up_to_slot().get("slot").get_data(as_text=True)
    assert way_in_use(page) == ["wait"]


def test_the_way_to_come_is_kept(visitor: Steps) -> None:
    visitor.up_to_slot()
    assert visitor.post("slot", change_mode="drop_off").status_code == 303
    assert way_in_use(visitor.get("slot").get_data(as_text=True)) == ["drop_off"]


def test_only_shared_ways_are_offered(visitor: Steps) -> None:
    page = visitor.up_to_slot("oil", "timing").get("slot").get_data(as_text=True)
    assert re.findall(r'name="change_mode" value="([a-z_]+)"', page) == ["drop_off", "courtesy_car"]


def test_a_workshop_without_cars_lends_none(client: CarefulClient, app: Flask, clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 11, 23, 7, tzinfo=UTC))
    with app.app_context():
        garage = make_garage()
    assert "Courtesy car" not in text_of(Steps(client, garage).up_to_slot().get("slot"))


@pytest.mark.parametrize(
    ("moment", "why"),
    [
        ("2026-11-23T08:00:00+01:00", "that time has passed"),
        ("2026-11-23T08:30:00+01:00", "it is too short notice for the workshop now"),
        ("2026-11-24T09:10:00+01:00", "the workshop takes cars in at other times"),
        ("2026-11-28T09:00:00+01:00", "the workshop is closed then"),
        ("2026-11-24T11:30:00+01:00", "the work could not be finished in time"),
        ("2027-03-01T09:00:00+01:00", "that day cannot be booked yet"),
    ],
)
def test_a_time_that_is_not_possible_says_why(visitor: Steps, moment: str, why: str) -> None:
    answer = visitor.up_to_slot().post("slot", mode="wait", arrives_at=moment)
    assert answer.status_code == 409
    assert f"is not possible: {why}. " in text_of(answer)


def test_without_a_courtesy_car_the_time_itself_is_one_press_away(visitor: Steps, app: Flask) -> None:
    visitor.up_to_slot().post("slot", change_mode="courtesy_car")
    with app.app_context():
        lent = {"mode": "drop_off", "courtesy_car": True}
        book(visitor.garage, datetime(2026, 11, 24, 7, tzinfo=UTC), **lent)
    answer = visitor.post("slot", mode="courtesy_car", arrives_at=TUESDAY_AT_NINE)
    words = text_of(answer)
    assert "Tue 24 Nov at 9:00 is not possible: no courtesy car is free for that stay." in words
    assert "Take 9:00 without a courtesy car" in words
    page = answer.get_data(as_text=True).partition('id="gone"')[2]
    form = page[page.index('name="mode" value="drop_off"') :].partition("</form>")[0]
    (value,) = re.findall(r'name="arrives_at" value="([^"]+)"', form)
    assert visitor.post("slot", mode="drop_off", arrives_at=unescape(value)).status_code == 303
    assert visitor.post("contact", **CONTACT).status_code == 303


@pytest.mark.parametrize("day", ["", "x", "2026-13-45", "9999-12-31", "0001-01-01", "2026-11-24\x00", "٢٠٢٦"])
def test_an_odd_day_in_the_address_is_no_day(visitor: Steps, day: str) -> None:
    assert visitor.up_to_slot().get("slot", day=day).status_code == 200


def test_a_repeated_hour_tells_its_two_halves_apart(
    client: CarefulClient, app: Flask, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 10, 24, 7, tzinfo=UTC))
    with app.app_context():
        early = make_garage(hours={"sun": [[60, 300]]})
    page = text_of(Steps(client, early).up_to_slot().get("slot", day="2026-10-25"))
    assert "2:00 CEST 2:30 CEST 2:00 CET 2:30 CET" in page


def test_a_chosen_time_is_still_chosen_on_the_way_back(visitor: Steps) -> None:
    visitor.up_to_slot().post("slot", mode="wait", arrives_at=TUESDAY_AT_NINE)
    page = visitor.get("slot").get_data(as_text=True)
    assert f'value="{TUESDAY_AT_NINE}" data-said="Tue 24 Nov at 9:00" checked' in page


def test_the_first_free_time_takes_one_press(visitor: Steps) -> None:
    page = visitor.up_to_slot().get("slot").get_data(as_text=True)
    (value,) = re.findall(r'class="nextfree" type="submit" name="arrives_at" value="([^"]+)"', page)
    assert visitor.post("slot", mode="wait", arrives_at=unescape(value)).status_code == 303
    assert visitor.post("contact", **CONTACT).status_code == 303


@pytest.mark.parametrize("way", ["wait", "courtesy_car"])
def test_a_way_that_is_not_offered_is_named(visitor: Steps, app: Flask, way: str) -> None:
    with app.app_context():
        plain = make_garage(slug="plain", services=[{"modes": ["drop_off"]}])
    visitor = Steps(visitor.client, plain).up_to_slot()
    answer = visitor.post("slot", mode=way, arrives_at=TUESDAY_AT_NINE)
    assert answer.status_code == 422
    assert "How you come: These services cannot be done that way." in text_of(answer)


def near_buttons(page: str) -> list[str]:
    """What each button of a nearest time says, seen or heard."""
    found = re.findall(r'<button class="slot".*?</button>', page)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", button)).split()) for button in found]


def test_nearest_times_of_several_days_bear_their_day_once(visitor: Steps) -> None:
    answer = visitor.up_to_slot().post("slot", mode="wait", arrives_at="2026-11-29T00:30:00+01:00")
    said = near_buttons(answer.get_data(as_text=True))
    assert len(said) == 3
    for words in said:
        assert re.fullmatch(r"(Fri 27|Mon 30) Nov at \d+:\d\d", words), words


def test_nearest_times_of_one_day_tell_it_to_those_who_listen(visitor: Steps) -> None:
    answer = visitor.up_to_slot().post("slot", mode="wait", arrives_at="2026-11-24T09:10:00+01:00")
    said = near_buttons(answer.get_data(as_text=True))
    assert "9:00, Tuesday 24 November" in said
