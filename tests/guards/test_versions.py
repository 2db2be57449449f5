"""Every write of the desk: the second of two receptionists is told, and nothing is overwritten unread.

A new form of the desk fails here until it is one of the two: sent with the version that it showed, or
named with why it needs none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import text

from app.auth.roles import Role
from app.security.policy import policy_of
from booking.appointments.life_cycle import Status
from booking.customers.models import Customer, Vehicle
from booking.resources.rhythm import Rhythm
from tests.factories.appointments import book, plan_later
from tests.factories.closings import away, closing, repeated, store
from tests.factories.customers import add_people, rows_of
from tests.factories.feeds import make_feed
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.resources import archive, find
from tests.factories.screens import make_screen
from tests.factories.settings import add_dates, archive_service, services_of
from tests.factories.staff import make_member, signed_in
from tests.factories.steps import step
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
VISITS = "/desk/lyon/appointments"
CONFLICTS = ("Someone else has just changed this", "changed meanwhile. Nothing is")

SENT_WITH_A_VERSION: Mapping[str, tuple[str, str]] = {
    "booking_desk.appointment_undo": (VISITS + "/{visit}", "appointment"),
    "booking_desk.appointment_status": (VISITS + "/{visit}", "appointment"),
    "booking_desk.appointment_cancel": (VISITS + "/{visit}", "appointment"),
    "booking_desk.appointment_decline": (VISITS + "/{request}", "appointment"),
    "booking_desk.appointment_car_back": (VISITS + "/{lent}", "appointment"),
    "booking_move.move": (VISITS + "/{visit}/move", "appointment"),
    "booking_drop.plan_later": (VISITS + "/{visit}", "appointment"),
    "booking_to_plan.place": ("/desk/to-plan?visit={unplanned}", "appointment"),
    "booking_requests.accept": ("/desk/requests", "appointment"),
    "booking_requests.decline": ("/desk/requests", "appointment"),
    "booking_customers.save": ("/desk/customers/{customer}/edit", "customer"),
    "booking_customers.save_vehicle": ("/desk/customers/{customer}/vehicles/{vehicle}/edit", "vehicle"),
    "booking_customers.give": ("/desk/customers/{customer}/vehicles/{vehicle}/owner?to={other}", "vehicle"),
    "booking_customers.merge": ("/desk/customers/{customer}/merge?with={other}", "customer"),
    "booking_conflicts.place": ("/desk/conflicts?visit={conflict}", "appointment"),
    "booking_conflicts.end_absence": ("/desk/lyon/closures", "absence"),
    "booking_conflicts.end_closing": ("/desk/lyon/closures", "opening_exception"),
    "booking_conflicts.end_series": ("/desk/lyon/closures", "absence_series"),
    "booking_settings.save_resource": ("/desk/lyon/settings/resources/bays/{bay}", "resource"),
    "booking_settings.archive_resource": ("/desk/lyon/settings/resources/technicians/{tech}", "resource"),
    "booking_settings.save_hours": ("/desk/lyon/settings/hours", "workshop_rules"),
    "booking_settings.save_dates": ("/desk/lyon/settings/hours/dates/{dates}", "opening_exception"),
    "booking_settings.remove_dates": ("/desk/lyon/settings/hours/dates/{dates}", "opening_exception"),
    "booking_settings.save_service": ("/desk/lyon/settings/services/{service}", "service_type"),
    "booking_settings.archive_service": ("/desk/lyon/settings/services/{service}", "service_type"),
    "booking_settings.switch_service": ("/desk/lyon/settings/services", "service_type"),
    "booking_settings.restore_service": ("/desk/lyon/settings/services", "service_type"),
    "booking_settings.shift_service": ("/desk/lyon/settings/services", "service_type"),
    "booking_settings.save_online": ("/desk/lyon/settings/online", "workshop_rules"),
    "booking_settings.save_workshop": ("/desk/lyon/settings/workshop", "workshop"),
    "booking_settings.save_garage": ("/desk/lyon/settings/garage", "garage"),
    "booking_settings.restore_resource": ("/desk/lyon/settings/resources/courtesy-cars", "resource"),
    "booking_settings.shift_resource": ("/desk/lyon/settings/resources/bays", "resource"),
    "calendars_feeds_desk.rotate": ("/desk/lyon/feeds/{feed}", "feed"),
    "calendars_feeds_desk.revoke": ("/desk/lyon/feeds/{feed}", "feed"),
    "calendars_screen_desk.rotate": ("/desk/lyon/screens/{screen}", "screen"),
    "calendars_screen_desk.revoke": ("/desk/lyon/screens/{screen}", "screen"),
}
"""Each with the page that has its form, and the table of the row that it changes."""

NEED_NONE: Mapping[str, str] = {
    "booking_conflicts.enter": "a new row; refused where a visit is touched that the preview did not name",
    "booking_customers.create": "a new row",
    "booking_customers.create_vehicle": "a new row",
    "booking_customers.upload": "a new row",
    "booking_customers.store": "refused where it would do something else than the preview showed",
    "booking_settings.create_resource": "a new row",
    "booking_settings.create_service": "a new row",
    "booking_settings.create_dates": "a new row; refused over a visit that the preview did not name",
    "calendars_feeds_desk.create": "a new row",
    "calendars_screen_desk.create": "a new row",
    "booking_phone.book": "a new row; the versions of whom it picked are in its key (test_phone_booking.py)",
    "auth.choose": "of the own session: the garage to work in",
    "auth.do_switch_keys": "of the own account: the same said twice is the same",
    "booking_drop.drop": "by the board's script, with the card's version (tests/booking/desk/test_drop.py)",
    "booking_walk_in.take_in": "a new row, as booking_phone.book",
    "booking_walk_in.places": "reads",
    "booking_phone.caller": "reads",
    "booking_phone.places": "reads",
    "notifications_please_phone.phoned": "names the messages that were shown; the first press counts",
    "notifications_please_phone.not_phoned": "names the messages that were shown; the first press counts",
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A garage, and the numbers in its addresses: of a visit, a request, a customer, a car and a feed."""

    garage: MadeGarage
    numbers: Mapping[str, int]


@pytest.fixture
def prepared(app: Flask, clock: MovableClock) -> Prepared:
    """Also with leave and a closing."""
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        garage = make_garage(
            bays=2,
            technicians=2,
            courtesy_cars=2,
            garage={"locale": "en"},
            rules={"approval": True},
            services=[
                {},
                {"code": "wash", "name": {"en": "Wash"}},
                {"code": "brakes", "name": {"en": "Brakes"}},
            ],
        )
        make_member(garage, "desk@martin.example", Role.MANAGER)
        numbers = {
            "visit": book(garage, MONDAY, source="desk"),
            "request": book(garage, MONDAY + timedelta(hours=2)),
            "customer": rows_of(garage, Customer)[0].id,
            "vehicle": rows_of(garage, Vehicle)[0].id,
            "unplanned": plan_later(garage, MONDAY + timedelta(hours=4)),
            "feed": make_feed(garage).id,
            "screen": make_screen(garage).id,
            "lent": book(
                garage, MONDAY + timedelta(hours=7), source="desk", mode="drop_off", courtesy_car=True
            ),
            "other": add_people(garage, ["C. Perrot"])[0],
        }
        step(garage, numbers["lent"], Status.ARRIVED)
        numbers["conflict"] = store(garage, away(garage, "Tech 2", MONDAY, MONDAY + timedelta(days=1)))[0]
        numbers |= {"bay": find(garage, "bay"), "tech": find(garage, "technician")}
        archive(garage, "courtesy_car")
        store(garage, closing(date(2026, 12, 24)))
        store(garage, repeated(garage, "Tech 1", Rhythm((4,), 1, date(2026, 12, 11), date(2026, 12, 31))))
        archive_service(garage, "brakes")
        numbers["service"] = services_of(garage)[0].id
        numbers["dates"] = add_dates(garage, date(2026, 12, 31))
    return Prepared(garage, numbers)


def staff_writes(app: Flask) -> set[str]:
    """The endpoints at which the desk sends something."""
    sending = {"POST", "PUT", "PATCH", "DELETE"}
    found = {rule.endpoint for rule in app.url_map.iter_rules() if sending & (rule.methods or set())}
    policies = {endpoint: policy_of(app.view_functions[endpoint]) for endpoint in found}
    return {endpoint for endpoint, policy in policies.items() if policy and policy.kind == "staff"}


def test_every_write_of_the_desk_has_a_version_or_says_why_not(app: Flask) -> None:
    assert staff_writes(app) == SENT_WITH_A_VERSION.keys() | NEED_NONE.keys()


def form_on(desk: CarefulClient, app: Flask, page: str, endpoint: str) -> tuple[str, dict[str, str]]:
    """Where the page's form for the endpoint goes, and what it sends as it stands."""
    for tag, body in re.findall(
        r'<form ([^>]*method="post"[^>]*)>(.*?)</form>', desk.get(page).text, re.DOTALL
    ):
        action = re.search(r'action="([^"]*)"', tag)
        address = unescape(action[1]) if action else page
        if app.url_map.bind("").match(urlsplit(address).path, method="POST")[0] == endpoint:
            return address, fields_in(body)
    raise AssertionError(f"{page} has no form for {endpoint}")


def fields_in(form: str) -> dict[str, str]:
    """The inputs, the chosen options, and what its first button says."""
    inputs = re.findall(r'<(?:input|button)[^>]*name="(\w+)"[^>]*value="([^"]*)"', form)
    inputs += re.findall(r'<select[^>]*name="(\w+)"[^>]*>.*?value="([^"]*)"[^>]* selected', form, re.DOTALL)
    return {name: unescape(value) for name, value in reversed(inputs)} | {"reason": "Because"}


def test_the_second_of_two_desks_is_told_and_overwrites_nothing(
    client: CarefulClient, app: Flask, database: Database, prepared: Prepared
) -> None:
    desk, visit = signed_in(client, "desk@martin.example"), f"{VISITS}/{prepared.numbers['visit']}"
    address, form = form_on(desk, app, visit, "booking_desk.appointment_status")
    assert desk.post(address, data=form).status_code == 303  # so that there is something to take back
    told = {}
    for endpoint, (page, table) in SENT_WITH_A_VERSION.items():
        address, form = form_on(desk, app, page.format(**prepared.numbers), endpoint)
        with database.engine.begin() as connection:
            connection.execute(text(f"UPDATE {table} SET version = version + 1"))
        before = content(database, table)
        answer = desk.post(address, data=form, follow_redirects=True)
        told[endpoint] = (any(each in answer.text for each in CONFLICTS), content(database, table) == before)
        if endpoint == "booking_desk.appointment_undo":
            address, form = form_on(desk, app, visit, endpoint)
            desk.post(address, data=form)
    assert told == dict.fromkeys(SENT_WITH_A_VERSION, (True, True))


def content(database: Database, table: str) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))]
