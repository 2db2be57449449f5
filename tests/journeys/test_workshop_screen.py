"""A screen in the workshop in a browser: made at the desk, followed by itself, cut off, ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from app.auth.roles import Role
from booking.appointments.life_cycle import Status
from booking.customers.operations import VehicleDetails
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.screens import make_screen
from tests.factories.staff import PASSWORD, make_member
from tests.factories.steps import step
from tests.support.browser import PageFor, assert_no_axe_violations
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Monday, eight o'clock in Lyon."""
RECEPTION = "desk@martin.example"
LIST = "/desk/lyon/screens"


@pytest.fixture
def garage(database: Database, clock: MovableClock) -> MadeGarage:
    clock.move_to(EIGHT)
    with database.app.app_context():
        garage = make_garage(bays=2, technicians=2, garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST)
    return garage


@pytest.fixture
def address(garage: MadeGarage, database: Database, servers: Servers) -> str:
    return servers.web(database).url


def sign_in(page: Page) -> None:
    page.goto(LIST)
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_url(f"**{LIST}")


def book_at(database: Database, garage: MadeGarage, hours: float, plate: str) -> int:
    with database.app.app_context():
        vehicle = VehicleDetails(plate=plate, country="FR")
        return book(garage, EIGHT + timedelta(hours=hours), vehicle=vehicle)


@on_postgresql
def test_made_by_keyboard_it_shows_the_day_without_a_session_and_is_ended_by_mouse(
    address: str, garage: MadeGarage, database: Database, page_for: PageFor
) -> None:
    visit = book_at(database, garage, 1, "AA111AA")
    desk = page_for(width=1440, base_url=address)
    sign_in(desk)
    desk.get_by_label("Where does it hang?").focus()
    desk.keyboard.type("Above bay 3")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Above bay 3")).to_be_visible()
    path = urlsplit(desk.locator("#address").input_value()).path

    screen = page_for(width=1440, base_url=address, expected_statuses=(404,))
    screen.goto(path)
    bay = screen.get_by_role("region", name="Bay 1")
    expect(bay).to_contain_text("AA-111-AA")
    assert_no_axe_violations(screen)
    with database.app.app_context():
        step(garage, visit, Status.ARRIVED, Status.IN_PROGRESS)
    expect(bay.locator("article")).to_contain_text("In progress", timeout=3_000)
    assert screen.context.cookies() == []

    desk.get_by_text("End this screen").click()
    desk.get_by_role("button", name="End the screen").click()
    expect(desk.locator("#toasts")).to_contain_text("The screen is ended")
    expect(screen.get_by_role("alert")).to_contain_text("This screen was ended at the desk.")
    expect(screen.get_by_text("AA-111-AA")).to_have_count(0)
    assert_no_axe_violations(screen)


@on_sqlite
def test_it_says_since_when_it_has_no_connection_and_goes_on_afterwards(
    address: str, garage: MadeGarage, database: Database, page_for: PageFor
) -> None:
    with database.app.app_context():
        path = make_screen(garage).path
    screen = page_for(width=1440, base_url=address)
    screen.goto(path)
    note = screen.get_by_role("status").filter(has_text="No connection since")
    expect(note).to_have_count(0)
    screen.context.set_offline(True)
    expect(note).to_contain_text("No connection since 8:0")
    expect(screen.get_by_role("region", name="Bay 1")).to_be_visible()
    book_at(database, garage, 1, "AA111AA")
    screen.context.set_offline(False)
    expect(screen.get_by_text("AA-111-AA")).to_be_visible(timeout=8_000)
    expect(note).to_have_count(0)


@on_postgresql
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_is_cut_off_beside_it(
    address: str, garage: MadeGarage, database: Database, page_for: PageFor, width: int
) -> None:
    with database.app.app_context():
        path = make_screen(make_garage(slug="large", bays=9, technicians=9)).path
    screen = page_for(width=width, base_url=address)
    screen.goto(path)
    expect(screen.get_by_role("region")).to_have_count(9)
    assert screen.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
