"""The pages of the settings, and the way a manager's browser gets there."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.factories.staff import PASSWORD
from tests.journeys.prepared import MANAGER, Prepared
from tests.journeys.reaching import Reach, Screen, at, fixed, press, sent, sign_in

HOME = "/desk/lyon/settings"
TECHNICIANS = f"{HOME}/resources/technicians"


def _first(page: Page, _prepared: Prepared) -> None:
    """As the manager, who goes on to be signed in for the pages after it."""
    sign_in(page, MANAGER, PASSWORD)
    page.goto(HOME)


def _own_hours(day: str, times: tuple[str, str]) -> Reach:
    """A technician's form, sent with own hours on one day."""

    def reach(page: Page, prepared: Prepared) -> None:
        page.goto(f"{TECHNICIANS}/{prepared.kept['technician']}")
        page.check("#own")
        for name, value in zip(("from", "to"), times, strict=True):
            page.locator(f"[name={day}_{name}]").first.fill(value)
        press(
            page.get_by_role("button", name="Save").or_(page.get_by_role("button", name="Enregistrer")).last
        )

    return reach


def _closed_all_week(page: Page, _prepared: Prepared) -> None:
    page.goto(f"{HOME}/hours")
    page.evaluate("for (const each of document.querySelectorAll('[type=time]')) each.value = ''")
    press(page.locator("main form .btn-primary").last)


def _half_a_span(page: Page, _prepared: Prepared) -> None:
    page.goto(f"{HOME}/hours")
    page.locator("[name=sun_from]").first.fill("08:00")
    press(page.locator("main form .btn-primary").last)


def _no_slot(page: Page, _prepared: Prepared) -> None:
    page.goto(f"{HOME}/online")
    page.fill("[name=slot_minutes]", "7")
    page.fill("[name=notice]", "soon")
    press(page.locator("main form .btn-primary").last)


SETTINGS = (
    Screen("settings", "booking_settings.overview", _first),
    Screen("hours", "booking_settings.hours", fixed(f"{HOME}/hours")),
    Screen("hours-touched", "booking_settings.save_hours", _closed_all_week),
    Screen("hours-error", "booking_settings.save_hours", _half_a_span, 422),
    Screen("dates-new", "booking_settings.new_dates", fixed(f"{HOME}/hours/dates/new?on=2026-12-25&open=1")),
    Screen(
        "dates-error", "booking_settings.create_dates", sent(lambda _prepared: f"{HOME}/hours/dates/new"), 422
    ),
    Screen(
        "dates", "booking_settings.dates", at(lambda prepared: f"{HOME}/hours/dates/{prepared.kept['dates']}")
    ),
    Screen("catalogue", "booking_settings.services", fixed(f"{HOME}/services")),
    Screen("service-new", "booking_settings.new_service", fixed(f"{HOME}/services/new")),
    Screen(
        "service-error",
        "booking_settings.create_service",
        sent(lambda _prepared: f"{HOME}/services/new"),
        422,
    ),
    Screen(
        "service",
        "booking_settings.service",
        at(lambda prepared: f"{HOME}/services/{prepared.kept['service']}"),
    ),
    Screen("online", "booking_settings.online", fixed(f"{HOME}/online")),
    Screen("online-error", "booking_settings.save_online", _no_slot, 422),
    Screen("workshop", "booking_settings.workshop", fixed(f"{HOME}/workshop")),
    Screen("all-workshops", "booking_settings.garage", fixed(f"{HOME}/garage")),
    Screen("bays", "booking_settings.resources", fixed(f"{HOME}/resources/bays")),
    Screen("technicians", "booking_settings.resources", fixed(TECHNICIANS)),
    Screen(
        "technician-added",
        "booking_settings.resources",
        at(lambda prepared: f"{TECHNICIANS}?added={prepared.kept['technician']}"),
    ),
    Screen(
        "bay",
        "booking_settings.resource",
        at(lambda prepared: f"{HOME}/resources/bays/{prepared.kept['bay']}"),
    ),
    Screen("technician-new", "booking_settings.new_resource", fixed(f"{TECHNICIANS}/new")),
    Screen(
        "car-error",
        "booking_settings.create_resource",
        sent(lambda _prepared: f"{HOME}/resources/courtesy-cars/new"),
        422,
    ),
    Screen("technician-error", "booking_settings.save_resource", _own_hours("tue", ("12:00", "08:00")), 422),
    Screen("technician-touched", "booking_settings.save_resource", _own_hours("sun", ("08:00", "09:00"))),
)
