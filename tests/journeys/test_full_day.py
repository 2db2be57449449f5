"""A day on which nothing is left, chosen all the same: it says so, and can be read."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.factories.busy import fill_calendar
from tests.factories.garages import make_garage
from tests.support.browser import Look, PageFor, assert_no_axe_violations
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_sqlite
from tests.support.servers import Servers

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Eight in the morning in Lyon."""


@on_sqlite
@pytest.mark.parametrize("look", [Look(390), Look(1440, dark=True)], ids=str)
def test_a_full_day_that_is_chosen_can_be_read(
    database: Database, clock: MovableClock, servers: Servers, page_for: PageFor, look: Look
) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with database.app.app_context():
        fill_calendar(make_garage(garage={"locale": "en"}), 20, first_at=MONDAY)
    page = page_for(look, base_url=servers.web(database).url)
    page.goto("/g/martin/lyon?lang=en")
    page.check("input[name=service][value=oil]")
    page.get_by_role("button", name="Continue").click()
    page.fill("[name=plate]", "GA482QT")
    page.get_by_role("button", name="Continue").click()
    page.goto(re.sub(r"\?.*", "", page.url) + "?day=2026-12-07")
    expect(page.locator(".day[aria-current]")).to_contain_text("full")
    assert_no_axe_violations(page)
    expect(page.get_by_text("The next free time")).to_be_visible()
