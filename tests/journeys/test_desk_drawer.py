"""A visit in the drawer beside the board: opened, taken on by one press, renewed, closed again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.auth.roles import Role
from booking.appointments.life_cycle import Status
from booking.customers.operations import VehicleDetails
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.factories.steps import step, view_of
from tests.support.browser import PageFor, assert_no_axe_violations
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
RECEPTION, WORKSHOP = "desk@martin.example", "tech@martin.example"
OTHER = VehicleDetails(plate="FB117KR", country="FR")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the desk is, its database and garage, and a car that is due now."""

    url: str
    database: Database
    garage: MadeGarage
    number: int

    @property
    def status(self) -> Status:
        with self.database.app.app_context():
            return view_of(self.garage, self.number).status


@pytest.fixture
def desk(database: Database, clock: MovableClock, servers: Servers) -> Desk:
    clock.move_to(EIGHT - timedelta(days=5))
    with database.app.app_context():
        garage = make_garage(bays=2, technicians=2, garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST, name="Nolwenn")
        make_member(garage, WORKSHOP, Role.TECHNICIAN, name="Hugo")
        number = book(garage, EIGHT)
        book(garage, EIGHT + timedelta(hours=2), vehicle=OTHER)
    clock.move_to(EIGHT + timedelta(minutes=2))
    return Desk(servers.web(database).url, database, garage, number)


def open_day(desk: Desk, page_for: PageFor, *, who: str = RECEPTION, width: int = 1440) -> Page:
    page = page_for(width=width, base_url=desk.url, expected_statuses=(409, 422))
    page.goto("/desk/lyon/day")
    page.fill("[name=email]", who)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_load_state()
    return page


def take_it_on(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    card = page.locator(".ev", has_text="GA-482-QT")
    card.click()
    drawer = page.get_by_role("complementary", name="GA-482-QT")
    expect(drawer.get_by_role("heading", name="GA-482-QT")).to_be_focused()
    expect(drawer.locator(".stands")).to_contain_text("8:00")
    expect(card).to_have_attribute("aria-current", "true")
    assert_no_axe_violations(page)
    drawer.get_by_role("button", name="Check in").click()
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT is checked in.")
    expect(card).to_have_attribute("data-s", "arrived")
    expect(drawer.locator(".pill").first).to_have_text("Checked in")
    assert (desk.status, "/day" in page.url) == (Status.ARRIVED, True)
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("Undone")
    expect(drawer.locator(".pill").first).to_have_text("Confirmed")
    assert desk.status == Status.CONFIRMED


@on_postgresql
def test_the_next_step_is_one_press_and_the_board_stays_open(desk: Desk, page_for: PageFor) -> None:
    take_it_on(desk, page_for)


@on_sqlite
def test_the_next_step_is_one_press_on_sqlite(desk: Desk, page_for: PageFor) -> None:
    take_it_on(desk, page_for)


@on_postgresql
def test_by_keyboard_from_card_to_card_and_back(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    card = page.locator(".ev", has_text="GA-482-QT")
    card.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer-name")).to_be_focused()
    page.keyboard.press("c")
    expect(page.locator("#toasts")).to_contain_text("is checked in")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(card).to_be_focused()


@on_postgresql
def test_what_another_desk_does_shows_in_the_open_drawer(
    desk: Desk, database: Database, page_for: PageFor
) -> None:
    page = open_day(desk, page_for)
    page.locator(".ev", has_text="GA-482-QT").click()
    expect(page.locator("#drawer .pill").first).to_have_text("Confirmed")
    with database.app.app_context():
        step(desk.garage, desk.number, Status.ARRIVED, Status.IN_PROGRESS)
    expect(page.locator("#drawer .pill").first).to_have_text("In progress")


@on_postgresql
def test_from_an_old_drawer_the_conflict_is_clear(desk: Desk, database: Database, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    page.locator(".ev", has_text="GA-482-QT").click()
    page.locator("#drawer summary", has_text="Cancel this appointment").click()
    page.get_by_label("Reason").fill("Ill")
    with database.app.app_context():
        step(desk.garage, desk.number, Status.ARRIVED)
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.locator("#toasts")).to_contain_text("Someone else has just changed this")
    expect(page.locator("#drawer .pill").first).to_have_text("Checked in")
    assert desk.status == Status.ARRIVED


@on_postgresql
def test_it_is_cancelled_there_with_its_reason(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    page.locator(".ev", has_text="GA-482-QT").click()
    page.locator("#drawer summary", has_text="Cancel this appointment").click()
    page.get_by_label("Reason").fill("Sold the car")
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT is cancelled; its place is free.")
    expect(page.locator("#board .ev", has_text="GA-482-QT")).to_have_count(0)
    assert desk.status == Status.CANCELLED


@on_postgresql
def test_another_card_takes_its_place_and_a_phone_opens_the_page(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    page.locator(".ev", has_text="GA-482-QT").click()
    page.locator(".ev", has_text="FB-117-KR").click()
    expect(page.locator("#drawer-name")).to_contain_text("FB-117-KR")
    page.get_by_role("link", name="Whole page").click()
    expect(page).to_have_url(re.compile(r"/appointments/\d+"))
    phone = open_day(desk, page_for, width=390)
    phone.locator(".arow", has_text="GA-482-QT").click()
    expect(phone).to_have_url(re.compile(f"/appointments/{desk.number}"))


@on_postgresql
def test_a_technician_reads_and_presses_nothing(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for, who=WORKSHOP)
    page.locator(".ev", has_text="GA-482-QT").click()
    expect(page.locator("#drawer-name")).to_be_focused()
    expect(page.locator("#drawer form")).to_have_count(0)
