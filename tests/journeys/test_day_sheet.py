"""The day sheet, from the desk to paper: found by hand and by key, and one page of A4."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.auth.roles import Role
from booking.customers.operations import VehicleDetails
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.support.browser import Look, PageFor, assert_no_axe_violations, shoot
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql
from tests.support.servers import Servers

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
RECEPTION = "desk@martin.example"
BAYS, ARRIVALS = 5, 4


@pytest.fixture
def address(database: Database, clock: MovableClock, servers: Servers) -> str:
    """A server of a garage of five bays whose Monday brings twenty cars, each with a note."""
    clock.move_to(MONDAY - timedelta(days=5))
    note = "A squeak in the cold from the front left wheel, louder when it turns to the right."
    with database.app.app_context():
        garage = make_garage(bays=BAYS, technicians=BAYS, garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST)
        for number in range(BAYS * ARRIVALS):
            vehicle = VehicleDetails(plate=f"GA{100 + number}QT", country="FR", make="Peugeot", model="208")
            arrives_at = MONDAY + timedelta(hours=number // BAYS)
            book(garage, arrives_at, vehicle=vehicle, customer=CAMILLE, notes=note)
    return servers.web(database).url


def sign_in(page: Page) -> None:
    page.goto("/desk/lyon/day?on=2026-12-07")
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.locator("main [type=submit]").click()


def boxes_of_pages(pdf: bytes) -> list[tuple[float, ...]]:
    """Width and height of each page in points, from the file's own page objects."""
    text = pdf
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            text += zlib.decompress(stream)
        except zlib.error:
            continue  # not a compressed one
    boxes = re.findall(rb"/Type\s*/Page\b[^s].*?/MediaBox\s*\[([\d. ]+)\]", text, re.DOTALL)
    return [tuple(float(part) for part in box.split())[2:] for box in boxes]


@on_postgresql
@pytest.mark.parametrize("look", [Look(1440), Look(1440, dark=True, locale="fr")], ids=str)
def test_a_day_of_twenty_cars_is_printed_on_one_page(address: str, page_for: PageFor, look: Look) -> None:
    page = page_for(look, base_url=address)
    sign_in(page)
    page.locator(".topbar a[href*='/sheet']").click()
    expect(page.locator(".sheet tbody tr")).to_have_count(BAYS * ARRIVALS)
    assert_no_axe_violations(page)
    shoot(page, "day-sheet", look)
    page.emulate_media(media="print")
    expect(page.locator(".sheet-bar")).to_be_hidden()
    ((width, height),) = boxes_of_pages(page.pdf(prefer_css_page_size=True))
    assert (round(width), round(height)) == (595, 842)


@on_postgresql
def test_one_key_opens_the_sheet_and_prints_it(address: str, page_for: PageFor) -> None:
    page = page_for(width=1440, base_url=address)
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; }")
    sign_in(page)
    page.keyboard.press("p")
    expect(page).to_have_url(f"{address}/desk/lyon/sheet?date=2026-12-07")
    page.wait_for_load_state()
    page.keyboard.press("p")
    assert page.evaluate("window.printed") == 1
    page.get_by_role("link", name="By time").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("By time of arrival")
    page.get_by_role("link", name="Back to the day").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Monday 7")


@on_postgresql
def test_a_phone_reads_the_sheet_without_sliding_it(address: str, page_for: PageFor) -> None:
    page = page_for(width=390, javascript=False, base_url=address)
    sign_in(page)
    page.goto("/desk/lyon/sheet?date=2026-12-07")
    row = page.locator(".sheet tbody tr").first
    expect(row).to_contain_text("GA-100-QT")
    box = row.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
