"""Online booking, workshop and garage in the settings: stored as the file has them, or told why not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.calendar import get_version
from app.tenancy.models import Garage, Workshop
from app.tenancy.operations import get_garage_row, get_workshop_row
from app.tenancy.scope import scoped_to
from booking.resources.models import WorkshopRules
from booking.resources.queries import get_rules
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, add_workshop, make_garage
from tests.factories.settings import post
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
HOME = "/desk/lyon/settings"
ONLINE, WORKSHOP, GARAGE = (f"{HOME}/{page}" for page in ("online", "workshop", "garage"))

RULES: dict[str, Any] = {
    "slot_minutes": "15",
    "arrivals_per_slot": "",
    "drop_off_until": "10:30",
    "notice": "2",
    "notice_unit": "h",
    "horizon_days": "90",
    "online_share": "0",
    "release_hours": "24",
    "approval": "1",
    "cancel": "1",
    "cancel_unit": "d",
}
SITE: dict[str, Any] = {
    "name": "Atelier de Lyon",
    "address": "1 rue du Lac",
    "phone": "04 72 00 00 01",
    "email": "Lyon@Martin.example",
    "timezone": "Europe/Paris",
    "subdivision": "57",
}
TENANT: dict[str, Any] = {
    "name": "Atelier Martin",
    "country": "FR",
    "locale": "en",
    "currency": "CHF",
    "accent": "#FFC72C",
    "skills_electric": "EV, Haute tension",
}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(garage={"locale": "en"})
        for role in Role:
            make_member(made, f"{role}@martin.example", role)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "manager@martin.example")


def rules_of(app: Flask, garage: MadeGarage) -> WorkshopRules:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return get_rules(session, garage.id, garage.workshop.id)


def site_of(app: Flask, garage: MadeGarage) -> Workshop:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return get_workshop_row(session, garage.id, garage.workshop.id)


def tenant_of(app: Flask, garage: MadeGarage) -> Garage:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return get_garage_row(session, garage.id)


def version_of(app: Flask, garage: MadeGarage) -> int:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return get_version(session, garage.id, garage.workshop.id)


@pytest.mark.parametrize("role", ["receptionist", "technician"])
def test_they_are_for_managers(client: CarefulClient, garage: MadeGarage, role: str) -> None:
    desk = signed_in(client, f"{role}@martin.example")
    for page in (ONLINE, WORKSHOP, GARAGE):
        assert (desk.get(page).status_code, post(desk, page).status_code) == (403, 403)


def test_the_rules_of_booking_are_stored_as_the_file_has_them(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    before = version_of(app, garage)
    assert post(desk, ONLINE, version="1", **RULES).headers["Location"] == ONLINE
    rules = rules_of(app, garage)
    assert (rules.slot_minutes, rules.arrivals_per_slot, rules.drop_off_until) == (15, 0, 630)
    assert (rules.notice_minutes, rules.horizon_days) == (120, 90)
    assert (rules.online_share, rules.release_hours, rules.approval) == (0, 24, True)
    assert rules.cancel_until_minutes == 1440
    assert rules.hours["mon"]  # what another page is about stays
    assert version_of(app, garage) > before
    page = desk.get(ONLINE).text
    assert 'name="notice" value="2"' in page
    assert re.search(r'<option value="d" selected>', page.split('name="cancel_unit"')[1])
    assert "/desk/requests" in page  # the desk has requests to answer from now on


WRONG_RULES: list[tuple[dict[str, str], str, str]] = [
    ({"slot_minutes": ""}, "slot_minutes", "Please type a whole number."),
    ({"slot_minutes": "7"}, "slot_minutes", "Please type a number from 5 to"),
    ({"slot_minutes": "12"}, "slot_minutes", "This goes in steps of 5."),
    ({"horizon_days": "731"}, "horizon_days", "Please type a number from 0 to 730."),
    ({"online_share": "101"}, "online_share", "Please type a number from 0 to 100."),
    ({"drop_off_until": "10:33"}, "drop_off_until", "Times go in steps of five minutes."),
    ({"drop_off_until": "later"}, "drop_off_until", "A time looks like 14:30."),
    ({"notice": "two"}, "notice", "Please type a whole number."),
    ({"cancel": "400", "cancel_unit": "d"}, "cancel", "Please type a number from 0 to"),
    ({"arrivals_per_slot": "1.5"}, "arrivals_per_slot", "Please type a whole number."),
]


@pytest.mark.parametrize(("changes", "field", "words"), WRONG_RULES)
def test_a_wrong_rule_is_named_and_all_that_was_typed_stays(
    desk: CarefulClient, app: Flask, garage: MadeGarage, changes: dict[str, str], field: str, words: str
) -> None:
    answer = post(desk, ONLINE, version="1", **RULES | changes)
    if changes == {"slot_minutes": "7"}:
        words = "This goes in steps of 5."
    assert answer.status_code == 422
    assert re.search(rf'<li><a href="#{field}">{re.escape(words)}', answer.text)
    assert f'id="{field}-error"' in answer.text
    for name, value in (RULES | changes).items():
        assert value in {"0", "1"} or f'value="{value}"' in answer.text, name
    assert rules_of(app, garage).version == 1


def test_a_colleagues_rules_are_shown_beside_what_was_typed(desk: CarefulClient, garage: MadeGarage) -> None:
    post(desk, ONLINE, version="1", **RULES)
    answer = post(
        desk, ONLINE, version="1", **RULES | {"notice": "3", "approval": "0", "release_hours": "12"}
    )
    assert answer.status_code == 409
    stands = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", answer.text))
    assert stands == {
        "Shortest notice": "2 hours",
        "What a booking online is": "the desk answers each",
        "Hours before which the rest is released": "24",
    }


def test_the_workshop_is_stored_with_a_number_as_people_write_it(
    desk: CarefulClient, client: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    post(desk, WORKSHOP, version="1", **SITE)
    row = site_of(app, garage)
    assert (row.name, row.slug, row.phone) == ("Atelier de Lyon", "lyon", "+33472000001")
    assert (row.email, row.timezone, row.subdivision) == ("lyon@martin.example", "Europe/Paris", "57")
    assert "Atelier de Lyon" in client.get("/g/martin/lyon").text
    page = desk.get(WORKSHOP).text
    assert re.search(r'href="http[^"]+/g/martin/lyon"', page)
    assert '<option value="57" selected>' in page


WRONG_SITE: list[tuple[dict[str, str], str, str]] = [
    ({"name": " "}, "name", "Please fill this in."),
    ({"address": "x" * 201}, "address", "Please keep this under 200 characters."),
    ({"phone": "12"}, "phone", "At least one digit is missing"),
    ({"email": "nobody"}, "email", "An e-mail address looks like name@example.com."),
    ({"timezone": "Mars/Olympus"}, "timezone", "Please choose one of the options."),
    ({"subdivision": "BY"}, "subdivision", "This region is not one of the country"),
]


@pytest.mark.parametrize(("changes", "field", "words"), WRONG_SITE)
def test_a_wrong_field_of_the_workshop_is_named(
    desk: CarefulClient, app: Flask, garage: MadeGarage, changes: dict[str, str], field: str, words: str
) -> None:
    answer = post(desk, WORKSHOP, version="1", **SITE | changes)
    assert answer.status_code == 422
    assert re.search(rf'<li><a href="#{field}">{re.escape(words)}', answer.text)
    assert "1 rue du Lac" in answer.text or "address" in changes
    assert site_of(app, garage).version == 1


def test_visits_that_another_clock_shuts_out_are_shown_first(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        book(garage, MONDAY)
    page = post(desk, WORKSHOP, version="1", **SITE | {"timezone": "America/Martinique"}).text
    assert "One visit would be to re-plan" in page
    assert site_of(app, garage).timezone == "Europe/Paris"


def test_the_garage_is_stored_and_its_colour_reaches_the_booking_page(
    desk: CarefulClient, client: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    post(desk, GARAGE, version="1", **TENANT)
    row = tenant_of(app, garage)
    assert (row.name, row.slug, row.currency, row.accent) == ("Atelier Martin", "martin", "CHF", "#ffc72c")
    assert row.energy_skills == {"electric": ["ev", "haute-tension"]}
    page = desk.get(GARAGE).text
    assert 'value="Electric vehicles, Haute tension"' in page
    assert "In the light it is shown as #" in page  # yellow alone could not be read on white
    assert "In the dark it is shown as it is." in page


def test_a_colour_can_be_looked_at_before_it_is_stored(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    page = post(desk, GARAGE, version="1", look="1", **TENANT | {"name": "Typed"}).text
    assert 'value="Typed"' in page
    assert "In the light it is shown as #" in page
    assert tenant_of(app, garage).version == 1


WRONG_TENANT: list[tuple[dict[str, str], str, str]] = [
    ({"name": ""}, "name", "Please fill this in."),
    ({"country": "XX"}, "country", "Please choose one of the options."),
    ({"locale": "de"}, "locale", "Please choose one of the options."),
    ({"currency": "EURO"}, "currency", "A currency has three letters, such as EUR."),
    ({"accent": "red"}, "accent", "A colour looks like #1441b5."),
    ({"skills_gas": "?"}, "skills_gas", "Please keep to letters, digits and dashes"),
]


@pytest.mark.parametrize(("changes", "field", "words"), WRONG_TENANT)
def test_a_wrong_field_of_the_garage_is_named(
    desk: CarefulClient, app: Flask, garage: MadeGarage, changes: dict[str, str], field: str, words: str
) -> None:
    answer = post(desk, GARAGE, version="1", **TENANT | changes)
    assert answer.status_code == 422
    assert re.search(rf'<li><a href="#{field}">{re.escape(words)}', answer.text)
    assert tenant_of(app, garage).version == 1


def test_a_country_without_the_workshops_region_is_refused(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    post(desk, WORKSHOP, version="1", **SITE)
    answer = post(desk, GARAGE, version="1", **TENANT | {"country": "BE"})
    assert answer.status_code == 422
    assert "This region is not one of the country" in answer.text


def test_pages_cost_the_same_with_another_workshop(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    def counts() -> list[int]:
        found = []
        for page in (ONLINE, WORKSHOP, GARAGE):
            desk.get(page)
            with count_statements(database.engine) as seen:
                assert desk.get(page).status_code == 200
            found.append(seen.count)
        return found

    few = counts()
    with app.app_context():
        add_workshop(garage, "villeurbanne")
    assert counts() == few
