"""Moving and undoing at the desk in a browser, and the texts that leave for it, or do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from notifications.outbox.models import Message
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.support.browser import PageFor, assert_no_axe_violations
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
RECEPTION = "desk@martin.example"
BOTH_WAYS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
PATIENCE_MS = 20_000
RULES_AT_TEN_TO_SIX = ["The workshop is closed then.", "This is not one of the workshop’s arrival times."]
READY = "est prete"  # a text has no letters that would halve its length


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the desk is, its garage, and its one visit: this morning at eight, on the first bay."""

    url: str
    garage: MadeGarage
    visit: str


@pytest.fixture
def desk(database: Database, clock: MovableClock, servers: Servers) -> Desk:
    clock.move_to(EIGHT - timedelta(days=5))
    with database.app.app_context():
        garage = make_garage(bays=2, technicians=2, garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST, name="Nolwenn")
        number = book(garage, EIGHT)
    clock.move_to(EIGHT - timedelta(minutes=10))
    return Desk(servers.web(database).url, garage, f"/desk/lyon/appointments/{number}")


def sign_in(page: Page, target: str) -> Page:
    """Ask for a page of the desk, and arrive there through the form."""
    page.goto(target)
    page.fill("[name=email]", RECEPTION)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_load_state()
    return page


def column(page: Page, name: str) -> str:
    """What stands in a bay's column of the day."""
    page.goto("/desk/lyon/day")
    return page.get_by_role("group", name=name).inner_text()


def move_by_keyboard(desk: Desk, page_for: PageFor) -> None:
    page = sign_in(page_for(width=1440, base_url=desk.url), "/desk/lyon/day")
    assert "GA-482-QT" in column(page, "Bay 1")
    page.locator(".ev").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".stands")).to_contain_text("Expected today at 8:00")
    page.wait_for_load_state()
    page.keyboard.press("m")
    expect(page.get_by_label("Day")).to_be_focused()
    assert_no_axe_violations(page)
    page.get_by_label("Arrival").focus()
    page.keyboard.type("1000AM")
    page.get_by_label("Bay", exact=True).focus()
    page.keyboard.type("Bay 2")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT moved to Bay 2, today at 10:00.")
    assert_no_axe_violations(page)
    page.wait_for_load_state()
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("Undone")
    expect(page.locator(".stands")).to_contain_text("Expected today at 8:00")
    expect(page.locator(".log", has_text="Booked online").locator("li")).to_have_count(3)
    assert "GA-482-QT" in column(page, "Bay 1")


@on_postgresql
def test_a_visit_is_moved_and_brought_back_by_keyboard(desk: Desk, page_for: PageFor) -> None:
    move_by_keyboard(desk, page_for)


@on_sqlite
def test_a_visit_is_moved_and_brought_back_on_sqlite(desk: Desk, page_for: PageFor) -> None:
    move_by_keyboard(desk, page_for)


@on_postgresql
@BOTH_WAYS
def test_the_column_changes_and_changes_back(desk: Desk, page_for: PageFor, javascript: bool) -> None:
    page = sign_in(page_for(width=1440, javascript=javascript, base_url=desk.url), f"{desk.visit}/move")
    page.get_by_label("Bay", exact=True).select_option("Bay 2")
    page.locator("main form [type=submit]").click()
    expect(page.locator("#toasts")).to_contain_text("moved to Bay 2")
    page.get_by_role("link", name="Monday 7 December").click()
    expect(page.get_by_role("group", name="Bay 2")).to_contain_text("GA-482-QT")
    page.go_back()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Undone")
    assert "GA-482-QT" in column(page, "Bay 1")


@on_postgresql
@BOTH_WAYS
def test_a_refused_place_is_answered_with_one_that_is_taken_by_one_press(
    desk: Desk, database: Database, page_for: PageFor, javascript: bool
) -> None:
    with database.app.app_context():
        for _ in range(2):
            book(desk.garage, EIGHT + timedelta(hours=2))
    page = sign_in(page_for(width=390, javascript=javascript, base_url=desk.url), f"{desk.visit}/move")
    page.get_by_label("Arrival").fill("10:00")
    page.locator("main form [type=submit]").click()
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("This overlaps GA-482-QT in Bay 1.")
    if javascript:
        expect(refusal).to_be_focused()
        assert_no_axe_violations(page)
    expect(page.get_by_label("Arrival")).to_have_value("10:00")
    refusal.get_by_role("button").first.click()
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT moved to Bay 1, today at 9:00.")


@on_postgresql
@BOTH_WAYS
def test_rules_are_passed_once_they_are_read(desk: Desk, page_for: PageFor, javascript: bool) -> None:
    page = sign_in(page_for(width=390, javascript=javascript, base_url=desk.url), f"{desk.visit}/move")
    page.get_by_label("Arrival").fill("17:50")
    page.locator("main form [type=submit]").click()
    refusal = page.get_by_role("alert")
    expect(refusal.locator("li")).to_have_text(RULES_AT_TEN_TO_SIX)
    if javascript:
        expect(refusal).to_be_focused()
        assert_no_axe_violations(page)
    refusal.get_by_role("button", name="Place anyway").click()
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT moved to Bay 1, today at 17:50.")
    expect(page.get_by_text("Placed anyway: " + " ".join(RULES_AT_TEN_TO_SIX))).to_be_visible()
    page.goto("/desk/conflicts")
    expect(page.locator("main")).not_to_contain_text("GA-482-QT")


def mark_ready(page: Page) -> None:
    page.get_by_role("button", name="Check in").click()
    page.get_by_role("button", name="Mark as ready").click()
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT is ready.")


def states(database: Database, garage: MadeGarage) -> list[str]:
    """The states of the texts that say that the car is ready, oldest first."""
    with database.app.app_context(), scoped_to(garage.id), reading() as session:
        rows = select(Message.state).where(
            Message.garage_id == garage.id, Message.kind == "ready", Message.channel == "sms"
        )
        return list(session.scalars(rows.order_by(Message.id)))


def wait_for_states(database: Database, garage: MadeGarage, page: Page, wanted: list[str]) -> None:
    """Until the scheduler, which ticks every second, has come to the end of what is due."""
    for _ in range(PATIENCE_MS // 250):
        if states(database, garage) == wanted:
            return
        page.wait_for_timeout(250)
    assert states(database, garage) == wanted


def bubbles(page: Page) -> str:
    """The texts on the customer's phone."""
    page.goto("/dev/phone?garage=martin&lang=en")
    return "\n".join(page.locator(".bubble").all_inner_texts())


def ready_is_told_after_thirty_seconds(
    desk: Desk, database: Database, clock: MovableClock, servers: Servers, page_for: PageFor
) -> None:
    servers.scheduler(database)
    page = sign_in(page_for(width=1440, base_url=desk.url), desk.visit)
    mark_ready(page)
    clock.advance(seconds=20)
    page.wait_for_timeout(3000)
    assert states(database, desk.garage) == ["planned"]
    assert READY not in bubbles(page)
    clock.advance(seconds=11)
    wait_for_states(database, desk.garage, page, ["accepted"])
    assert READY in bubbles(page)


@on_postgresql
def test_ready_to_collect_is_told_thirty_seconds_later(
    desk: Desk, database: Database, clock: MovableClock, servers: Servers, page_for: PageFor
) -> None:
    ready_is_told_after_thirty_seconds(desk, database, clock, servers, page_for)


@on_sqlite
def test_ready_to_collect_is_told_thirty_seconds_later_on_sqlite(
    desk: Desk, database: Database, clock: MovableClock, servers: Servers, page_for: PageFor
) -> None:
    ready_is_told_after_thirty_seconds(desk, database, clock, servers, page_for)


@on_postgresql
@BOTH_WAYS
def test_undone_in_time_no_text_leaves_and_the_next_ready_is_told_once(
    desk: Desk,
    database: Database,
    clock: MovableClock,
    servers: Servers,
    page_for: PageFor,
    javascript: bool,
) -> None:
    servers.scheduler(database)
    page = sign_in(page_for(width=1440, javascript=javascript, base_url=desk.url), desk.visit)
    mark_ready(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Undone")
    clock.advance(minutes=5)
    page.wait_for_timeout(3000)
    assert states(database, desk.garage) == ["cancelled"]
    assert READY not in bubbles(page)
    page.goto(desk.visit)
    expect(page.locator(".log", has_text="Ready to collect")).to_contain_text("it was undone at the desk")
    page.get_by_role("button", name="Mark as ready").click()
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT is ready.")
    clock.advance(seconds=31)
    wait_for_states(database, desk.garage, page, ["cancelled", "accepted"])
    assert bubbles(page).count(READY) == 1
