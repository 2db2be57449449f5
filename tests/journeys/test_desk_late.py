"""The day as it happens, in a browser: who longer work hits, and a courtesy car that is not back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.auth.roles import Role
from booking.appointments.jobs import prolong_late
from booking.appointments.life_cycle import Status
from tests.factories.appointments import PEUGEOT, book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.factories.steps import step
from tests.support.browser import Look, PageFor, assert_no_axe_violations, shoot
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Eight in the morning in Lyon."""
MINUTE = timedelta(minutes=1)
RECEPTION = "desk@martin.example"


def sign_in(page: Page, target: str) -> None:
    page.goto(target)
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_load_state()


def make(clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY - timedelta(days=5))
    garage = make_garage(bays=1, technicians=1, courtesy_cars=1, garage={"locale": "en"})
    make_member(garage, RECEPTION, Role.RECEPTIONIST, name="Nolwenn")
    return garage


@pytest.fixture
def overrun(database: Database, clock: MovableClock, servers: Servers) -> str:
    """Ten minutes past the end of work that is not done, with another car due in twenty."""
    with database.app.app_context():
        garage = make(clock)
        late = book(garage, MONDAY)
        book(garage, MONDAY + 60 * MINUTE, vehicle=replace(PEUGEOT, plate="EK234BD"))
        clock.move_to(MONDAY)
        step(garage, late, Status.ARRIVED, Status.IN_PROGRESS)
        clock.move_to(MONDAY + 46 * MINUTE)
        prolong_late()
    return servers.web(database).url


def see_who_is_hit_and_move_it(page: Page, look: Look, *, judge: bool) -> None:
    sign_in(page, "/desk/lyon/day")
    expect(page.locator(".daysum ~ *", has_text="running over").first).to_be_visible()
    shoot(page, "day-overrun", look)
    page.goto("/desk/conflicts")
    expect(page.get_by_text("Bay 1 is held up by the car before.")).to_contain_text("GA-482-QT")
    expect(page.get_by_text("Tech 1 is held up by the car before.")).to_be_visible()
    if judge:
        assert_no_axe_violations(page)
    shoot(page, "conflicts-overrun", look)
    page.get_by_role("link", name="Another time: Camille Perrot").click()
    page.get_by_label("Arrival").fill("14:00")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator(".stands")).to_contain_text("14:00")
    page.goto("/desk/conflicts")
    expect(page.get_by_role("heading", name="No visit is to be re-planned")).to_be_visible()


@on_sqlite
def test_who_is_hit_by_an_overrun_is_listed_and_moved(overrun: str, page_for: PageFor) -> None:
    look = Look(1440)
    see_who_is_hit_and_move_it(page_for(look, base_url=overrun), look, judge=True)


@on_postgresql
def test_who_is_hit_by_an_overrun_is_moved_on_a_phone_without_scripts(
    overrun: str, page_for: PageFor
) -> None:
    look = Look(390)
    page = page_for(width=390, base_url=overrun, javascript=False)
    see_who_is_hit_and_move_it(page, look, judge=False)


@pytest.fixture
def lent(database: Database, clock: MovableClock, servers: Servers) -> tuple[str, str]:
    """A car that is ready, with its customer in the courtesy car; the garage's address, and the visit's."""
    with database.app.app_context():
        garage = make(clock)
        number = book(garage, MONDAY, mode="drop_off", courtesy_car=True)
        clock.move_to(MONDAY)
        step(garage, number, Status.ARRIVED, Status.READY)
        clock.move_to(MONDAY + 120 * MINUTE)
    return servers.web(database).url, f"/desk/lyon/appointments/{number}"


def collect_without_the_courtesy_car(page: Page, visit: str) -> None:
    sign_in(page, visit)
    page.get_by_role("button", name="Collected, courtesy car still out").click()
    expect(page.locator(".stands")).to_contain_text("the courtesy car is still out")


def bring_it_back(page: Page) -> None:
    page.get_by_role("button", name="Car is back").click()
    expect(page.get_by_role("button", name="Car is back")).to_have_count(0)
    expect(page.get_by_role("region", name="History")).to_contain_text("Courtesy car is back, by Nolwenn")
    expect(page.locator(".stands")).not_to_contain_text("courtesy car")


@on_postgresql
def test_a_courtesy_car_comes_back_after_the_visit(lent: tuple[str, str], page_for: PageFor) -> None:
    look = Look(1440)
    page = page_for(look, base_url=lent[0])
    collect_without_the_courtesy_car(page, lent[1])
    assert_no_axe_violations(page)
    shoot(page, "courtesy-car-out", look)
    bring_it_back(page)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("region", name="History")).to_contain_text("Courtesy car not back after all")
    bring_it_back(page)


@on_sqlite
def test_a_courtesy_car_comes_back_on_a_phone_without_scripts(
    lent: tuple[str, str], page_for: PageFor
) -> None:
    page = page_for(width=390, base_url=lent[0], javascript=False)
    collect_without_the_courtesy_car(page, lent[1])
    bring_it_back(page)
