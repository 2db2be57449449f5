"""A text that did not arrive, from the provider's no to the customer who was phoned instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from app.auth.roles import Role
from app.db.unit_of_work import unit_of_work
from app.jobs.ticks import record_tick
from notifications.channels.twilio.channel import TwilioChannel
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import make_garage
from tests.factories.staff import make_member
from tests.journeys.test_desk_visit import RECEPTION, sign_in
from tests.support.browser import Look, PageFor, assert_no_axe_violations, shoot
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql
from tests.support.servers import Servers
from tests.support.twilio import StandIn

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
BY_SMS_ONLY = replace(CAMILLE, email=None)
LANDLINE = {"do": "refuse", "status": 400, "code": 21614}
LOOKS = [Look(390, dark=True, locale="fr"), Look(1440)]


@pytest.fixture
def url(database: Database, clock: MovableClock, servers: Servers, twilio: StandIn) -> str:
    """A desk with one visit whose confirmation the provider has refused for good."""
    clock.move_to(MONDAY)
    twilio.order(always=LANDLINE)
    installation = database.another_app(**twilio.settings)
    with installation.app_context():
        garage = make_garage(garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST, name="Nolwenn")
        book(garage, WEDNESDAY_NINE, customer=BY_SMS_ONLY)
        send_due({"sms": TwilioChannel(database.settings(**twilio.settings))})
    return servers.web(database).url


@on_postgresql
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_a_customer_whose_text_was_refused_is_phoned(url: str, page_for: PageFor, javascript: bool) -> None:
    page = sign_in(page_for(width=1440, javascript=javascript, base_url=url), "/desk/lyon/day")
    entry = page.get_by_role("navigation", name="Main").get_by_role("link", name="To phone")
    expect(entry.locator(".count")).to_have_text(", 1")
    entry.click()
    row = page.locator(".to-phone > li")
    expect(row).to_contain_text("This number takes no texts; perhaps it is a landline.")
    expect(row.get_by_role("link", name="Call Camille Perrot")).to_have_attribute("href", "tel:+33639981427")
    row.get_by_text("Read the text").click()
    expect(row.locator(".letter-text")).to_contain_text("Bonjour Camille, c'est réservé")
    row.get_by_role("button", name="Phoned").click()
    expect(page.get_by_role("heading", name="Nobody needs a call")).to_be_visible()
    expect(page.locator(".rail > ul > li > a .count")).to_have_count(0)
    expect(page.get_by_role("region", name="Phoned today")).to_contain_text("by Nolwenn")
    page.get_by_role("button", name="Put back on the list").click()
    expect(page.locator(".rail > ul > li > a .count")).to_have_text(", 1")


@on_postgresql
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_list_its_end_and_the_warning_are_open_to_everybody(
    database: Database, clock: MovableClock, url: str, page_for: PageFor, look: Look
) -> None:
    with database.app.app_context(), unit_of_work() as session:
        record_tick(session, "end_leases")
    clock.advance(minutes=10)
    page = sign_in(page_for(look, base_url=url), "/desk/please-phone")
    expect(page.locator(".note-bad")).to_be_visible()
    page.locator(".to-phone summary").click()
    assert_no_axe_violations(page)
    shoot(page, "please-phone", look)
    with page.expect_navigation():
        page.locator(".to-phone form [type=submit]").click()
    expect(page.locator(".empty")).to_be_visible()
    assert_no_axe_violations(page)
    shoot(page, "please-phone-done", look)


@on_postgresql
def test_at_320_pixels_nothing_is_cut_off(url: str, page_for: PageFor) -> None:
    page = sign_in(page_for(width=320, base_url=url), "/desk/please-phone")
    page.locator(".to-phone summary").click()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
