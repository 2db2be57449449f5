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
        page.goto(f"{TECHNICIANS}/{prepared.resources['technician']}")
        page.check("#own")
        for name, value in zip(("from", "to"), times, strict=True):
            page.locator(f"[name={day}_{name}]").first.fill(value)
        press(
            page.get_by_role("button", name="Save").or_(page.get_by_role("button", name="Enregistrer")).last
        )

    return reach


SETTINGS = (
    Screen("settings", "booking_settings.overview", _first),
    Screen("bays", "booking_settings.resources", fixed(f"{HOME}/resources/bays")),
    Screen("technicians", "booking_settings.resources", fixed(TECHNICIANS)),
    Screen(
        "technician-added",
        "booking_settings.resources",
        at(lambda prepared: f"{TECHNICIANS}?added={prepared.resources['technician']}"),
    ),
    Screen(
        "bay",
        "booking_settings.resource",
        at(lambda prepared: f"{HOME}/resources/bays/{prepared.resources['bay']}"),
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
