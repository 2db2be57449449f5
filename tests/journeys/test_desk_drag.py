"""Visits carried over the board by mouse, finger and keyboard; refused, taken back, into the tray and out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.auth.roles import Role
from booking.appointments.life_cycle import Status
from booking.appointments.queries import AppointmentView
from booking.customers.operations import VehicleDetails
from tests.factories.appointments import book, plan_later
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.factories.steps import step, view_of
from tests.support.browser import PageFor, assert_no_axe_violations
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

EIGHT = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
RECEPTION, WORKSHOP = "desk@martin.example", "tech@martin.example"
OIL: dict[str, Any] = {"modes": ["wait", "drop_off"]}
FIRST, OTHER = "GA-482-QT", VehicleDetails(plate="FB117KR", country="FR")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the desk is, its database, its garage, and a car that is left there at eight on Monday."""

    url: str
    database: Database
    garage: MadeGarage
    number: int

    def stands(self, number: int | None = None) -> AppointmentView:
        with self.database.app.app_context():
            return view_of(self.garage, number or self.number)

    def start(self, number: int | None = None) -> datetime | None:
        return self.stands(number).appointment.work_starts_at

    def bay(self, number: int | None = None) -> str:
        place = self.stands(number).place("bay")
        return place.name if place else ""


@pytest.fixture
def desk(database: Database, clock: MovableClock, servers: Servers) -> Desk:
    clock.move_to(EIGHT - 5 * DAY)
    with database.app.app_context():
        garage = make_garage(bays=2, technicians=2, services=[OIL], garage={"locale": "en"})
        make_member(garage, RECEPTION, Role.RECEPTIONIST, name="Nolwenn")
        make_member(garage, WORKSHOP, Role.TECHNICIAN, name="Hugo")
        number = book(garage, EIGHT, mode="drop_off")
    clock.move_to(EIGHT - 10 * MINUTE)
    return Desk(servers.web(database).url, database, garage, number)


def open_day(
    desk: Desk, page_for: PageFor, target: str = "/desk/lyon/day", *, who: str = RECEPTION, **look: Any
) -> Page:
    """Signed in, the board's scripts listening."""
    page = page_for(base_url=desk.url, expected_statuses=(409,), **({"width": 1440} | look))
    page.goto(target)
    page.fill("[name=email]", who)
    page.fill("[name=password]", PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_load_state()
    return page


def card(page: Page, plate: str = FIRST) -> Locator:
    return page.locator(".ev, .slip, .tcard").filter(has_text=plate).first


def spot(page: Page, column: str, clock_time: str) -> tuple[float, float]:
    """Where the board shows a time of a column; it begins at eight."""
    hours, minutes = clock_time.split(":")
    bay = page.get_by_role("group", name=column).bounding_box()
    steps = int(page.locator("#board").get_attribute("data-steps") or 0)
    assert bay is not None
    step = ((int(hours) - 8) * 60 + int(minutes)) / 5
    return bay["x"] + bay["width"] / 2, bay["y"] + bay["height"] / steps * step


def drag(page: Page, what: Locator, to: tuple[float, float], *, by: float = 6) -> None:
    """Pressed near its top, carried in several moves, let go."""
    box = what.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + by)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + by + 12, steps=3)
    page.mouse.move(to[0], to[1] + by, steps=6)
    page.mouse.up()


def drag_by_mouse(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    drag(page, card(page), spot(page, "Bay 2", "10:00"))
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT: work in Bay 2, today at 10:00; ready: 10:45.")
    expect(page.get_by_role("group", name="Bay 2")).to_contain_text(FIRST)
    assert (desk.bay(), desk.start()) == ("Bay 2", EIGHT + 2 * HOUR)
    assert desk.stands().appointment.arrives_at == EIGHT
    assert "/day" in page.url, "a card that was carried opens nothing"
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("Undone")
    expect(page.get_by_role("group", name="Bay 1")).to_contain_text(FIRST)
    assert (desk.bay(), desk.start()) == ("Bay 1", EIGHT)
    card(page).click()
    expect(page.locator("#drawer-name")).to_contain_text(FIRST)


@on_postgresql
def test_by_mouse_to_another_bay_and_time_and_back(desk: Desk, page_for: PageFor) -> None:
    drag_by_mouse(desk, page_for)


@on_sqlite
def test_by_mouse_on_sqlite(desk: Desk, page_for: PageFor) -> None:
    drag_by_mouse(desk, page_for)


@on_postgresql
def test_by_keyboard_it_is_lifted_carried_stretched_and_let_go(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    said = page.locator("#carry-said")
    card(page).focus()
    page.keyboard.press("m")
    expect(said).to_contain_text("Lifted from Bay 1, 8:00 to 8:45.")
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text("Bay 1, 8:15 to 9:00")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("Bay 2, 8:15 to 9:00")
    page.keyboard.press("Shift+ArrowDown")
    expect(said).to_have_text("Bay 2, 8:15 to 9:15")
    assert_no_axe_violations(page)
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("work in Bay 2, today at 8:15; ready: 9:15.")
    expect(card(page)).to_be_focused()
    view = desk.stands()
    assert (desk.bay(), desk.start(), view.appointment.work_minutes) == ("Bay 2", EIGHT + 15 * MINUTE, 60)


@on_postgresql
def test_escape_puts_it_back_and_nothing_is_asked(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    card(page).focus()
    for key in ("m", "ArrowDown", "ArrowRight", "Escape"):
        page.keyboard.press(key)
    expect(page.locator("#carry-said")).to_have_text("Put back: nothing has changed.")
    expect(card(page)).to_be_focused()
    page.keyboard.press("m")
    page.keyboard.press("Enter")  # where it was
    expect(page.locator("#toasts .toast")).to_have_count(0)
    box = card(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(*spot(page, "Bay 2", "11:00"), steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".carry-ghost")).to_have_count(0)
    assert desk.stands().appointment.version == 1


@on_postgresql
def test_its_lower_edge_makes_it_longer(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    box = card(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 3)
    page.mouse.down()
    page.mouse.move(*spot(page, "Bay 1", "9:30"), steps=6)
    page.mouse.up()
    expect(page.locator("#toasts")).to_contain_text("of work; ready: 9:30.")
    assert desk.stands().appointment.work_minutes == 90


@on_postgresql
def test_where_a_car_is_it_is_told_why_and_takes_what_is_offered(
    desk: Desk, database: Database, page_for: PageFor
) -> None:
    with database.app.app_context():
        book(desk.garage, EIGHT + 2 * HOUR, vehicle=OTHER)
    page = open_day(desk, page_for)
    taken = page.get_by_role("group").filter(has_text="FB-117-KR").get_attribute("aria-label") or ""
    drag(page, card(page), spot(page, taken, "10:00"))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"This overlaps FB-117-KR in {taken}.")
    expect(dialog.get_by_role("button", name="Leave it")).to_be_focused()
    assert_no_axe_violations(page)
    assert desk.start() == EIGHT
    dialog.get_by_role("button", name="Today at 10:00").click()
    expect(page.locator("#toasts")).to_contain_text("today at 10:00")
    assert (desk.start(), desk.bay() == taken) == (EIGHT + 2 * HOUR, False)


@on_postgresql
def test_the_lunch_break_is_passed_by_place_anyway_or_left_alone(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    for press, stands in (("Leave it", EIGHT), ("Place anyway", EIGHT + 4 * HOUR + 15 * MINUTE)):
        drag(page, card(page), spot(page, "Bay 1", "12:15"))
        expect(page.get_by_role("dialog")).to_contain_text("The workshop is closed then.")
        page.get_by_role("button", name=press).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.wait_for_function("!document.querySelector('[data-carrying]')")
        expect(card(page)).not_to_have_class("carried")
        if press == "Place anyway":
            expect(page.locator("#toasts")).to_contain_text("today at 12:15")
        assert desk.start() == stands


@on_postgresql
def test_into_the_tray_and_out_of_it_by_mouse(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    box = card(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 6)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 60, steps=4)
    zone = page.locator("#carry-tray").bounding_box()
    assert zone is not None
    page.mouse.move(zone["x"] + 20, zone["y"] + 10, steps=4)
    page.mouse.up()
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT has no place any more")
    expect(page.locator(".tray .tcard")).to_contain_text(FIRST)
    assert desk.bay() == ""
    drag(page, page.locator(".tcard"), spot(page, "Bay 2", "9:00"))
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT is placed: Bay 2")
    assert (desk.bay(), desk.start()) == ("Bay 2", EIGHT + HOUR)


@on_postgresql
def test_into_the_tray_and_out_of_it_by_keyboard(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    card(page).focus()
    page.keyboard.press("Delete")
    expect(page.locator("#toasts")).to_contain_text("has no place any more")
    expect(page.locator(".tcard")).to_be_focused()
    for key in ("m", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator("#carry-said")).to_contain_text("Bay 2")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("is placed: Bay 2")
    assert desk.bay() == "Bay 2"


@on_postgresql
def test_in_the_week_it_goes_to_another_day_at_its_time_of_day(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for, "/desk/lyon/week")
    cell = page.locator("td[aria-label='Bay 2, Wednesday 9']").bounding_box()
    assert cell is not None
    drag(page, card(page), (cell["x"] + 20, cell["y"] + 10))
    expect(page.locator("#toasts")).to_contain_text("GA-482-QT moved to Bay 2, Wed 9 Dec at 8:00.")
    assert (desk.bay(), desk.start()) == ("Bay 2", EIGHT + 2 * DAY)
    expect(page.locator("td[aria-label='Bay 2, Wednesday 9']")).to_contain_text(FIRST)
    card(page).focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#carry-said")).to_have_text("Bay 2, Thursday 10")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("moved to Bay 1, Thu 10 Dec at 8:00.")
    assert (desk.bay(), desk.start()) == ("Bay 1", EIGHT + 3 * DAY)


class Finger:
    """One finger on the page."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def send(self, kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@on_postgresql
def test_on_a_tablet_a_finger_that_rests_carries_and_one_that_does_not_scrolls(
    desk: Desk, page_for: PageFor
) -> None:
    page = open_day(desk, page_for, width=1024, touch=True)
    box = card(page).bounding_box()
    assert box is not None
    at, finger = (box["x"] + 30, box["y"] + 8), Finger(page)
    finger.send("touchStart", *at)
    finger.send("touchMove", at[0], at[1] + 40)
    expect(page.locator(".carry-ghost")).to_have_count(0)
    finger.send("touchEnd")
    page.evaluate("document.getElementById('board').scrollTop = 0")
    box = card(page).bounding_box()
    assert box is not None
    at = (box["x"] + 30, box["y"] + 8)
    finger.send("touchStart", *at)
    expect(page.locator(".carry-ghost")).to_have_count(1)
    x, y = spot(page, "Bay 2", "9:00")
    for part in (0.3, 0.6, 1):
        finger.send("touchMove", at[0] + (x - at[0]) * part, at[1] + (y + 8 - at[1]) * part)
    finger.send("touchEnd")
    expect(page.locator("#toasts")).to_contain_text("work in Bay 2, today at 9:00")
    assert (desk.bay(), desk.start()) == ("Bay 2", EIGHT + HOUR)


@on_postgresql
def test_of_two_desks_the_second_is_told_and_its_card_goes_back(desk: Desk, page_for: PageFor) -> None:
    one, two = open_day(desk, page_for), open_day(desk, page_for)
    box = card(two).bounding_box()
    assert box is not None
    two.mouse.move(box["x"] + 30, box["y"] + 6)
    two.mouse.down()
    two.mouse.move(*spot(two, "Bay 2", "11:00"), steps=5)  # in the hand, nothing is renewed under it
    drag(one, card(one), spot(one, "Bay 2", "9:00"))
    expect(one.locator("#toasts")).to_contain_text("today at 9:00")
    two.mouse.up()
    expect(two.locator("#toasts")).to_contain_text("Someone else has just changed this")
    expect(two.get_by_role("group", name="Bay 2")).to_contain_text(FIRST)
    assert desk.start() == EIGHT + HOUR


@on_postgresql
def test_without_a_connection_the_card_goes_back_and_says_so(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    page.route("**/drop", lambda route: route.abort())
    drag(page, card(page), spot(page, "Bay 2", "9:00"))
    expect(page.locator("#toasts")).to_contain_text("No connection: the visit stays where it was.")
    expect(page.get_by_role("group", name="Bay 1")).to_contain_text(FIRST)
    expect(page.locator(".carried, .carry-ghost")).to_have_count(0)


@on_postgresql
def test_work_that_has_begun_only_becomes_longer(desk: Desk, database: Database, page_for: PageFor) -> None:
    with database.app.app_context():
        step(desk.garage, desk.number, Status.ARRIVED, Status.IN_PROGRESS)
    page = open_day(desk, page_for)
    drag(page, card(page), spot(page, "Bay 2", "10:00"))
    expect(page.locator(".carry-ghost")).to_have_count(0)
    card(page).focus()
    for key in ("m", "ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#toasts")).to_contain_text("of work; ready: 9:00.")
    assert (desk.bay(), desk.stands().appointment.work_minutes) == ("Bay 1", 60)


@on_postgresql
def test_a_technician_carries_nothing(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for, who=WORKSHOP)
    expect(page.locator("[data-carry]")).to_have_count(0)
    drag(page, card(page), spot(page, "Bay 2", "10:00"))
    assert desk.stands().appointment.version == 1


@on_postgresql
def test_keys_that_are_switched_off_lift_nothing(desk: Desk, page_for: PageFor) -> None:
    page = open_day(desk, page_for)
    page.goto("/desk/keys")
    page.get_by_role("button", name="Switch").click()
    page.goto("/desk/lyon/day")
    card(page).focus()
    page.keyboard.press("m")
    expect(page.locator(".carry-ghost")).to_have_count(0)


@on_postgresql
def test_a_wish_is_placed_by_technician(desk: Desk, database: Database, page_for: PageFor) -> None:
    with database.app.app_context():
        number = plan_later(desk.garage, EIGHT - 8 * HOUR, vehicle=OTHER)
    page = open_day(desk, page_for, "/desk/lyon/day?by=technician")
    drag(page, page.locator(".tcard"), spot(page, "Tech 2", "14:00"))
    expect(page.locator("#toasts")).to_contain_text("FB-117-KR is placed")
    technician = desk.stands(number).place("technician")
    assert technician is not None
    assert (technician.name, desk.start(number)) == ("Tech 2", EIGHT + 6 * HOUR)
