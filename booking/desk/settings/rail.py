"""The settings' place in the desk's rail, and the pages that the domain gives them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.web.registries import NavEntry, SettingsPage

SETTINGS = NavEntry(
    "booking_settings.first",
    _l("Settings"),
    "sliders",
    role="manager",
    position=90,
)
_RESOURCES = "booking_settings.resources"
SETTINGS_PAGES = (
    SettingsPage(
        "booking_settings.hours",
        _l("Opening hours"),
        _l("The week, dates with other hours, public holidays"),
        "clock",
        group="workshop",
        position=10,
    ),
    SettingsPage(
        "booking_settings.services",
        _l("Services"),
        _l("The catalogue: length, price, what each needs, online or not"),
        "list",
        group="workshop",
        position=20,
    ),
    SettingsPage(
        _RESOURCES,
        _l("Bays"),
        _l("Lifts, stands, lanes: their order and equipment"),
        "swap",
        group="workshop",
        position=30,
        values=(("kind", "bays"),),
    ),
    SettingsPage(
        _RESOURCES,
        _l("Courtesy cars"),
        _l("Cars lent for the length of a visit"),
        "key",
        group="workshop",
        position=40,
        values=(("kind", "courtesy-cars"),),
    ),
    SettingsPage(
        "booking_settings.workshop",
        _l("Name and address"),
        _l("Of this workshop: address, phone, e-mail, time zone"),
        "pin",
        group="workshop",
        position=50,
    ),
    SettingsPage(
        "booking_settings.garage",
        _l("All workshops"),
        _l("Country, language, currency, colour of the booking pages"),
        "car",
        group="garage",
        position=10,
    ),
    SettingsPage(
        _RESOURCES,
        _l("Technicians"),
        _l("Who does the work, what they can do, their own hours"),
        "wrench",
        group="team",
        position=10,
        values=(("kind", "technicians"),),
    ),
    SettingsPage(
        "booking_settings.online",
        _l("Online booking"),
        _l("Arrival times, notice, how far ahead, how much of the day, requests"),
        "globe",
        group="customers",
        position=10,
    ),
    SettingsPage(
        "booking_conflicts.closures",
        _l("Leave and closings"),
        _l("Holidays of the team, a lift out of use, an afternoon off"),
        "cal",
        group="team",
        position=20,
        role="receptionist",
    ),
)
