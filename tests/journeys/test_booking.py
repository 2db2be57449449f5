"""The whole journey: book by page, see it at the desk and on the phone, be reminded, cancel by link."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.customers.operations import VehicleDetails
from notifications.outbox.models import Message
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import add_reminder
from tests.factories.staff import PASSWORD, make_member
from tests.support.browser import PageFor
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql, on_sqlite
from tests.support.servers import Servers

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
ARRIVAL = datetime(2026, 12, 7, 8, 0, tzinfo=UTC)  # nine o'clock in Lyon
EMAIL = "desk@martin.example"
PATIENCE_MS = 20_000
CAMILLE = {"name": "Camille Perrot", "phone": "06 39 98 14 27"}


def prepare(database: Database, clock: MovableClock) -> MadeGarage:
    """A garage with two bays, the first taken at nine, two reminders, and somebody at the desk."""
    clock.move_to(NOW)
    with database.app.app_context():
        garage = make_garage(
            bays=2, technicians=2, garage={"locale": "en"}, rules={"cancel_until_minutes": 240}
        )
        add_reminder(garage, hours_before=24)
        add_reminder(garage, hours_before=3)
        make_member(garage, EMAIL, Role.RECEPTIONIST)
        book(garage, ARRIVAL, vehicle=VehicleDetails(plate="ZZ111ZZ", country="FR"))
    return garage


def book_by_page(page: Page) -> None:
    """From the workshop's page to the confirmation, as a visitor does it."""
    page.goto("/g/martin/lyon?lang=en")
    page.check("input[name=service][value=oil]")
    page.get_by_role("button", name="Continue").click()
    page.fill("[name=plate]", "ga 482 qt")
    page.get_by_role("button", name="Continue").click()
    page.goto(re.sub(r"\?.*", "", page.url) + "?day=2026-12-07")
    page.locator("label.slot", has_text=re.compile(r"^\s*9:00\s*$")).locator("input").check(force=True)
    page.get_by_role("button", name="Continue").click()
    for name, value in CAMILLE.items():
        page.fill(f"[name={name}]", value)
    page.check("[name=sms_consent]")
    page.get_by_role("button", name="Confirm the appointment").click()
    assert page.locator("h1").inner_text() == "You’re booked in, Camille."


@on_sqlite
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_the_heading_of_each_further_step_takes_the_focus(
    database: Database, clock: MovableClock, servers: Servers, page_for: PageFor, javascript: bool
) -> None:
    prepare(database, clock)
    page = page_for(base_url=servers.web(database).url, javascript=javascript)
    page.goto("/g/martin/lyon?lang=en")
    expect(page.locator("h1")).not_to_be_focused()
    page.check("input[name=service][value=oil]")
    for answers in ({"plate": "GA482QT"}, {}, CAMILLE, {}):
        page.get_by_role("button", name=re.compile("Continue|Confirm")).press("Enter")
        expect(page.locator("h1")).to_be_focused()
        for name, value in answers.items():
            page.fill(f"[name={name}]", value)


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def wait_for_text(page: Page, words: str) -> None:
    """Reload the phone until it shows ``words``; the scheduler ticks every second."""
    for _ in range(PATIENCE_MS // 500):
        page.goto("/dev/phone?garage=martin&lang=en")
        if page.locator(".bubble", has_text=words).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"the phone never showed {words!r}:\n{page.locator('main').inner_text()}")


def states(database: Database, garage: MadeGarage) -> list[tuple[str, str]]:
    """Rule and state of the reminders of the visit booked by page."""
    with database.app.app_context(), scoped_to(garage.id), reading() as session:
        rows = session.execute(
            select(Message.kind, Message.state, Message.due_at)
            .where(
                Message.garage_id == garage.id,
                Message.recipient == "+33639981427",
                Message.kind == "reminder",
            )
            .order_by(Message.appointment_id.desc(), Message.due_at)
        ).all()
    return [(row.kind, row.state) for row in rows[:2]]


def walk(
    database: Database, clock: MovableClock, servers: Servers, page_for: PageFor, *, javascript: bool
) -> None:
    garage = prepare(database, clock)
    web = servers.web(database)
    servers.scheduler(database)
    visitor = page_for(width=390, locale="en", javascript=javascript, base_url=web.url)
    book_by_page(visitor)
    manage = re.sub(r"\?.*", "", visitor.url)

    desk = page_for(width=1440, locale="en", javascript=javascript, base_url=web.url)
    sign_in(desk)
    desk.goto("/desk/lyon/day?on=2026-12-07")
    column = desk.get_by_role("group", name="Bay 2")
    assert "GA-482-QT" in column.inner_text()

    phone = page_for(width=390, locale="en", javascript=javascript, base_url=web.url)
    wait_for_text(phone, "GA-482-QT")
    clock.move_to(ARRIVAL - timedelta(hours=24) + timedelta(minutes=1))
    for _ in range(PATIENCE_MS // 500):
        if states(database, garage)[0] == ("reminder", "accepted"):
            break
        phone.wait_for_timeout(500)
    assert states(database, garage) == [("reminder", "accepted"), ("reminder", "planned")]

    visitor.goto(manage)
    visitor.locator("details", has_text="Cancel").locator("summary").click()
    visitor.get_by_role("button", name="Cancel the appointment").click()
    assert "cancelled" in visitor.locator("main").inner_text().lower()
    assert states(database, garage) == [("reminder", "accepted"), ("reminder", "cancelled")]
    sign_in(desk)  # twelve hours without use have passed
    desk.goto("/desk/lyon/day?on=2026-12-07")
    assert "GA-482-QT" not in desk.get_by_role("group", name="Bay 2").inner_text()
    book_by_page(page_for(width=390, locale="en", javascript=javascript, base_url=web.url))


@on_postgresql
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_from_the_page_to_the_desk_to_the_phone_and_back(
    database: Database, clock: MovableClock, servers: Servers, page_for: PageFor, javascript: bool
) -> None:
    walk(database, clock, servers, page_for, javascript=javascript)


@on_sqlite
def test_the_same_on_sqlite(
    database: Database, clock: MovableClock, servers: Servers, page_for: PageFor
) -> None:
    walk(database, clock, servers, page_for, javascript=True)
