"""Sharing a calendar at the desk: made, copied, read, replaced and ended, with scripts and without."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from app.auth.roles import Role
from tests.factories.garages import make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.support.browser import PageFor, assert_no_axe_violations
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql
from tests.support.servers import Servers

RECEPTION = "desk@martin.example"
BOTH_WAYS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])


@pytest.fixture
def desk(database: Database, clock: MovableClock, servers: Servers) -> str:
    """The address of a server with one garage."""
    with database.app.app_context():
        garage = make_garage(garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST)
    return servers.web(database).url


def open_feeds(page: Page) -> Page:
    """Sign in, and find the calendars in the rail."""
    page.goto("/desk/lyon/day")
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    rail = page.get_by_role("navigation", name="Main")
    page.wait_for_url(lambda url: urlsplit(url).path == "/desk/lyon/day")
    if (more := rail.locator("summary", has_text="More")).is_visible():
        more.click()
    rail.get_by_role("link", name="Calendars").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Shared calendars")
    return page


def make_one(page: Page) -> str:
    """Make a feed of the technician, and return its address."""
    page.get_by_label("Whose visits?").select_option(label="Technician · Tech 1")
    page.get_by_text("Busy times only").click()
    page.get_by_label("For whom?").fill("Nadia’s phone")
    page.get_by_role("button", name="Make the calendar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tech 1")
    return page.get_by_role("textbox", name="Its address").input_value()


def status_of(url: str) -> int:
    try:
        with urlopen(url, timeout=15) as answer:
            return int(answer.status)
    except HTTPError as refusal:
        refusal.close()
        return refusal.code


@on_postgresql
@BOTH_WAYS
def test_a_calendar_is_made_replaced_and_ended(desk: str, page_for: PageFor, javascript: bool) -> None:
    page = open_feeds(page_for(width=390, javascript=javascript, base_url=desk))
    first = make_one(page)
    assert status_of(first) == 200
    page.get_by_text("Replace the address").click()
    page.get_by_role("button", name="Make a new address").click()
    expect(page.get_by_role("status")).to_contain_text(["has a new address"])
    second = page.get_by_role("textbox", name="Its address").input_value()
    assert [status_of(first), status_of(second)] == [404, 200]
    page.get_by_role("link", name="Shared calendars").click()
    expect(page.get_by_role("listitem").filter(has_text="Nadia’s phone")).to_contain_text("Last read today")
    page.get_by_role("link", name="Tech 1").click()
    page.get_by_text("End this calendar").click()
    page.get_by_role("button", name="End the calendar").click()
    expect(page.get_by_text("No calendar is shared yet.")).to_be_visible()
    assert status_of(second) == 404


@on_postgresql
def test_the_address_is_copied_and_said_so(desk: str, page_for: PageFor) -> None:
    page = open_feeds(page_for(width=1440, base_url=desk))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    address = make_one(page)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    expect(page.locator("[data-copied]")).to_have_text("Copied")
    assert_no_axe_violations(page)


@on_postgresql
def test_without_scripts_the_address_is_a_field_to_select(desk: str, page_for: PageFor) -> None:
    page = open_feeds(page_for(width=390, javascript=False, base_url=desk))
    address = make_one(page)
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    expect(page.get_by_role("link", name="Open in this device’s calendar")).to_have_attribute(
        "href", address.replace("http:", "webcal:")
    )
    expect(page.get_by_role("img", name="QR code of the address")).to_be_visible()
