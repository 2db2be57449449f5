"""Two screens on one day: what is changed on one shows on the other, and nobody's hands are disturbed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from app.auth.models import UserSession
from app.auth.roles import Role
from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import across_garages
from booking.customers.operations import VehicleDetails
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.support.browser import PageFor, assert_no_axe_violations
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Monday, eight o'clock in Lyon."""
RECEPTION = "desk@martin.example"
AT_MOST_SECONDS = 2.0
CARD, ROW = "#visit-{}", "#row-{}"


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


def open_day(page: Page, way: str = "/desk/lyon/day") -> Page:
    page.goto(way)
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    expect(page.locator("#live-note")).to_be_attached()
    return page


def book_at(database: Database, garage: MadeGarage, hours: float, plate: str = "GA482QT") -> int:
    with database.app.app_context():
        vehicle = VehicleDetails(plate=plate, country="FR")
        return book(garage, EIGHT + timedelta(hours=hours), vehicle=vehicle)


def shows_after_seconds(page: Page, selector: str) -> float:
    began = monotonic()
    expect(page.locator(selector)).to_be_visible(timeout=10_000)
    return monotonic() - began


def test_a_booking_shows_within_two_seconds(
    address: str,
    garage: MadeGarage,
    database: Database,
    page_for: PageFor,
    record_property: Callable[[str, object], None],
) -> None:
    """The median of five: a busy machine may stumble once."""
    board = open_day(page_for(width=1440, base_url=address))
    seconds = []
    for number in range(5):
        visit = book_at(database, garage, 1 + number / 2, plate=f"AA{number:03d}AA")
        seconds.append(shows_after_seconds(board, CARD.format(visit)))
    record_property("seconds", f"{sorted(seconds)[2]:.2f}")
    assert sorted(seconds)[2] < AT_MOST_SECONDS
    expect(board.locator("#day-sum")).to_contain_text("5 visits")


@on_postgresql
def test_a_step_at_one_desk_shows_in_the_list_of_the_other(
    address: str, garage: MadeGarage, database: Database, page_for: PageFor
) -> None:
    visit = book_at(database, garage, 1)
    phone = open_day(page_for(width=390, base_url=address))
    desk = open_day(page_for(width=1440, base_url=address))
    desk.locator(CARD.format(visit)).click()
    desk.get_by_role("button", name="Check in").click()
    row = phone.locator(ROW.format(visit))
    expect(row).to_contain_text("Checked in", timeout=5_000)
    assert_no_axe_violations(phone)


@on_postgresql
def test_what_is_typed_held_and_scrolled_to_stays(
    address: str, garage: MadeGarage, database: Database, page_for: PageFor
) -> None:
    first = book_at(database, garage, 6)
    page = page_for(width=1024, base_url=address)
    page.set_viewport_size({"width": 1024, "height": 560})
    open_day(page)
    board = page.locator("#board")
    board.evaluate("board => { board.scrollTop = 120 }")
    page.locator(CARD.format(first)).focus()
    scrolled = board.evaluate("board => board.scrollTop")
    second = book_at(database, garage, 7, plate="AB123CD")
    expect(page.locator(CARD.format(second))).to_be_attached(timeout=5_000)
    expect(page.locator(CARD.format(first))).to_be_focused()
    assert board.evaluate("board => board.scrollTop") == scrolled
    page.keyboard.press("/")
    page.keyboard.type("GA48")
    third = book_at(database, garage, 8, plate="AC123CD")
    expect(page.locator(CARD.format(third))).to_be_attached(timeout=5_000)
    field = page.get_by_role("searchbox")
    expect(field).to_be_focused()
    expect(field).to_have_value("GA48")


@on_postgresql
def test_the_keys_still_find_what_was_renewed(
    address: str, garage: MadeGarage, database: Database, page_for: PageFor
) -> None:
    first = book_at(database, garage, 2)
    page = open_day(page_for(width=1440, base_url=address))
    second = book_at(database, garage, 3, plate="AB123CD")
    expect(page.locator(CARD.format(second))).to_be_visible(timeout=5_000)
    page.locator(CARD.format(first)).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(CARD.format(second))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer-name")).to_contain_text("AB-123-CD")


@on_postgresql
def test_without_a_connection_it_says_so_until_it_comes_back(
    address: str, garage: MadeGarage, database: Database, page_for: PageFor
) -> None:
    page = open_day(page_for(width=1440, base_url=address))
    said = page.get_by_text("No connection.")
    expect(said).to_be_hidden()
    page.context.set_offline(True)
    expect(said).to_be_visible(timeout=5_000)
    assert_no_axe_violations(page)
    visit = book_at(database, garage, 3)
    page.context.set_offline(False)
    expect(page.locator(CARD.format(visit))).to_be_visible(timeout=5_000)
    expect(said).to_be_hidden()


@on_sqlite
def test_a_session_that_has_ended_says_so_and_asks_no_more(
    address: str, garage: MadeGarage, database: Database, page_for: PageFor
) -> None:
    page = open_day(page_for(width=1440, base_url=address))
    with database.app.app_context(), across_garages("test"), unit_of_work() as session:
        session.query(UserSession).update({"revoked_at": EIGHT})
    expect(page.get_by_text("You are no longer signed in.")).to_be_visible(timeout=5_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(3_500)
    assert asked == []
    page.get_by_role("link", name="Sign in").click()
    expect(page.locator("[name=password]")).to_be_visible()


@on_postgresql
def test_the_week_goes_on_by_itself_too(
    address: str, garage: MadeGarage, database: Database, page_for: PageFor
) -> None:
    page = open_day(page_for(width=1440, base_url=address), "/desk/lyon/week")
    book_at(database, garage, 3)
    expect(page.get_by_role("table").get_by_role("link").filter(has_text="GA-482-QT")).to_be_visible(
        timeout=5_000
    )
