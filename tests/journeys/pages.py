"""Every page of the product: its endpoint and the way a browser gets there.

A new route that answers HTML needs a line here; ``tests/guards/test_pages.py`` holds it to that.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.factories.staff import PASSWORD
from tests.journeys.prepared import LATER, NEWCOMER, OF_BOTH, RECEPTION, SUNDAY, TODAY, Prepared
from tests.journeys.reaching import Reach, Screen
from tests.journeys.reaching import at as _at
from tests.journeys.reaching import fixed as _fixed
from tests.journeys.reaching import press as _press
from tests.journeys.reaching import sent as _sent
from tests.journeys.reaching import sign_in as _sign_in
from tests.journeys.settings_pages import SETTINGS


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


def _taken(page: Page, prepared: Prepared) -> None:
    """The form that moves a visit, sent with a time that is past several soft rules."""
    page.goto(f"/desk/lyon/appointments/{prepared.visits['confirmed']}/move")
    page.fill("[name=at]", "17:50")
    _press(page.locator("main form [type=submit]").last)


def _wish(page: Page) -> None:
    """The form filled for a time past several soft rules."""
    page.goto("/desk/lyon/book")
    page.check("[name=service][value=oil]")
    for name, value in {"plate": "AB123CD", "phone": "0639980011", "name": "Lena Roy"}.items():
        page.fill(f"[name={name}]", value)
    page.fill("[name=on]", LATER)
    page.fill("[name=at]", "17:50")
    page.wait_for_selector("[name=passed]", state="attached")


def _known_caller(page: Page, _prepared: Prepared) -> None:
    """Somebody known, with the last visits."""
    page.goto("/desk/lyon/book")
    page.fill("[name=plate]", "GA482QT")
    page.wait_for_selector(".last li")


def _no_place_chosen(page: Page, _prepared: Prepared) -> None:
    page.goto("/desk/lyon/walk-in")
    _press(page.locator("button[value=book]"))


def _sent_empty(page: Page, _prepared: Prepared) -> None:
    page.goto("/desk/lyon/book")
    _press(page.locator("button[value=book]"))


def _at_the_counter(page: Page, _prepared: Prepared) -> None:
    """Somebody known, with the next places for the last work."""
    page.goto("/desk/lyon/walk-in")
    page.fill("[name=plate]", "GA482QT")
    page.check("[name=service][value=oil]")
    page.wait_for_selector(".last li")
    page.wait_for_selector(".place")


def _past_rules(page: Page, _prepared: Prepared) -> None:
    """The rules that the wished time passes load beside the places."""
    _wish(page)


def _promised_past_rules(page: Page, _prepared: Prepared) -> None:
    _wish(page)
    page.fill("[name=at]", "07:10")
    page.locator("#later summary").click()
    page.check("[name=promised]")
    _press(page.locator("button[value=later]"))


def _endless_reason(page: Page, _prepared: Prepared) -> None:
    """A request declined with more words than fit."""
    page.goto("/desk/requests")
    page.locator(".refuse summary").first.click()
    page.evaluate("document.querySelector('[name=reason]').removeAttribute('maxlength')")
    page.locator("[name=reason]").first.fill("x" * 201)
    _press(page.locator(".refuse [type=submit]").first)


def _refused(page: Page, _prepared: Prepared) -> None:
    _sign_in(page, RECEPTION, "not the password")


def _first_day(page: Page, _prepared: Prepared) -> None:
    _sign_in(page, RECEPTION, PASSWORD)


def _feed(page: Page, prepared: Prepared) -> None:
    page.goto(f"/desk/lyon/feeds/{prepared.feed}")


def _screen_address(page: Page, _prepared: Prepared) -> None:
    """A new screen, in the language of whoever makes it."""
    page.goto("/desk/lyon/screens")
    page.select_option("[name=locale]", page.locator("html").get_attribute("lang") or "en")
    _press(page.locator("main form [type=submit]").last)


def _screen(page: Page, prepared: Prepared) -> None:
    _screen_address(page, prepared)
    page.goto(urlsplit(page.locator("#address").input_value()).path)


def _untrue_colours(page: Page, _prepared: Prepared) -> None:
    page.goto("/desk/lyon/screens")
    page.evaluate("document.querySelector('[name=theme] option').value = 'pink'")
    _press(page.locator("main form [type=submit]").last)


def _untrue_choice(page: Page, _prepared: Prepared) -> None:
    page.goto("/desk/lyon/feeds")
    page.evaluate("document.querySelector('#privacy-busy').value = 'more'")
    page.check("#privacy-busy")
    _press(page.locator("main form [type=submit]").last)


def _preview_of(hours: dict[str, str]) -> Reach:
    """The form of a closing, filled and sent: what it would touch."""

    def reach(page: Page, _prepared: Prepared) -> None:
        page.goto("/desk/lyon/closures")
        for name, value in hours.items():
            page.fill(f"[name={name}]", value)
        _press(page.locator("main form", has=page.locator("[name=from_on]")).locator("[type=submit]"))

    return reach


def _repeat_without_end(page: Page, _prepared: Prepared) -> None:
    page.goto("/desk/lyon/closures")
    page.select_option("[name=of]", index=1)
    page.fill("[name=from_on]", LATER)
    page.locator(".repeat summary").click()
    page.select_option("[name=every]", "2")
    _press(page.locator("main form", has=page.locator("[name=from_on]")).locator("[type=submit]"))


def _repeated(page: Page, prepared: Prepared) -> None:
    """Leave that repeats, unfolded."""
    _repeat_without_end(page, prepared)
    page.fill("[name=until_on]", "2027-06-30")
    _press(page.locator("main form", has=page.locator("[name=from_on]")).locator("[type=submit]"))
    _press(page.locator("main form [type=submit]").first)
    page.goto("/desk/lyon/closures")
    page.locator(".series summary").first.click()


LIST = """Nom;Prénom;Portable;E-mail;Immatriculation;Marque
Marchand-Desrousseaux;Olivier;06 39 98 14 22;;GA-482-QT;Peugeot
Delaunay;Inès;06 39 98 14 41;ines@delaunay.example;EW-337-TY;Citroën
DELAUNAY;Ines;+33 6 39 98 14 41;;EH-903-ZL;Volkswagen
Vasseur;Paul;12;;;
"""


def _list_sent(page: Page, _prepared: Prepared) -> None:
    page.goto("/desk/customers/import")
    page.set_input_files("#file", {"name": "clients.csv", "mimeType": "text/csv", "buffer": LIST.encode()})
    _press(page.locator("main form [type=submit]"))


def _list_stored(page: Page, prepared: Prepared) -> None:
    _list_sent(page, prepared)
    _press(page.locator("main form [value=store]"))


def _customer(part: str = "") -> Callable[[Prepared], str]:
    return lambda prepared: f"/desk/customers/{prepared.customer}{part}"


def _vehicle(part: str) -> Callable[[Prepared], str]:
    return lambda prepared: f"/desk/customers/{prepared.customer}/vehicles/{prepared.vehicle}{part}"


def _meanwhile(address: Callable[[Prepared], str], **typed: str) -> Reach:
    """The form there, filled and sent after a colleague has stored something else."""

    def reach(page: Page, prepared: Prepared) -> None:
        page.goto(address(prepared))
        with page.context.new_page() as colleague:
            colleague.goto(address(prepared))
            colleague.fill("[name=name]", "Camille Perrot-Roy")
            _press(colleague.locator("main form [type=submit]"))
        for name, value in typed.items():
            page.fill(f"[name={name}]", value)
        _press(page.locator("main form [type=submit]"))

    return reach


def _emptied(address: Callable[[Prepared], str], *fields: str) -> Reach:
    """The form there, sent with nothing in these fields."""

    def reach(page: Page, prepared: Prepared) -> None:
        page.goto(address(prepared))
        for name in fields:
            page.fill(f"[name={name}]", "")
        _press(page.locator("main form [type=submit]"))

    return reach


def _garages(page: Page, _prepared: Prepared) -> None:
    _sign_in(page, OF_BOTH, PASSWORD)
    page.goto("/garages")


def _no_workshop(page: Page, _prepared: Prepared) -> None:
    _sign_in(page, NEWCOMER, PASSWORD)


AFTERNOON = {"from_on": LATER, "from_at": "13:30"}
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
    Screen("contact", "booking_public.contact", _sent(_draft("contact", "slot"))),
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
    Screen("manage-wished", "booking_public.manage", _manage("wished")),
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
    Screen("day-by-car", "calendars_board.day", _fixed(f"/desk/lyon/day?on={TODAY}&by=courtesy_car")),
    Screen("week", "calendars_board.week", _fixed(f"/desk/lyon/week?on={TODAY}")),
    Screen("week-by-technician", "calendars_board.week", _fixed(f"/desk/lyon/week?on={TODAY}&by=technician")),
    Screen("load", "calendars_board.load", _fixed(f"/desk/lyon/load?on={TODAY}")),
    Screen("load-closed", "calendars_board.load", _fixed(f"/desk/lyon/load?on={SUNDAY}")),
    Screen("month", "calendars_board.month", _fixed(f"/desk/lyon/month?on={TODAY}")),
    Screen("day-sheet", "calendars_board.sheet", _fixed(f"/desk/lyon/sheet?date={TODAY}")),
    Screen("day-sheet-empty", "calendars_board.sheet", _fixed(f"/desk/lyon/sheet?date={SUNDAY}&by=time")),
    Screen("phone-booking", "booking_phone.form", _fixed(f"/desk/lyon/book?on={TODAY}")),
    Screen("phone-booking-error", "booking_phone.book", _sent_empty, 422),
    Screen("walk-in", "booking_walk_in.form", _fixed("/desk/lyon/walk-in")),
    Screen("walk-in-known", "booking_walk_in.form", _at_the_counter),
    Screen("walk-in-error", "booking_walk_in.take_in", _no_place_chosen, 422),
    Screen("appointment", "booking_desk.appointment_detail", _visit("confirmed")),
    Screen("appointment-working", "booking_desk.appointment_detail", _visit("working")),
    Screen("appointment-cancelled", "booking_desk.appointment_detail", _visit("cancelled")),
    Screen("feeds", "calendars_feeds_desk.listing", _fixed("/desk/feeds")),
    Screen("feeds-error", "calendars_feeds_desk.create", _untrue_choice, 422),
    Screen("feed", "calendars_feeds_desk.detail", _feed),
    Screen("screens", "calendars_screen_desk.listing", _fixed("/desk/lyon/screens")),
    Screen("screens-error", "calendars_screen_desk.create", _untrue_colours, 422),
    Screen("screen-address", "calendars_screen_desk.detail", _screen_address),
    Screen("screen", "calendars_screen.show", _screen),
    Screen("desk-move", "booking_move.form", _visit("confirmed", "/move")),
    Screen("desk-move-refused", "booking_move.move", _taken, 409),
    Screen("to-plan", "booking_to_plan.listing", _fixed("/desk/to-plan")),
    Screen(
        "to-plan-proposed",
        "booking_to_plan.listing",
        _at(lambda prepared: f"/desk/to-plan?visit={prepared.visits['wished']}"),
    ),
    Screen("appointment-wished", "booking_desk.appointment_detail", _visit("wished")),
    Screen("phone-booking-known", "booking_phone.form", _known_caller),
    Screen("phone-booking-passing", "booking_phone.form", _past_rules),
    Screen("phone-booking-promise", "booking_phone.book", _promised_past_rules, 409),
    Screen("conflicts", "booking_conflicts.conflicts", _fixed("/desk/conflicts")),
    Screen("requests", "booking_requests.requests", _fixed("/desk/requests")),
    Screen("requests-error", "booking_requests.decline", _endless_reason, 422),
    Screen("closures", "booking_conflicts.closures", _fixed("/desk/closures")),
    Screen("closures-error", "booking_conflicts.enter", _preview_of({}), 422),
    Screen("closures-repeat", "booking_conflicts.closures", _repeated),
    Screen("closures-repeat-error", "booking_conflicts.enter", _repeat_without_end, 422),
    Screen("closing-preview", "booking_conflicts.enter", _preview_of({"from_on": TODAY})),
    Screen(
        "closing-untouched", "booking_conflicts.enter", _preview_of({"from_on": LATER, "from_at": "13:30"})
    ),
    Screen("search", "booking_search.results", _fixed("/desk/lyon/search?q=a4")),
    Screen("search-empty", "booking_search.results", _fixed("/desk/lyon/search")),
    Screen("search-nothing", "booking_search.results", _fixed("/desk/lyon/search?q=zz-999-zz")),
    Screen("please-phone", "notifications_please_phone.please_phone", _fixed("/desk/please-phone")),
    Screen("customers", "booking_customers.listing", _fixed("/desk/customers")),
    Screen("customers-none", "booking_customers.listing", _fixed("/desk/customers?first=z")),
    Screen("customer", "booking_customers.detail", _at(_customer())),
    Screen("customer-new", "booking_customers.new", _fixed("/desk/customers/new")),
    Screen(
        "customer-new-error", "booking_customers.create", _sent(lambda _prepared: "/desk/customers/new"), 422
    ),
    Screen("customer-edit", "booking_customers.edit", _at(_customer("/edit"))),
    Screen(
        "customer-conflict",
        "booking_customers.save",
        _meanwhile(_customer("/edit"), email="camille@example.org"),
        409,
    ),
    Screen("import", "booking_customers.start", _fixed("/desk/customers/import")),
    Screen(
        "import-error", "booking_customers.upload", _sent(lambda _prepared: "/desk/customers/import"), 422
    ),
    Screen("import-check", "booking_customers.check", _list_sent),
    Screen("import-done", "booking_customers.check", _list_stored),
    Screen("merge-choose", "booking_customers.choose", _at(_customer("/merge?q=client"))),
    Screen(
        "merge",
        "booking_customers.choose",
        _at(lambda prepared: f"/desk/customers/{prepared.customer}/merge?with={prepared.double}"),
    ),
    Screen("owner-choose", "booking_customers.choose_owner", _at(_vehicle("/owner?q=c.%20perrot"))),
    Screen(
        "owner",
        "booking_customers.choose_owner",
        _at(lambda prepared: f"{_vehicle('/owner')(prepared)}?to={prepared.double}"),
    ),
    Screen("vehicle-new", "booking_customers.new_vehicle", _at(_customer("/vehicles/new"))),
    Screen("vehicle-edit", "booking_customers.edit_vehicle", _at(_vehicle("/edit"))),
    Screen(
        "vehicle-edit-error",
        "booking_customers.save_vehicle",
        _emptied(_vehicle("/edit"), "plate", "make"),
        422,
    ),
    Screen("keys", "auth.keys", _fixed("/desk/keys")),
    Screen("desk-not-found", "calendars_board.day", _fixed("/desk/nowhere/day"), 404),
    Screen("garages", "auth.garages", _garages),
    Screen("no-workshop", "calendars_board.today", _no_workshop),
)
SCREENS = PUBLIC + DESK + SETTINGS
