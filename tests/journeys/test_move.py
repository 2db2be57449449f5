"""Moving by the customer's page: the desk sees the new place, the phone is told and reminded of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.factories.appointments import book
from tests.journeys.test_booking import ARRIVAL, book_by_page, prepare, sign_in, wait_for_text
from tests.support.browser import PageFor, assert_no_axe_violations
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

WEDNESDAY_TEN = datetime(2026, 12, 9, 9, 0, tzinfo=UTC)


def choose(page: Page, time: str, *, day: str) -> None:
    """Go to a day by the address of its link, take a time and move."""
    page.goto(re.sub(r"\?.*", "", page.url) + f"?day={day}&lang=en")
    page.locator("label.slot", has_text=re.compile(rf"^\s*{time}\s*$")).locator("input").check(force=True)
    page.get_by_role("button", name="Move", exact=True).click()


def walk(
    database: Database, clock: MovableClock, servers: Servers, page_for: PageFor, *, javascript: bool
) -> None:
    garage = prepare(database, clock)
    web = servers.web(database)
    servers.scheduler(database)
    visitor = page_for(width=390, locale="en", javascript=javascript, base_url=web.url)
    book_by_page(visitor)
    visitor.get_by_role("link", name="See, move or cancel the appointment").click()
    visitor.get_by_role("link", name="Move Your present place is kept").click()
    expect(visitor.locator("h1")).to_have_text("When would you rather come?")
    if javascript:
        assert_no_axe_violations(visitor)

    visitor.goto(re.sub(r"\?.*", "", visitor.url) + "?day=2026-12-09&lang=en")
    with database.app.app_context():
        for _bay in range(2):
            book(garage, WEDNESDAY_TEN + timedelta(hours=1))
    visitor.locator("label.slot", has_text=re.compile(r"^\s*11:00\s*$")).locator("input").check(force=True)
    visitor.get_by_role("button", name="Move", exact=True).click()
    expect(visitor.locator("#gone")).to_contain_text("11:00 has just gone.")
    expect(visitor.locator("#gone")).to_contain_text("Monday 7 December at 9:00 is still yours.")
    choose(visitor, "10:00", day="2026-12-09")
    expect(visitor.locator("h1")).to_have_text("Your new time: Wednesday 9 December at 10:00.")

    desk = page_for(width=1440, locale="en", javascript=javascript, base_url=web.url)
    sign_in(desk)
    desk.goto("/desk/lyon/day?on=2026-12-07")
    expect(desk.get_by_role("main")).not_to_contain_text("GA-482-QT")
    desk.goto("/desk/lyon/day?on=2026-12-09")
    expect(desk.get_by_role("main")).to_contain_text("GA-482-QT")

    phone = page_for(width=390, locale="en", javascript=javascript, base_url=web.url)
    wait_for_text(phone, "GA-482-QT is now due Wed 9 Dec at 10:00")
    clock.move_to(ARRIVAL - timedelta(hours=24) + timedelta(minutes=1))
    wait_for_text(phone, "ZZ-111-ZZ est attendue")  # another visit of that time is reminded of now
    expect(phone.locator(".bubble", has_text="GA-482-QT is due")).to_have_count(0)
    clock.move_to(WEDNESDAY_TEN - timedelta(hours=24) + timedelta(minutes=1))
    wait_for_text(phone, "GA-482-QT is due Wed 9 Dec at 10:00")


@on_postgresql
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_visit_moved_by_its_page_is_moved_everywhere(
    database: Database, clock: MovableClock, servers: Servers, page_for: PageFor, javascript: bool
) -> None:
    walk(database, clock, servers, page_for, javascript=javascript)


@on_sqlite
def test_the_same_on_sqlite(
    database: Database, clock: MovableClock, servers: Servers, page_for: PageFor
) -> None:
    walk(database, clock, servers, page_for, javascript=True)
