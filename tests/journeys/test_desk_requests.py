"""Deciding on a request in a browser: accepting, and declining with a reason that its customer reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.auth.roles import Role
from tests.factories.appointments import CAMILLE, book, manage_token
from tests.factories.garages import make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.support.browser import Look, PageFor, assert_no_axe_violations, shoot
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
RECEPTION = "desk@martin.example"
BOTH_WAYS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
LOOKS = [Look(390, dark=True, locale="fr"), Look(1440)]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the desk is, its one request, and the customer's page of it."""

    url: str
    visit: str
    manage: str


@pytest.fixture
def desk(database: Database, clock: MovableClock, servers: Servers) -> Desk:
    clock.move_to(EIGHT - timedelta(days=5))
    with database.app.app_context():
        garage = make_garage(garage={"locale": "en"}, rules={"approval": True})
        make_member(garage, RECEPTION, Role.RECEPTIONIST, name="Nolwenn")
        number = book(garage, EIGHT, customer=CAMILLE)
        token = manage_token(garage, number)
    return Desk(servers.web(database).url, f"/desk/lyon/appointments/{number}", f"/a/{token}?lang=en")


def sign_in(page: Page, target: str) -> Page:
    """Ask for a page of the desk, and arrive there through the form."""
    page.goto(target)
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_load_state()
    return page


@on_postgresql
@BOTH_WAYS
def test_a_request_is_accepted(desk: Desk, page_for: PageFor, javascript: bool) -> None:
    page = sign_in(page_for(width=1440, javascript=javascript, base_url=desk.url), desk.visit)
    expect(page.locator(".stands")).to_contain_text("without an answer it expires")
    expect(page.locator("#tells-confirmed")).to_contain_text("Camille gets a text")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator(".stands")).to_have_text("Expected Mon 7 Dec at 8:00")
    expect(page.get_by_role("button", name="Check in")).to_be_visible()
    page.goto(desk.manage)
    expect(page.get_by_role("heading", level=1)).to_contain_text("all is set")


@on_sqlite
@BOTH_WAYS
def test_a_request_is_declined_with_a_reason(desk: Desk, page_for: PageFor, javascript: bool) -> None:
    page = sign_in(page_for(width=390, javascript=javascript, base_url=desk.url), desk.visit)
    page.get_by_text("Decline this request").first.click()
    page.get_by_label("Reason").fill("Our lift is being repaired")
    page.get_by_role("button", name="Decline the request").click()
    expect(page.locator(".stands")).to_contain_text("Declined:")
    expect(page.get_by_text("Reason: Our lift is being repaired")).to_be_visible()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    page.goto(desk.manage)
    expect(page.get_by_text("The garage says: “Our lift is being repaired”")).to_be_visible()


@on_postgresql
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_request_in_every_look(desk: Desk, page_for: PageFor, look: Look) -> None:
    page = sign_in(page_for(look, base_url=desk.url), desk.visit)
    page.locator(".give-up summary").click()
    assert_no_axe_violations(page)
    shoot(page, "appointment-requested", look)
    page.locator("form[action*=decline] [name=reason]").fill("Our lift is being repaired")
    page.locator("form[action*=decline] [type=submit]").click()
    expect(page.locator(".stands")).to_be_visible()
    assert_no_axe_violations(page)
    page.goto(desk.manage)
    expect(page.get_by_text("Our lift is being repaired")).to_be_visible()
    assert_no_axe_violations(page)
    shoot(page, "manage-declined", look)
