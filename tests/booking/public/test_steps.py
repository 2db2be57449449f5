"""Moving between the steps: what is kept, where one is led, which language is spoken."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.factories.drafts import start_draft_with
from tests.factories.garages import add_workshop, make_garage
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.steps import CONTACT, VEHICLE, Steps, text_of


def test_services_are_shown_in_groups_with_price_and_time(visitor: Steps) -> None:
    page = text_of(visitor.client.get(f"{visitor.start}?lang=en"))
    assert "Regular maintenance Oil and filter change from €89 45" in page


def test_a_service_in_the_address_is_ticked(visitor: Steps) -> None:
    page = visitor.client.get(f"{visitor.start}?service=oil&service=%00nonsense").get_data(as_text=True)
    assert re.findall(r'value="(\w+)"[^>]* checked', page) == ["oil"]


def test_what_is_not_for_the_public_is_not_listed(visitor: Steps, app: Flask) -> None:
    with app.app_context():
        shy = make_garage(slug="shy", services=[{"online": False}, {"code": "ac", "name": {"en": "Air"}}])
    assert "Oil" not in text_of(visitor.client.get(Steps(visitor.client, shy).start))


def test_services_that_do_not_go_together_are_told_at_once(visitor: Steps, app: Flask) -> None:
    services = [{"modes": ["wait"]}, {"code": "timing", "modes": ["drop_off"]}]
    with app.app_context():
        garage = make_garage(slug="odd", services=services)
    answer = Steps(visitor.client, garage).choose_services("oil", "timing")
    assert answer.status_code == 422
    assert "These services do not fit into one visit." in text_of(answer)


def test_answers_are_kept_when_going_back(visitor: Steps) -> None:
    visitor.up_to_contact("timing")
    services = visitor.get("services").get_data(as_text=True)
    vehicle = visitor.get("vehicle").get_data(as_text=True)
    assert re.findall(r'value="(\w+)"[^>]* checked', services) == ["timing"]
    assert 'value="GA-482-QT"' in vehicle
    assert '<option value="petrol" selected>' in vehicle


def test_each_step_links_back_to_the_one_before(visitor: Steps) -> None:
    visitor.up_to_contact()
    for step, before in (("vehicle", "services"), ("slot", "vehicle"), ("contact", "slot")):
        page = visitor.get(step).get_data(as_text=True)
        assert f'class="back" href="{visitor.draft}/{before}?lang=en"' in page


@pytest.mark.parametrize(
    ("answers", "step", "led_to"),
    [
        ({"services": ["oil"]}, "slot", "vehicle"),
        ({"services": ["oil"]}, "contact", "vehicle"),
        ({"services": ["oil"], "vehicle": VEHICLE}, "contact", "slot"),
        ({"services": ["oil"], "vehicle": {"plate": "#"}}, "slot", "vehicle"),
        ({"services": ["gone"], "vehicle": VEHICLE}, "slot", "services"),
    ],
)
def test_nobody_gets_ahead_of_an_unanswered_step(
    visitor: Steps, app: Flask, answers: dict[str, object], step: str, led_to: str
) -> None:
    with app.app_context():
        visitor.draft = f"{visitor.start}/b/{start_draft_with(visitor.garage, answers=answers)}"
    answer = visitor.get(step)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{visitor.draft}/{led_to}?lang=en")


def test_an_answer_given_too_early_is_kept_all_the_same(visitor: Steps) -> None:
    visitor.choose_services()
    visitor.post("contact", **CONTACT)
    visitor.post("vehicle", **VEHICLE)
    visitor.post("slot", arrives_at=visitor.list_times()[0])
    assert 'value="Camille Perrot"' in visitor.get("contact").get_data(as_text=True)


def test_a_draft_lasts_two_hours(visitor: Steps, clock: MovableClock) -> None:
    visitor.up_to_slot()
    clock.advance(hours=1, minutes=59)
    assert visitor.get("slot").status_code == 200
    clock.advance(minutes=2)
    gone = visitor.get("slot")
    assert gone.status_code == 410
    assert f'href="{visitor.start}?lang=en"' in gone.get_data(as_text=True)


def test_a_draft_that_is_over_books_nothing(visitor: Steps, clock: MovableClock) -> None:
    visitor.up_to_contact()
    clock.advance(hours=3)
    assert visitor.post("contact", **CONTACT).status_code == 410


@pytest.mark.parametrize("token", ["x", "a" * 22, "%00", "é"])
def test_an_unknown_draft_is_a_friendly_page(visitor: Steps, token: str) -> None:
    answer = visitor.client.get(f"{visitor.start}/b/{token}/vehicle?lang=en")
    assert answer.status_code == 410
    assert "Start again" in text_of(answer)


def test_a_draft_opens_at_its_own_workshop_only(visitor: Steps, app: Flask) -> None:
    with app.app_context():
        other = make_garage(slug="other")
    visitor.up_to_slot()
    token = visitor.draft.rpartition("/")[2]
    assert visitor.client.get(f"{Steps(visitor.client, other).start}/b/{token}/slot").status_code == 410


@pytest.mark.parametrize("address", ["/g/nobody", "/g/nobody/lyon", "/g/martin/nowhere", "/g/%00/lyon"])
def test_an_unknown_place_is_404(visitor: Steps, address: str) -> None:
    assert visitor.client.get(address).status_code == 404


def test_the_language_in_the_address_stays_in_every_link(visitor: Steps) -> None:
    visitor.lang = "fr"
    visitor.up_to_contact()
    for step in ("services", "vehicle", "slot", "contact"):
        page = visitor.get(step).get_data(as_text=True)
        for address in re.findall(r'(?:href|action)="(/[ga]/[^"]+)"', page):
            assert "lang=" in address or address.endswith(".css")


def test_the_draft_remembers_the_language(visitor: Steps) -> None:
    visitor.lang = "fr"
    visitor.choose_services()
    page = visitor.client.get(f"{visitor.draft}/vehicle").get_data(as_text=True)
    assert '<html lang="fr">' in page


def test_without_a_choice_the_browser_is_asked(visitor: Steps) -> None:
    page = visitor.client.get(visitor.start, headers={"Accept-Language": "de, en;q=0.5"})
    assert '<html lang="en">' in page.get_data(as_text=True)


def test_a_browser_that_speaks_neither_gets_the_garages_language(visitor: Steps) -> None:
    page = visitor.client.get(visitor.start, headers={"Accept-Language": "de"})
    assert '<html lang="fr">' in page.get_data(as_text=True)


def test_a_language_we_do_not_speak_is_no_choice(visitor: Steps) -> None:
    page = visitor.client.get(f"{visitor.start}?lang=xx", headers={"Accept-Language": "en"})
    assert '<html lang="en">' in page.get_data(as_text=True)


def test_a_garage_with_one_workshop_leads_straight_to_it(visitor: Steps) -> None:
    answer = visitor.client.get("/g/martin?lang=en")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/g/martin/lyon?lang=en")


def test_the_garages_colour_has_an_address_for_ever(visitor: Steps) -> None:
    page = visitor.client.get(visitor.start).get_data(as_text=True)
    (address,) = re.findall(r'href="(/g/martin/accent\.[0-9a-f]{10}\.css)"', page)
    sheet = visitor.client.get(address)
    assert "--accent:#1441b5" in sheet.get_data(as_text=True)
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_an_old_colour_is_not_there_any_more(visitor: Steps) -> None:
    assert visitor.client.get("/g/martin/accent.0123456789.css").status_code == 404


def test_the_first_page_lists_no_garage(visitor: Steps) -> None:
    page = visitor.client.get("/?lang=en").get_data(as_text=True)
    assert "martin" not in page.lower()
    assert 'href="/sign-in"' in page


def test_in_development_the_first_page_leads_to_the_garage(visitor: Steps, database: Database) -> None:
    workbench = database.another_app(env="development")
    page = workbench.test_client().get("/?lang=en").get_data(as_text=True)
    assert 'href="/g/martin?lang=en"' in page


def test_a_garage_with_several_workshops_asks_which(visitor: Steps, app: Flask) -> None:
    with app.app_context():
        add_workshop(visitor.garage, "paris")
    page = visitor.client.get("/g/martin?lang=en").get_data(as_text=True)
    assert 'href="/g/martin/lyon?lang=en"' in page
    assert 'href="/g/martin/paris?lang=en"' in page
