"""A visit at the desk: taking steps, cancelling with a reason, two browsers at once, signing out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.auth.roles import Role
from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.support.browser import Look, PageFor, assert_no_axe_violations, shoot
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql
from tests.support.servers import Servers

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
RECEPTION, MECHANIC = "desk@martin.example", "tech@martin.example"
BOTH_WAYS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
LOOKS = [Look(390, dark=True, locale="fr"), Look(1440)]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the desk is, and its one visit: this morning at eight."""

    url: str
    visit: str


@pytest.fixture
def desk(database: Database, clock: MovableClock, servers: Servers) -> Desk:
    clock.move_to(EIGHT - timedelta(days=5))
    with database.app.app_context():
        garage = make_garage(garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST, name="Nolwenn")
        make_member(garage, MECHANIC, Role.TECHNICIAN)
        number = book(garage, EIGHT, notes="Whistles when cold")
    clock.move_to(EIGHT - timedelta(minutes=10))
    return Desk(servers.web(database).url, f"/desk/lyon/appointments/{number}")


def sign_in(page: Page, target: str, email: str = RECEPTION) -> Page:
    """Ask for a page of the desk, and arrive there through the form."""
    page.goto(target)
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_load_state()
    return page


@on_postgresql
@BOTH_WAYS
def test_a_car_is_taken_through_the_workshop(desk: Desk, page_for: PageFor, javascript: bool) -> None:
    page = sign_in(page_for(width=1440, javascript=javascript, base_url=desk.url), "/desk/lyon/day")
    page.locator(".ev").click()
    if javascript:
        page.get_by_role("link", name="Whole page").click()
    for step, said in (
        ("Check in", "Here since"),
        ("Start work", "In work since"),
        ("Waiting for parts", "Waiting for parts since"),
        ("Go on with the work", "In work since"),
        ("Mark as ready", "Ready since"),
        ("Collected", "Collected:"),
    ):
        page.get_by_role("button", name=step).click()
        expect(page.locator(".stands")).to_contain_text(said)
    expect(page.locator(".log", has_text="by Nolwenn").locator("li")).to_have_count(7)
    page.get_by_role("link", name="Monday 7 December").click()
    expect(page.locator(".ev[data-s=collected]")).to_be_visible()


@on_postgresql
@BOTH_WAYS
def test_a_visit_is_cancelled_with_a_reason(desk: Desk, page_for: PageFor, javascript: bool) -> None:
    page = sign_in(page_for(width=390, javascript=javascript, base_url=desk.url), desk.visit)
    page.get_by_text("Cancel this appointment").first.click()
    page.get_by_label("Reason").fill("The car was sold")
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.locator(".stands")).to_contain_text("the place is free again")
    expect(page.get_by_text("Reason: The car was sold")).to_be_visible()
    expect(page.get_by_role("button", name="Check in")).to_have_count(0)


@on_postgresql
def test_the_second_of_two_browsers_is_told(desk: Desk, page_for: PageFor) -> None:
    first = sign_in(page_for(width=1440, base_url=desk.url), desk.visit)
    second = sign_in(page_for(width=1440, base_url=desk.url), desk.visit)
    first.get_by_role("button", name="Check in").click()
    expect(first.locator(".stands")).to_contain_text("Here since")
    second.get_by_role("button", name="Start work").click()
    expect(second.get_by_role("alert")).to_contain_text("Someone else has just changed this")
    expect(second.locator(".stands")).to_contain_text("Here since")
    assert_no_axe_violations(second)
    second.get_by_role("button", name="Close").click()
    expect(second.get_by_role("alert")).to_have_count(0)


@on_postgresql
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_form_that_came_back_keeps_what_was_typed(desk: Desk, page_for: PageFor, look: Look) -> None:
    page = sign_in(page_for(look, base_url=desk.url), desk.visit)
    page.locator(".give-up summary").click()
    reason = page.locator("[name=reason]")
    reason.evaluate("field => field.removeAttribute('maxlength')")
    reason.fill("x" * 201)
    page.locator("form[action*=cancel] [type=submit]").click()
    expect(page.locator(".errsum")).to_be_focused()
    expect(reason).to_have_value("x" * 201)
    assert_no_axe_violations(page)
    shoot(page, "appointment-error", look)
    page.locator(".errsum a").click()
    expect(reason).to_be_focused()


@on_postgresql
def test_a_technician_looks_and_touches_nothing(desk: Desk, page_for: PageFor) -> None:
    page = sign_in(page_for(width=390, base_url=desk.url), desk.visit, MECHANIC)
    expect(page.get_by_role("heading", level=1)).to_contain_text("GA-482-QT")
    expect(page.get_by_role("link", name="Call Camille Perrot")).to_be_visible()
    expect(page.locator("main form[method=post]")).to_have_count(0)
    expect(page.locator("main")).not_to_contain_text("€")
    assert_no_axe_violations(page)


@on_postgresql
@BOTH_WAYS
def test_signing_out_closes_the_desk(desk: Desk, page_for: PageFor, javascript: bool) -> None:
    page = sign_in(page_for(width=390, javascript=javascript, base_url=desk.url), desk.visit)
    page.locator(".rail summary", has_text="More").click()
    shoot(page, "rail-more", Look(390))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.goto(desk.visit)
    expect(page.get_by_label("Password")).to_be_visible()
