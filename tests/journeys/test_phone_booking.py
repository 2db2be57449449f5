"""Booking by telephone in a browser: somebody new, somebody known, a lost place, by keyboard alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from app.auth.roles import Role
from tests.factories.appointments import book
from tests.factories.busy import fill_calendar
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.support.browser import PageFor, assert_no_axe_violations
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
RECEPTION = "desk@martin.example"


@pytest.fixture
def garage(database: Database, clock: MovableClock) -> MadeGarage:
    clock.move_to(EIGHT - timedelta(days=14))
    with database.app.app_context():
        made = make_garage(garage={"locale": "en"})
        make_member(made, RECEPTION, Role.RECEPTIONIST)
        book(made, EIGHT - timedelta(days=7))
    clock.move_to(EIGHT - timedelta(minutes=10))
    return made


@pytest.fixture
def address(garage: MadeGarage, database: Database, servers: Servers) -> str:
    return servers.web(database).url


def open_form(page: Page) -> None:
    """From the day to the form, by the key."""
    page.goto("/desk/lyon/day")
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_load_state()
    page.keyboard.press("n")
    expect(page.get_by_label("Number plate")).to_be_focused()


def book_somebody_new(page: Page) -> None:
    expect(page.get_by_role("button", name="Look up")).to_be_hidden()  # the script is there
    page.keyboard.type("ab123cd")
    page.keyboard.press("Tab")
    page.keyboard.type("0639980011")
    page.keyboard.press("Enter")
    expect(page.locator("#caller")).to_contain_text("New here")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Inès Roche")
    page.get_by_label("Find a service").focus()
    page.keyboard.type("oil")
    page.keyboard.press("Enter")
    expect(page.locator(".place")).to_have_count(3)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("AB-123-CD is booked in: today at 8:00.")


@on_postgresql
def test_somebody_new_is_booked_by_keyboard_alone(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    open_form(page)
    book_somebody_new(page)


@on_sqlite
def test_somebody_new_is_booked_on_sqlite(address: str, page_for: PageFor) -> None:
    page = page_for(width=390, base_url=address)
    open_form(page)
    book_somebody_new(page)


@on_postgresql
@pytest.mark.parametrize(
    ("field", "typed"), [("plate", "ga 482 qt"), ("phone", "+33 6 39 98 14 27")], ids=["plate", "phone"]
)
def test_somebody_known_is_filled_in(address: str, page_for: PageFor, field: str, typed: str) -> None:
    page = page_for(width=1440, base_url=address)
    open_form(page)
    page.locator(f"#{field}").fill(typed)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Camille Perrot")
    expect(page.get_by_label("Agrees to texts")).to_be_checked()
    expect(page.get_by_label("Name", exact=True)).to_be_hidden()
    page.get_by_label("Oil and filter change").check()
    expect(page.locator(".place").first).to_contain_text("Today at 8:00")
    assert_no_axe_violations(page)
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT is booked in")


@on_postgresql
def test_the_empty_field_one_has_gone_on_to_is_filled_too(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    open_form(page)
    page.locator("#plate").press_sequentially("ga482qt")
    page.keyboard.press("Tab")
    expect(page.locator("#phone")).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Camille Perrot")
    expect(page.locator("#phone")).to_have_value("+33639981427")


@on_postgresql
def test_whoever_is_faster_than_the_script_goes_on_at_the_next_field(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/desk_phone*", hold)
    open_form(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Look up")).to_be_focused()
    late[0].continue_()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()


@on_postgresql
def test_a_lost_place_shows_the_nearest_and_keeps_what_was_typed(
    address: str, garage: MadeGarage, database: Database, page_for: PageFor
) -> None:
    page = page_for(width=1440, base_url=address)
    open_form(page)
    page.locator("#plate").fill("GA482QT")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Camille Perrot")
    page.get_by_label("Oil and filter change").check()
    page.get_by_text("Waits here").click()
    expect(page.locator(".place").first).to_contain_text("ready: 8:45")
    expect(page.locator(".place")).to_have_count(3)
    with database.app.app_context():
        fill_calendar(garage, 2, first_at=EIGHT)
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator("#gone")).to_contain_text("Today at 8:00 has just gone.")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Camille Perrot")
    page.locator(".place").first.click()
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT is booked in: today at 9:00.")


@on_postgresql
def test_the_last_visit_is_repeated_by_four_keys(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    open_form(page)
    expect(page.get_by_role("button", name="Look up")).to_be_hidden()  # the script is there
    page.keyboard.type("ga482qt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Repeat Oil and filter change")).to_be_focused()
    assert_no_axe_violations(page)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Oil and filter change")).to_be_checked()
    expect(page.get_by_role("radio", name="Waits here")).to_be_checked()
    expect(page.get_by_role("radio", name="Today at 8:00")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT is booked in: today at 8:30.")


@on_sqlite
def test_the_last_visit_is_repeated_by_finger(address: str, page_for: PageFor) -> None:
    page = page_for(width=390, base_url=address)
    open_form(page)
    page.locator("#phone").fill("0639981427")
    page.get_by_role("button", name="Repeat Oil and filter change").click()
    expect(page.locator(".place")).to_have_count(3)
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT is booked in: today at 8:00.")


@on_postgresql
def test_the_place_nearest_to_a_wished_time_is_chosen(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    open_form(page)
    page.get_by_label("Oil and filter change").check()
    expect(page.get_by_role("radio", name="Today at 8:00")).to_be_checked()
    page.get_by_label("Wished time").fill("08:55")
    expect(page.get_by_role("radio", name="Today at 9:00")).to_be_checked()
    passing = page.get_by_role("group", name="Today at 8:55 breaks these rules")
    expect(passing.get_by_role("button", name="Place anyway: Bay 1, ")).to_be_visible()


@on_postgresql
def test_the_error_summary_goes_as_its_fields_are_put_right(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    open_form(page)
    page.locator("#plate").fill("AB123CD")
    page.locator("#phone").fill("06 39")
    page.get_by_role("button", name="Book", exact=True).click()
    summary = page.locator(".errsum")
    expect(summary.get_by_role("heading")).to_have_text("3 things to fix")
    page.get_by_label("Name", exact=True).fill("Inès Roche")
    page.locator("#phone").fill("06 39 98 00 11")
    page.locator("#phone").blur()
    expect(summary.get_by_role("heading")).to_have_text("One thing to fix")
    expect(page.locator("#phone-error")).to_have_count(0)
    page.get_by_label("Oil and filter change").check()
    expect(summary).to_have_count(0)
    expect(page).to_have_title("Book by phone – Garagenda")
