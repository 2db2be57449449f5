"""Closing Friday afternoon in a browser: what it touches first, then the list, then a visit moved off it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.auth.roles import Role
from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.support.browser import PageFor, assert_no_axe_violations
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

FRIDAY = datetime(2026, 12, 11, 7, 0, tzinfo=UTC)
"""Eight in the morning in Lyon."""
RECEPTION = "desk@martin.example"


@pytest.fixture
def address(database: Database, clock: MovableClock, servers: Servers) -> str:
    """A garage on Tuesday, with one visit on Friday morning and one in the afternoon."""
    clock.move_to(FRIDAY - timedelta(days=3))
    with database.app.app_context():
        garage = make_garage(bays=2, technicians=2, garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST, name="Nolwenn")
        for hours in (0, 7):
            book(garage, FRIDAY + timedelta(hours=hours))
    return servers.web(database).url


def sign_in(page: Page, target: str) -> None:
    page.goto(target)
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_load_state()


def fill_form(page: Page) -> None:
    """By the labels that a person reads; a date field takes what its keyboard sends."""
    page.get_by_label("First day").fill("2026-12-11")
    page.get_by_label("Start time").fill("13:30")
    page.get_by_label("Note").fill("Training")
    page.get_by_label("Note").press("Enter")


def close_friday_afternoon(page: Page, *, look: bool) -> None:
    sign_in(page, "/desk/lyon/closures")
    fill_form(page)
    expect(page.get_by_role("heading", level=2)).to_have_text("Workshop closed: Fri 11 Dec from 13:30")
    touched = page.get_by_role("group", name="Camille Perrot")
    expect(touched).to_have_count(1)
    expect(touched).to_contain_text("Now: Fri 11 Dec at 15:00")
    touched.get_by_role("radio", name="Leave it").check()
    expect(page.locator(".rail > ul > li > a .count")).to_have_count(0)
    if look:
        assert_no_axe_violations(page)
    page.get_by_role("button", name="Confirm").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("One visit is to be re-planned")
    expect(page.locator(".rail > ul > li > a .count")).to_have_text(", 1")
    expect(page.get_by_text("The workshop is closed during the work.")).to_be_visible()
    if look:
        assert_no_axe_violations(page)


def move_it_to_the_morning(page: Page) -> None:
    page.get_by_role("link", name="Propose a place: Camille Perrot").focus()
    page.keyboard.press("Enter")
    places = page.get_by_role("group", name="Free near it: Camille Perrot").get_by_role("button")
    expect(places.first).to_contain_text("Fri 11 Dec at 11:00")
    places.first.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("moved to")
    expect(page.get_by_role("heading", name="No visit is to be re-planned")).to_be_visible()
    expect(page.locator(".rail > ul > li > a .count")).to_have_count(0)


def open_the_afternoon_again(page: Page) -> None:
    page.get_by_role("link", name="Leave and closings").click()
    row = page.locator(".closings .rules li")
    expect(row).to_contain_text("Closed 13:30 – 24:00 · Fri 11 Dec · Training")
    row.get_by_role("button").click()
    expect(page.locator("#toasts")).to_contain_text("that time can be booked again")
    expect(row).to_have_count(0)


@on_sqlite
def test_an_afternoon_is_closed_by_keyboard_and_its_visit_moved(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    close_friday_afternoon(page, look=True)
    move_it_to_the_morning(page)
    open_the_afternoon_again(page)


@on_postgresql
def test_an_afternoon_is_closed_on_a_phone_without_scripts(address: str, page_for: PageFor) -> None:
    page = page_for(width=390, base_url=address, javascript=False)
    close_friday_afternoon(page, look=False)
    move_it_to_the_morning(page)
    open_the_afternoon_again(page)


@on_postgresql
def test_a_technician_falls_ill_at_ten_and_one_confirmation_moves_the_visits(
    database: Database, clock: MovableClock, servers: Servers, page_for: PageFor
) -> None:
    """From the head of the technician's column to the new places, by keyboard."""
    clock.move_to(FRIDAY - timedelta(days=3))
    with database.app.app_context():
        garage = make_garage(bays=3, technicians=3, garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST, name="Nolwenn")
        for hours in (1, 2, 3):
            for _ in range(2):
                book(garage, FRIDAY + timedelta(hours=hours))
    clock.move_to(FRIDAY + timedelta(hours=1, minutes=55))  # five to ten
    page = page_for(width=1440, base_url=servers.web(database).url)
    sign_in(page, "/desk/lyon/day?by=technician")
    column = page.get_by_role("group", name="Tech 1")
    before = column.locator(".ev").count()
    page.get_by_role("link", name="Tech 1 away or out of use").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Who or what?")).to_have_value(re.compile(r"\d+"))
    expect(page.get_by_label("Start time")).to_have_value("10:00")
    page.get_by_label("Note").fill("Ill")
    page.get_by_label("Note").press("Enter")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Tech 1 on leave: Fri 11 Dec from 10:00")
    groups = page.get_by_role("group", name="Camille Perrot")
    assert 0 < groups.count() <= before
    expect(groups.first.get_by_role("radio").first).to_be_checked()
    expect(groups.first).to_contain_text("nobody is told")
    assert_no_axe_violations(page)
    page.get_by_role("button", name="Confirm").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("new place")
    page.goto("/desk/conflicts")
    expect(page.get_by_role("heading", name="No visit is to be re-planned")).to_be_visible()


@on_postgresql
def test_training_every_friday_is_entered_by_keyboard_and_ended_by_mouse(
    address: str, page_for: PageFor
) -> None:
    page = page_for(width=1440, base_url=address)
    sign_in(page, "/desk/lyon/closures")
    page.get_by_label("Who or what?").select_option(label="Technician · Tech 2")
    page.get_by_label("First day").fill("2026-12-11")
    page.get_by_label("Start time").fill("14:00")
    page.get_by_label("End time").fill("17:00")
    page.get_by_text("Repeat it").press("Enter")
    page.get_by_label("How often?").select_option(label="Every week")
    page.get_by_label("Until").fill("2027-01-29")
    page.get_by_role("checkbox", name="Fri").press("Space")
    assert_no_axe_violations(page)
    page.get_by_label("Note").fill("Training")
    page.get_by_label("Note").press("Enter")
    said = "every week: Fri, 14:00 – 17:00, until Fri 29 Jan 2027 (8 dates)"
    expect(page.get_by_role("heading", level=2)).to_have_text(f"Tech 2 on leave: {said}")
    expect(page.get_by_role("group", name="Camille Perrot")).to_contain_text("Now: Fri 11 Dec at 15:00")
    page.get_by_role("button", name="Confirm").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("One visit has its new place.")
    series = page.locator(".series")
    expect(series).to_contain_text(f"Leave · {said} · Training")
    series.locator("summary").click()
    assert_no_axe_violations(page)
    series.get_by_role("button", name="Take back: Tech 2, Fri 25 Dec").click()
    expect(series).to_contain_text("(7 dates)")
    series.locator("summary").click()
    series.get_by_label("Last date that stands").fill("2026-12-18")
    series.get_by_role("button", name="End the series").click()
    expect(series).to_contain_text("until Fri 18 Dec (2 dates)")
    page.goto("/desk/lyon/day?on=2026-12-18&by=technician")
    expect(page.get_by_role("group", name="Tech 2")).to_contain_text("Training")
