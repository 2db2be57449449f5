"""The day at the desk, by hand and by keyboard: other days, other columns, the list, where it opens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.auth.roles import Role
from booking.customers.operations import VehicleDetails
from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.factories.workshops import add_workshop
from tests.support.browser import Look, PageFor, assert_no_axe_violations
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql
from tests.support.servers import Servers

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Monday, eight o'clock in Lyon."""
CARS = ("GA482QT", "FB117KR", "EH903ZL", "DK255MN")
RECEPTION = "desk@martin.example"


@pytest.fixture
def address(database: Database, clock: MovableClock, servers: Servers) -> str:
    """A server of a garage whose Monday is busy; it is nearly five in the afternoon."""
    clock.move_to(EIGHT - timedelta(days=5))
    with database.app.app_context():
        garage = make_garage(bays=2, technicians=2, garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST)
        add_workshop(garage, "nantes")
        for number, plate in enumerate(CARS):
            vehicle = VehicleDetails(plate=plate, country="FR")
            book(garage, EIGHT + timedelta(minutes=30 * number), vehicle=vehicle)
    clock.move_to(EIGHT + timedelta(hours=8, minutes=50))
    return servers.web(database).url


def sign_in(page: Page) -> None:
    page.goto("/desk/")
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_load_state()


def press(page: Page, key: str) -> None:
    """Press a key once the page listens."""
    page.wait_for_load_state()
    page.keyboard.press(key)


@on_postgresql
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_the_day_is_seen_by_bay_by_technician_and_as_a_list(
    address: str, page_for: PageFor, javascript: bool
) -> None:
    page = page_for(width=1440, javascript=javascript, base_url=address)
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Monday 7")
    bay = page.get_by_role("group", name="Bay 1")
    expect(bay.get_by_role("link", name="GA-482-QT")).to_be_visible()
    page.get_by_role("link", name="Technicians").click()
    expect(page.get_by_role("group", name="Tech 1").get_by_role("link").first).to_be_visible()
    page.get_by_role("link", name="List").click()
    expect(page.locator(".arow")).to_have_count(4)
    expect(page.locator("#board")).to_have_count(0)


@on_postgresql
@pytest.mark.parametrize("width", [769, 820, 1024])
def test_the_bar_fits_tablets_in_the_longer_language(address: str, page_for: PageFor, width: int) -> None:
    page = page_for(width=width, locale="fr", base_url=address)
    sign_in(page)
    page.wait_for_url("**/day**")
    page.goto("/desk/lyon/day?as=list")
    assert page.evaluate("document.scrollingElement.scrollWidth") == width
    title = page.locator("h1").bounding_box()
    arrows = page.locator(".datenav").bounding_box()
    assert title is not None
    assert arrows is not None
    assert title["x"] + title["width"] <= arrows["x"]


@on_postgresql
def test_keys_lead_through_days_columns_and_cards(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    sign_in(page)
    heading = page.get_by_role("heading", level=1)
    press(page, "ArrowRight")
    expect(heading).to_contain_text("Tuesday 8")
    press(page, "t")
    expect(heading).to_contain_text("Monday 7")
    press(page, "b")
    expect(page.get_by_role("region", name="Day by technician")).to_be_visible()
    press(page, "b")
    board = page.get_by_role("region", name="Day by bay")
    board.get_by_role("link").filter(has_text="GA-482-QT").focus()
    press(page, "ArrowDown")
    press(page, "ArrowRight")
    plate = page.locator(":focus .plate").inner_text()
    assert plate != "GA-482-QT"
    press(page, "Enter")
    expect(page.locator("#drawer-name")).to_contain_text(plate)


@on_postgresql
def test_the_day_opens_where_the_hands_are(address: str, page_for: PageFor) -> None:
    page = page_for(width=1024, base_url=address)
    page.set_viewport_size({"width": 1024, "height": 560})
    sign_in(page)
    line = page.locator(".now")
    expect(line).to_be_in_viewport()
    board = page.locator("#board")
    assert board.evaluate("board => board.scrollTop") > 0
    assert page.evaluate("document.scrollingElement.scrollTop") == 0


@on_postgresql
def test_the_day_opens_at_now_without_scripts(address: str, page_for: PageFor) -> None:
    page = page_for(width=1024, javascript=False, base_url=address)
    page.set_viewport_size({"width": 1024, "height": 560})
    sign_in(page)
    expect(page.locator(".now")).to_be_in_viewport()
    expect(page.locator(".topbar")).to_be_in_viewport()


@on_postgresql
@pytest.mark.parametrize("look", [Look(390), Look(1440, dark=True)], ids=str)
def test_another_workshop_is_chosen_from_the_folded_list(address: str, page_for: PageFor, look: Look) -> None:
    page = page_for(look, base_url=address)
    sign_in(page)
    page.locator("[data-menu] summary").click()
    assert_no_axe_violations(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Nantes")).to_be_hidden()
    page.locator("[data-menu] summary").press("Enter")
    page.get_by_role("link", name="Nantes").click()
    expect(page).to_have_url(f"{address}/desk/nantes/day?on=2026-12-07")


@on_postgresql
def test_a_phone_shows_what_is_now_next_and_done(address: str, page_for: PageFor) -> None:
    page = page_for(width=390, base_url=address)
    sign_in(page)
    expect(page.locator("#board")).to_be_hidden()
    expect(page.get_by_role("heading", name="Now in the workshop 4")).to_be_visible()
    expect(page.locator(".facts")).to_contain_text("4 late")


@on_postgresql
def test_the_week_is_reached_by_key_and_read_by_keyboard(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    sign_in(page)
    press(page, "k")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("7–13 Dec")
    table = page.get_by_role("table")
    expect(table.get_by_role("row", name="Bay 1").get_by_role("link")).to_have_count(2)
    press(page, "b")
    expect(page.get_by_role("region", name="Week by technician")).to_be_visible()
    press(page, "ArrowRight")
    expect(heading).to_contain_text("14–20 Dec")
    press(page, "t")
    table.get_by_role("link").filter(has_text="GA-482-QT").focus()
    press(page, "Enter")
    page.get_by_role("link", name="Whole page").press("Enter")
    expect(heading).to_contain_text("GA-482-QT")
    page.get_by_role("link", name="The week of 7 December").click()
    expect(page.get_by_role("region", name="Week by technician")).to_be_visible()
    press(page, "d")
    expect(heading).to_contain_text("Monday 7")


@on_postgresql
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_on_a_phone_the_week_is_a_list_that_opens_today(
    address: str, page_for: PageFor, javascript: bool, clock: MovableClock
) -> None:
    page = page_for(width=390, javascript=javascript, base_url=address)
    sign_in(page)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Week").click()
    listed = page.get_by_role("region", name="The week as a list")
    expect(listed.get_by_role("link").filter(has_text="GA-482-QT")).to_be_visible()
    expect(page.get_by_role("table")).to_be_hidden()
    page.get_by_role("navigation", name="Load this week").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mon 7")


@on_postgresql
@pytest.mark.parametrize("look", [Look(390, dark=True), Look(1440)], ids=str)
def test_the_month_leads_to_the_days_that_have_room(address: str, page_for: PageFor, look: Look) -> None:
    page = page_for(look, base_url=address)
    sign_in(page)
    page.goto("/desk/lyon/week")
    page.get_by_role("link", name="Month", exact=True).click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("December 2026")
    assert_no_axe_violations(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") == look.width
    press(page, "ArrowRight")
    expect(heading).to_contain_text("January 2027")
    press(page, "ArrowLeft")
    page.get_by_role("table").get_by_role("link").filter(has_text="4 visits").click()
    expect(heading).to_contain_text("7")


@on_postgresql
def test_keys_are_listed_and_do_nothing_once_switched_off(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    sign_in(page)
    press(page, "?")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Keyboard")
    assert_no_axe_violations(page)
    page.get_by_role("button", name="Switch single keys off").click()
    expect(page.get_by_text("Single keys are switched off for you")).to_be_visible()
    for key in ("k", "/", "n"):
        press(page, key)
    expect(heading).to_have_text("Keyboard")
    expect(page.get_by_role("searchbox")).not_to_be_focused()
    page.get_by_role("button", name="Switch them on").click()
    press(page, "k")
    expect(page.get_by_role("region", name="Week by bay")).to_be_visible()
