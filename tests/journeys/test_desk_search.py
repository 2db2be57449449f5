"""Finding a car at the desk in a browser: while typing and by keyboard alone, and without scripts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from app.auth.roles import Role
from booking.customers.operations import CustomerDetails, VehicleDetails
from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.support.browser import Look, PageFor, assert_no_axe_violations, shoot
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
RECEPTION = "desk@martin.example"
CARS = (("GA482QT", "Camille Perrot"), ("FB117KR", "Yann Le Bozec"), ("EH482ZL", "Inès Quéméner"))


@pytest.fixture
def address(database: Database, clock: MovableClock, servers: Servers) -> str:
    clock.move_to(EIGHT - timedelta(days=3))
    with database.app.app_context():
        garage = make_garage(bays=2, technicians=2, garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST)
        for number, (plate, name) in enumerate(CARS):
            who = CustomerDetails(name, f"+3363998150{number}", None, "en")
            car = VehicleDetails(plate, "FR", "Renault", "Clio")
            book(garage, EIGHT + timedelta(hours=number), customer=who, vehicle=car)
    clock.move_to(EIGHT - timedelta(minutes=10))
    return servers.web(database).url


def open_desk(page: Page) -> None:
    page.goto("/desk/lyon/day")
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_url("**/desk/lyon/day*")
    page.wait_for_load_state()


def field(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Search by plate, phone or name")


@on_postgresql
def test_a_car_is_found_by_keyboard_alone(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    open_desk(page)
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    page.keyboard.type("482")
    hits = page.locator("#found li")
    expect(hits).to_have_count(2)
    expect(page.locator("form[role=search] [role=status]")).to_have_text("2 found")
    assert_no_axe_violations(page)
    shoot(page, "search-while-typing", Look(1440))
    page.keyboard.press("ArrowDown")
    expect(hits.nth(0).locator(".hit")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(hits.nth(1).locator(".hit")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="Call Inès Quéméner")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field(page)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("#found")).to_be_hidden()
    expect(field(page)).to_be_focused()
    page.keyboard.type("q")
    expect(page.locator("#found")).to_contain_text("Camille Perrot")
    expect(hits).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("GA-482-QT")


@on_postgresql
def test_an_unknown_plate_leads_to_booking_for_it(address: str, page_for: PageFor) -> None:
    page = page_for(width=390, base_url=address)
    open_desk(page)
    field(page).fill("ab 123 cd")
    expect(page.locator("form[role=search] [role=status]")).to_have_text("Nothing found for “ab 123 cd”")
    assert_no_axe_violations(page)
    shoot(page, "search-nothing-while-typing", Look(390))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Number plate")).to_have_value("AB123CD")
    field(page).fill("perot")
    expect(page.locator("#found")).to_contain_text("Camille Perrot")
    shoot(page, "search-slip-while-typing", Look(390))
    page.get_by_role("heading", level=1).click()
    expect(page.locator("#found")).to_be_hidden()


@on_sqlite
def test_without_scripts_the_field_opens_a_page(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address, javascript=False)
    open_desk(page)
    field(page).fill("482")
    field(page).press("Enter")
    expect(page.get_by_role("list", name="Found").get_by_role("listitem")).to_have_count(2)
    expect(field(page)).to_have_value("482")
    page.get_by_role("link", name="Inès Quéméner").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("EH-482-ZL")
