"""A car at the counter in a browser: by the key and by finger, known and new, with a place and without."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.auth.roles import Role
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.support.browser import PageFor, assert_no_axe_violations
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

NOW = datetime(2026, 12, 7, 8, 12, tzinfo=UTC)
"""Monday, twelve past nine in Lyon."""
RECEPTION = "desk@martin.example"


@pytest.fixture
def garage(database: Database, clock: MovableClock) -> MadeGarage:
    """Camille was here a week ago and waited for her oil."""
    clock.move_to(NOW - timedelta(days=14))
    with database.app.app_context():
        made = make_garage(garage={"locale": "en"})
        make_member(made, RECEPTION, Role.RECEPTIONIST)
        book(made, NOW - timedelta(days=7, minutes=12))
    clock.move_to(NOW)
    return made


@pytest.fixture
def address(garage: MadeGarage, database: Database, servers: Servers) -> str:
    return servers.web(database).url


def sign_in(page: Page, path: str) -> None:
    page.goto(path)
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_url(f"**{path}")


@on_postgresql
def test_somebody_known_is_taken_in_by_keyboard_alone(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    sign_in(page, "/desk/customers")
    page.keyboard.press("w")
    expect(page.get_by_label("Number plate")).to_be_focused()
    expect(page.get_by_role("button", name="Look up")).to_be_hidden()  # the script is there
    page.keyboard.type("ga482qt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Repeat Oil and filter change")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="Now ready: 10:00")).to_be_focused()
    expect(page.get_by_role("radio", name="Now ready: 10:00")).to_be_checked()
    assert_no_axe_violations(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT is here and checked in. Work: now.")
    expect(page.locator("main")).to_contain_text("Here since 9:12")


@on_sqlite
def test_somebody_new_leaves_the_car_by_finger(address: str, page_for: PageFor) -> None:
    page = page_for(width=390, base_url=address)
    sign_in(page, "/desk/lyon/day")
    page.get_by_role("link", name="Walk-in").click()
    page.get_by_label("Number plate").fill("AB123CD")
    page.get_by_label("Phone", exact=True).fill("06 39 98 00 11")
    page.get_by_label("Name", exact=True).fill("Inès Roche")
    page.get_by_label("Oil and filter change").check()
    page.locator(".place", has_text="Today at 10:00").click()
    page.get_by_role("button", name="Book and check in").click()
    expect(page.locator("#toasts")).to_contain_text("AB-123-CD is here and checked in. Work: today at 10:00.")


@on_postgresql
def test_the_button_says_whether_it_checks_in(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    sign_in(page, "/desk/lyon/walk-in")
    page.get_by_text("Waits here").click()
    page.get_by_label("Oil and filter change").check()
    expect(page.get_by_role("button", name="Book and check in")).to_be_visible()
    page.get_by_role("radio", name="Today at 10:00").check()
    expect(page.get_by_role("button", name="Book", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Book and check in")).to_have_count(0)


@on_postgresql
def test_a_car_without_a_place_lies_in_the_tray(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    sign_in(page, "/desk/lyon/walk-in")
    page.get_by_label("Number plate").fill("GA482QT")
    page.get_by_role("button", name="Repeat").click()
    expect(page.locator(".place")).to_have_count(3)
    page.get_by_role("button", name="Take it in without a place").click()
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT is here. Its place is to be planned.")
    page.goto("/desk/lyon/day")
    expect(page.locator(".tray")).to_contain_text("GA-482-QT")


@on_sqlite
def test_without_scripts_a_car_is_taken_in_as_well(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address, javascript=False)
    sign_in(page, "/desk/lyon/walk-in")
    page.get_by_label("Number plate").fill("GA482QT")
    page.get_by_role("button", name="Look up").click()
    page.get_by_role("button", name="Repeat").click()
    expect(page.get_by_role("radio", name="Now ready: 10:00")).to_be_checked()
    page.get_by_role("button", name="Book and check in").click()
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT is here and checked in.")
