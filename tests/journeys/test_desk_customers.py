"""A customer is found in the list, given another number by keyboard, and two receptionists meet over it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.auth.roles import Role
from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.support.browser import PageFor
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

FRIDAY = datetime(2026, 12, 11, 7, 0, tzinfo=UTC)
"""Eight in the morning in Lyon."""
RECEPTION = "desk@martin.example"


@pytest.fixture
def address(database: Database, clock: MovableClock, servers: Servers) -> str:
    """A garage on Tuesday, with Camille's visit on Friday."""
    clock.move_to(FRIDAY - timedelta(days=3))
    with database.app.app_context():
        garage = make_garage(garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST, name="Nolwenn")
        book(garage, FRIDAY)
    return servers.web(database).url


def sign_in(page: Page, target: str) -> None:
    page.goto(target)
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_load_state()


def open_camille(page: Page) -> None:
    """From the list to the form, by the keys that everybody has."""
    sign_in(page, "/desk/customers")
    page.get_by_role("link", name="Camille Perrot").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Camille Perrot")
    page.get_by_role("link", name="Edit", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".desk-page").get_by_label("Phone")).to_be_visible()


def change_as_two(first: Page, second: Page) -> None:
    open_camille(first)
    open_camille(second)
    first.locator(".desk-page").get_by_label("Phone").fill("06 39 98 14 99")
    first.locator(".desk-page").get_by_label("Phone").press("Enter")
    expect(first.locator("#toasts")).to_contain_text("Saved.")
    second.locator(".desk-page").get_by_label("Name").fill("Camille Roy")
    second.locator(".desk-page").get_by_label("Name").press("Enter")
    expect(second.get_by_role("alert")).to_contain_text("Someone else has just changed this.")
    expect(second.locator(".desk-page").get_by_label("Name")).to_have_value("Camille Roy")
    second.locator(".desk-page").get_by_label("Phone").fill("06 39 98 14 99")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Camille Roy")
    expect(second.locator(".person")).to_contain_text("14\u00a099")


@on_sqlite
def test_two_receptionists_change_one_customer_by_keyboard(address: str, page_for: PageFor) -> None:
    change_as_two(page_for(width=1440, base_url=address), page_for(width=1440, base_url=address))


@on_postgresql
def test_two_receptionists_change_one_customer_on_phones_without_scripts(
    address: str, page_for: PageFor
) -> None:
    pages = [page_for(width=390, base_url=address, javascript=False) for _ in range(2)]
    change_as_two(*pages)
