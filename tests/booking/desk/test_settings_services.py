"""The catalogue in the settings: listed in groups, added, changed, switched, put in order, archived."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.catalog.models import ServiceType
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, add_workshop, make_garage
from tests.factories.settings import post, services_of
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
SERVICES = "/desk/lyon/settings/services"
CATALOGUE: list[dict[str, Any]] = [
    {},
    {"code": "brakes", "group": "brakes", "name": {"en": "Brake pads"}, "equipment": ["pont"]},
    {"code": "filter", "name": {"en": "Cabin filter"}, "price_from_cents": 0},
]


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(services=CATALOGUE, garage={"locale": "en"})
        add_workshop(made, "villeurbanne")
        for role in Role:
            make_member(made, f"{role}@martin.example", role)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "manager@martin.example")


def the(app: Flask, garage: MadeGarage, code: str) -> ServiceType:
    with app.app_context():
        return next(row for row in services_of(garage) if row.code == code)


def versions(app: Flask, garage: MadeGarage) -> list[int]:
    """Of both workshops' calendars."""
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return [get_version(session, garage.id, garage.workshop.id + more) for more in (0, 1)]


def names_on(page: str) -> list[str]:
    return re.findall(r"<p>(?:<a [^>]*>)?<b>([^<]+)</b>", page)


def form_of(page: str) -> dict[str, Any]:
    """What the form of a service sends as it stands."""
    body = page.split('<form class="parts"')[1].split("</form>", maxsplit=1)[0]
    form: dict[str, Any] = dict(
        re.findall(r'<input class="input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', body)
    )
    form |= dict(re.findall(r'<textarea[^>]*? name="(\w+)"[^>]*>\n([^<]*)<', body))
    form |= dict(re.findall(r'<select[^>]*? name="(\w+)".*?value="([^"]*)" selected', body, re.DOTALL))
    for name, value in re.findall(r'type="checkbox"[^>]* name="(\w+)" value="([^"]*)" checked', body):
        form.setdefault(name, []).append(value)
    return form | {"version": re.findall(r'name="version" value="(\d*)"', body)[0]}


@pytest.mark.parametrize("role", ["receptionist", "technician"])
def test_the_catalogue_is_for_managers(client: CarefulClient, garage: MadeGarage, role: str) -> None:
    desk = signed_in(client, f"{role}@martin.example")
    pages = [SERVICES, f"{SERVICES}/new", f"{SERVICES}/1"]
    assert {desk.get(page).status_code for page in pages} == {403}
    posts = [*pages[1:], *(f"{SERVICES}/1/{act}" for act in ("online", "archive", "restore", "shift"))]
    assert {post(desk, page).status_code for page in posts} == {403}


def test_the_list_stands_in_its_groups_with_what_each_takes(desk: CarefulClient) -> None:
    page = desk.get(SERVICES).text
    assert names_on(page) == ["Oil and filter change", "Cabin filter", "Brake pads"]
    assert "45\u00a0min · from €89 · Lift" in page
    assert re.findall(r'<h2 class="h-18">([^<]+)', page) == ["Regular maintenance", "Brakes"]


def test_a_service_is_added_last_with_a_code_made_of_its_name(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    before = versions(app, garage)
    answer = post(
        desk,
        f"{SERVICES}/new",
        name_en="Wheel alignment",
        name_fr="Géométrie",
        description_fr="Réglage des trains",
        group="+",
        other_group="Châssis",
        minutes="60",
        minutes_van="75",
        equipment_van="Long lift, Lift",
        equipment=["pont"],
        more_skills="Géométrie",
        modes=["drop_off"],
        price="89,50",
        online="1",
        notice="2",
        notice_unit="d",
        stay_days="1",
        max_per_day="4",
        turnaround_minutes="10",
    )
    assert answer.headers["Location"] == SERVICES
    row = the(app, garage, "wheel-alignment")
    assert row.name == {"en": "Wheel alignment", "fr": "Géométrie"}
    assert row.description == {"fr": "Réglage des trains"}
    assert (row.group, row.minutes, row.minutes_by_class) == ("Châssis", 60, {"van": 75})
    assert row.equipment_by_class == {"van": ["long-lift", "pont"]}  # the garage's own word for a lift
    assert (row.equipment, row.skills, row.modes) == (["pont"], ["geometrie"], ["drop_off"])
    assert (row.price_from_cents, row.online, row.notice_minutes) == (8950, True, 2880)
    assert (row.stay_days, row.max_per_day, row.turnaround_minutes) == (1, 4, 10)
    assert all(now > then for now, then in zip(versions(app, garage), before, strict=True))
    assert names_on(desk.get(SERVICES).text)[-1] == "Wheel alignment"
    page = desk.get(f"{SERVICES}/{row.id}").text
    assert form_of(page)["notice"] == "2"
    assert 'value="Long lift, Lift"' in page


def test_saving_a_form_as_it_stands_changes_nothing(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    for code in ("oil", "brakes", "filter"):
        row = the(app, garage, code)
        address = f"{SERVICES}/{row.id}"
        answer = post(desk, address, **form_of(desk.get(address).text))
        assert answer.status_code == 303
        same = the(app, garage, code)
        columns = [column.key for column in ServiceType.__table__.columns if column.key != "group_name"]
        assert {key: getattr(same, key) for key in columns} == {key: getattr(row, key) for key in columns}
        assert same.group == row.group


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"name_en": ""}, "name_en", "Please fill in at least one."),
    ({"name_fr": "x" * 121}, "name_fr", "Please keep this under 120 characters."),
    ({"minutes": ""}, "minutes", "Please fill this in."),
    ({"minutes": "soon"}, "minutes", "Please type a whole number."),
    ({"minutes": "42"}, "minutes", "This goes in steps of 5."),
    ({"minutes": "20000"}, "minutes", "Please type a number from 5 to 10080."),
    ({"minutes_suv": "-5"}, "minutes_suv", "Please type a whole number."),
    ({"equipment_van": "!!"}, "equipment_van", "Please keep to letters, digits and dashes"),
    ({"more_skills": "§"}, "more_skills", "Please keep to letters, digits and dashes"),
    ({"modes": []}, "modes", "Please choose at least one."),
    ({"modes": ["fly"]}, "modes", "Please choose one of the options."),
    ({"price": "cheap"}, "price", "A price looks like 89 or 89.50."),
    ({"price": "1.005"}, "price", "A price looks like 89 or 89.50."),
    ({"notice": "400", "notice_unit": "d"}, "notice", "Please type a number from 0 to"),
    ({"group": "+", "other_group": "g" * 61}, "other_group", "Please keep this under 60 characters."),
    ({"code": "No Code"}, "code", "Please keep to letters, digits and dashes"),
    ({"code": "oil"}, "code", "Another service has this code."),
    ({"stay_days": "61"}, "stay_days", "Please type a number from 0 to 60."),
]


@pytest.mark.parametrize(("changes", "field", "words"), WRONG)
def test_what_the_file_would_refuse_is_refused_at_its_field_and_kept(
    desk: CarefulClient, app: Flask, garage: MadeGarage, changes: dict[str, Any], field: str, words: str
) -> None:
    form = {"name_en": "Wash", "minutes": "30", "modes": ["wait"], "description_en": "By hand"} | changes
    answer = post(desk, f"{SERVICES}/new", **form)
    assert answer.status_code == 422
    assert re.search(rf'<li><a href="#{field}">{re.escape(words)}', answer.text)
    assert re.search(rf'id="{field}"', answer.text)
    assert f'id="{field}-error"' in answer.text
    assert "By hand" in answer.text
    for value in changes.values():
        assert isinstance(value, list) or f'value="{value}"' in answer.text
    with app.app_context():
        assert len(services_of(garage)) == 3


def test_a_colleagues_change_is_shown_beside_what_was_typed(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    row = the(app, garage, "oil")
    address = f"{SERVICES}/{row.id}"
    form = form_of(desk.get(address).text)
    changes: dict[str, Any] = {"minutes": "50", "price": "95", "online": "", "modes": ["wait"], "notice": "3"}
    post(desk, address, **form | changes)
    answer = post(desk, address, **form | {"minutes": "55"})
    assert answer.status_code == 409
    stands = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", answer.text))
    assert stands == {
        "Minutes of work": "50",
        "Price from": "95",
        "Notice": "3 hours",
        "Online booking": "no",
        "Kind of visit": "Wait here",
    }
    assert form_of(answer.text)["minutes"] == "55"


def test_the_switch_takes_a_service_offline_at_once_and_back(
    desk: CarefulClient, client: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    row = the(app, garage, "brakes")
    for online, shown in (("", False), ("1", True)):
        version = str(the(app, garage, "brakes").version)
        post(desk, f"{SERVICES}/{row.id}/online", version=version, online=online)
        assert the(app, garage, "brakes").online == shown
        assert ("Brake pads" in client.get("/g/martin/lyon").text) == shown
    assert "can be booked online" in desk.get(SERVICES).text


def test_services_change_places_within_their_group_and_groups_among_each_other(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    def press(code: str, **how: str) -> list[str]:
        row = the(app, garage, code)
        post(desk, f"{SERVICES}/{row.id}/shift", version=str(row.version), **how)
        return names_on(desk.get(SERVICES).text)

    assert press("filter", way="up") == ["Cabin filter", "Oil and filter change", "Brake pads"]
    assert press("filter", way="up") == ["Cabin filter", "Oil and filter change", "Brake pads"]
    assert press("brakes", way="up", group="1") == ["Brake pads", "Cabin filter", "Oil and filter change"]
    assert press("filter", way="up", group="1") == ["Cabin filter", "Oil and filter change", "Brake pads"]
    old = the(app, garage, "oil")
    press("filter", way="down")
    answer = post(desk, f"{SERVICES}/{old.id}/shift", version=str(old.version), way="down")
    assert "Someone else has just changed this." in desk.get(answer.headers["Location"]).text


def test_an_archived_service_is_booked_no_more_its_visits_stand_and_it_comes_back(
    desk: CarefulClient, client: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        visit = book(garage, MONDAY)
    row = the(app, garage, "oil")
    address = f"{SERVICES}/{row.id}"
    assert "One visit to come has it" in desk.get(address).text
    post(desk, f"{address}/archive", version=str(row.version))
    assert names_on(desk.get(SERVICES).text) == ["Brake pads", "Cabin filter", "Oil and filter change"]
    assert "Oil and filter change" not in client.get("/g/martin/lyon").text
    page = desk.get(f"/desk/lyon/appointments/{visit}").text
    assert "Oil and filter change" in page
    assert desk.get("/desk/conflicts").text.count("to-phone") == 0
    post(desk, f"{address}/restore", version=str(row.version + 1))
    assert the(app, garage, "oil").archived_at is None
    assert "Oil and filter change" in client.get("/g/martin/lyon").text


def test_pages_cost_as_many_statements_for_many_services_as_for_few(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    pages = [SERVICES, f"{SERVICES}/new", f"{SERVICES}/{the(app, garage, 'oil').id}"]

    def counts() -> list[int]:
        found = []
        for page in pages:
            desk.get(page)
            with count_statements(database.engine) as seen:
                assert desk.get(page).status_code == 200
            found.append(seen.count)
        return found

    few = counts()
    for number in range(6):
        post(desk, f"{SERVICES}/new", name_en=f"Work {number}", minutes="30", modes=["wait"])
    assert counts() == few
