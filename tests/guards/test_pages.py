"""Every route that answers HTML is visited by a browser, in all looks."""

from __future__ import annotations

from flask import Flask

from tests.guards.test_routes import kind, methods, rules
from tests.journeys.pages import SCREENS

NOT_A_PAGE = {
    "static": "files",
    "booking_public.accent": "a style sheet",
    "calendars_board.this_week": "only leads on to the first workshop's week",
    "calendars_board.version": "a number, for the script of the day",
    "calendars_feeds.appointment_calendar": "a calendar file",
    "calendars_feeds.feed": "a calendar file",
    "calendars_screen.version": "a number, for the script of the screen",
    "booking_conflicts.first": "only leads on to the first workshop's leave and closings",
    "booking_settings.first": "only leads on to the first workshop's settings",
    "booking_phone.first": "only leads on to the first workshop's form",
    "booking_walk_in.first": "only leads on to the first workshop's form",
    "booking_search.first": "only leads on to the first workshop's search",
    "calendars_feeds_desk.first": "only leads on to the first workshop's feeds",
    "notifications_outbox.short_link": "only leads on to the manage page",
}


def list_pages(app: Flask) -> set[str]:
    """Endpoints of GET routes for people: not the API, not probes, nothing of :data:`NOT_A_PAGE`."""
    return {
        rule.endpoint
        for rule in rules(app)
        if "GET" in methods(rule)
        and kind(app, rule) != "machine"
        and not rule.rule.startswith("/api/")
        and rule.endpoint not in NOT_A_PAGE
    }


def test_every_page_is_visited_by_a_browser(app: Flask) -> None:
    visited = {screen.endpoint for screen in SCREENS}
    assert sorted(list_pages(app) - visited) == [], "give these a line in tests/journeys/pages.py"


def test_what_is_no_page_still_exists(app: Flask) -> None:
    assert sorted(NOT_A_PAGE.keys() - {rule.endpoint for rule in rules(app)}) == []


def test_every_screen_has_a_name_of_its_own() -> None:
    names = [screen.name for screen in SCREENS]
    assert sorted(set(names)) == sorted(names)
