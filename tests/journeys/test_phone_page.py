"""The development page that stands in for a customer's phone, as a browser shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notifications.channels.sandbox import SandboxChannel
from notifications.outbox.sending import send_due
from tests.factories.appointments import CAMILLE, book
from tests.factories.garages import make_garage
from tests.factories.messages import add_reminder
from tests.support.browser import Look, PageFor, assert_no_axe_violations, shoot
from tests.support.clock import MovableClock
from tests.support.databases import Database, on_postgresql
from tests.support.servers import Servers

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
LOOKS = [Look(390, dark=True, locale="fr"), Look(1440)]


@on_postgresql
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_phone_shows_texts_and_letters(
    database: Database, clock: MovableClock, servers: Servers, page_for: PageFor, look: Look
) -> None:
    with database.app.app_context():
        clock.move_to(MONDAY)
        make_garage(slug="other", garage={"name": "Garage Bertrand"})
        garage = make_garage(garage={"name": "Garage des Tilleuls"})
        add_reminder(garage, hours_before=24)
        book(garage, WEDNESDAY_NINE)
        book(
            garage,
            WEDNESDAY_NINE + timedelta(hours=1),
            customer=replace(CAMILLE, name="Jo", phone="+33639981428", locale="en"),
        )
        sandbox = {"sms": SandboxChannel(), "email": SandboxChannel()}
        send_due(sandbox)
        clock.move_to(WEDNESDAY_NINE - timedelta(hours=24))
        send_due(sandbox)
    page = page_for(look, base_url=servers.web(database).url)
    page.goto("/dev/phone?garage=martin")
    assert page.locator(".phone").count() == 2
    assert page.locator(".phone").first.locator(".bubble").count() in {1, 2}
    assert page.locator(".letter").count() == 2
    assert_no_axe_violations(page)
    shoot(page, "phone", look)
