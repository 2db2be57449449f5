"""Every page of the product: its endpoint and the way a browser gets there.

A new route that answers HTML needs a line here; ``tests/guards/test_pages.py`` holds it to that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.factories.staff import PASSWORD
from tests.journeys.prepared import NEWCOMER, OF_BOTH, RECEPTION, SUNDAY, TODAY, Prepared

Reach = Callable[[Page, Prepared], object]


@dataclass(frozen=True, slots=True)
class Screen:
    """One page in one state: how it is reached, and what the server answers there.

    ``endpoint`` is the view that rendered it; empty where no route answers.
    """

    name: str
    endpoint: str
    reach: Reach
    status: int = 200


def _press(button: Locator) -> None:
    """Press, and wait for the page it leads to: a click alone may return while the old one stands."""
    with button.page.expect_navigation():
        button.click()


def _at(address: Callable[[Prepared], str]) -> Reach:
    return lambda page, prepared: page.goto(address(prepared))


def _fixed(address: str) -> Reach:
    return _at(lambda _prepared: address)


def _sent(address: Callable[[Prepared], str]) -> Reach:
    """The form of that page, sent as it stands."""

    def reach(page: Page, prepared: Prepared) -> None:
        page.goto(address(prepared))
        _press(page.locator("main form [type=submit]").last)

    return reach


def _no_time_chosen(page: Page, prepared: Prepared) -> None:
    page.goto(f"{prepared.drafts['slot']}/slot")
    page.evaluate("for (const each of document.querySelectorAll('[name=arrives_at]')) each.checked = false")
    _press(page.locator("main form [type=submit]").last)


def _time_gone(page: Page, prepared: Prepared) -> None:
    page.goto(f"{prepared.manage['confirmed']}/move?day={TODAY}")
    page.evaluate(f"document.querySelector('[name=arrives_at]:checked').value = '{TODAY}T09:00:00+01:00'")
    _press(page.locator("main form [type=submit]").last)


def _draft(name: str, step: str) -> Callable[[Prepared], str]:
    return lambda prepared: f"{prepared.drafts[name]}/{step}"


def _manage(name: str, query: str = "") -> Reach:
    return _at(lambda prepared: prepared.manage[name] + query)


def _visit(name: str, part: str = "") -> Reach:
    return _at(lambda prepared: f"/desk/lyon/appointments/{prepared.visits[name]}{part}")


def _sign_in(page: Page, email: str, password: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    _press(page.locator("main [type=submit]"))


def _taken(page: Page, prepared: Prepared) -> None:
    """The form that moves a visit, sent with an hour at which the workshop is closed."""
    page.goto(f"/desk/lyon/appointments/{prepared.visits['confirmed']}/move")
    page.fill("[name=at]", "19:00")
    _press(page.locator("main form [type=submit]").last)


def _refused(page: Page, _prepared: Prepared) -> None:
    _sign_in(page, RECEPTION, "not the password")


def _first_day(page: Page, _prepared: Prepared) -> None:
    _sign_in(page, RECEPTION, PASSWORD)


def _feed(page: Page, prepared: Prepared) -> None:
    page.goto(f"/desk/lyon/feeds/{prepared.feed}")


def _untrue_choice(page: Page, _prepared: Prepared) -> None:
    page.goto("/desk/lyon/feeds")
    page.evaluate("document.querySelector('#privacy-busy').value = 'more'")
    page.check("#privacy-busy")
    _press(page.locator("main form [type=submit]").last)


def _garages(page: Page, _prepared: Prepared) -> None:
    _sign_in(page, OF_BOTH, PASSWORD)
    page.goto("/garages")


def _no_workshop(page: Page, _prepared: Prepared) -> None:
    _sign_in(page, NEWCOMER, PASSWORD)


PUBLIC = (
    Screen("welcome", "booking_public.welcome", _fixed("/")),
    Screen("garage", "booking_public.garage", _fixed("/g/tilleuls")),
    Screen("services-start", "booking_public.services_start", _at(lambda prepared: prepared.booking)),
    Screen("services-error", "booking_public.services_begin", _sent(lambda prepared: prepared.booking), 422),
    Screen("services", "booking_public.services", _at(_draft("vehicle", "services"))),
    Screen("vehicle", "booking_public.vehicle", _at(_draft("vehicle", "vehicle"))),
    Screen("vehicle-error", "booking_public.vehicle_save", _sent(_draft("vehicle", "vehicle")), 422),
    Screen("slot", "booking_public.slot", _at(_draft("slot", "slot"))),
    Screen("slot-closed", "booking_public.slot", _at(_draft("slot", f"slot?day={SUNDAY}"))),
    Screen("slot-error", "booking_public.slot_save", _no_time_chosen, 422),
    Screen("slot-apart", "booking_public.slot", _at(_draft("apart", "slot"))),
    Screen("contact", "booking_public.contact", _at(_draft("contact", "contact"))),
    Screen("contact-error", "booking_public.contact_save", _sent(_draft("contact", "contact")), 422),
    Screen("gone", "booking_public.vehicle", _at(_draft("gone", "vehicle")), 410),
    Screen("booked", "booking_public.manage", _manage("confirmed", "?booked=1")),
    Screen("manage-confirmed", "booking_public.manage", _manage("confirmed")),
    Screen("manage-requested", "booking_public.manage", _manage("requested")),
    Screen("moved", "booking_public.manage", _manage("confirmed", "?moved=1")),
    Screen("move", "booking_public.move", _manage("confirmed", "/move")),
    Screen("move-gone", "booking_public.move_save", _time_gone, 409),
    Screen("manage-past-limit", "booking_public.manage", _manage("late")),
    Screen("manage-working", "booking_public.manage", _manage("working")),
    Screen("manage-ready", "booking_public.manage", _manage("ready")),
    Screen("manage-cancelled", "booking_public.manage", _manage("cancelled")),
    Screen("not-found", "", _fixed("/nowhere"), 404),
    Screen("phone", "notifications_phone.phone_page", _fixed("/dev/phone?garage=martin")),
    Screen("phone-empty", "notifications_phone.phone_page", _fixed("/dev/phone?garage=empty")),
)
DESK = (
    Screen("sign-in", "auth.sign_in", _fixed("/sign-in")),
    Screen("sign-in-error", "auth.do_sign_in", _refused, 422),
    Screen("today", "calendars_board.day", _first_day),
    Screen("day-by-technician", "calendars_board.day", _fixed(f"/desk/lyon/day?on={TODAY}&by=technician")),
    Screen("day-as-list", "calendars_board.day", _fixed(f"/desk/lyon/day?on={TODAY}&as=list")),
    Screen("day-empty", "calendars_board.day", _fixed(f"/desk/lyon/day?on={SUNDAY}")),
    Screen("day-sheet", "calendars_board.sheet", _fixed(f"/desk/lyon/sheet?date={TODAY}")),
    Screen("day-sheet-empty", "calendars_board.sheet", _fixed(f"/desk/lyon/sheet?date={SUNDAY}&by=time")),
    Screen("phone-booking", "booking_phone.form", _fixed(f"/desk/lyon/book?on={TODAY}")),
    Screen("phone-booking-error", "booking_phone.book", _sent(lambda _prepared: "/desk/lyon/book"), 422),
    Screen("appointment", "booking_desk.appointment_detail", _visit("confirmed")),
    Screen("appointment-working", "booking_desk.appointment_detail", _visit("working")),
    Screen("appointment-cancelled", "booking_desk.appointment_detail", _visit("cancelled")),
    Screen("feeds", "calendars_feeds_desk.listing", _fixed("/desk/feeds")),
    Screen("feeds-error", "calendars_feeds_desk.create", _untrue_choice, 422),
    Screen("feed", "calendars_feeds_desk.detail", _feed),
    Screen("desk-move", "booking_move.form", _visit("confirmed", "/move")),
    Screen("desk-move-refused", "booking_move.move", _taken, 409),
    Screen("please-phone", "notifications_please_phone.please_phone", _fixed("/desk/please-phone")),
    Screen("desk-not-found", "calendars_board.day", _fixed("/desk/nowhere/day"), 404),
    Screen("garages", "auth.garages", _garages),
    Screen("no-workshop", "calendars_board.today", _no_workshop),
)
SCREENS = PUBLIC + DESK
