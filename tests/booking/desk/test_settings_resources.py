"""Bays, technicians and courtesy cars in the settings: listed, added, changed, archived, put in order."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.appointments.conflicts import list_conflicts
from booking.resources.models import Resource
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, add_workshop, make_garage
from tests.factories.resources import archive, find, resources_of
from tests.factories.settings import post, week
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Eight in the morning in Lyon."""
HOME = "/desk/lyon/settings"
BAYS, TECHNICIANS, CARS = (f"{HOME}/resources/{kind}" for kind in ("bays", "technicians", "courtesy-cars"))


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(bays=2, technicians=2, courtesy_cars=1, garage={"locale": "en"})
        for role in Role:
            make_member(made, f"{role}@martin.example", role, name="Nolwenn")
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "manager@martin.example")


def all_of(app: Flask, garage: MadeGarage, kind: str) -> list[Resource]:
    with app.app_context():
        return resources_of(garage, kind)


def the(app: Flask, garage: MadeGarage, kind: str, name: str) -> Resource:
    return next(row for row in all_of(app, garage, kind) if row.name == name)


def names_on(page: str) -> list[str]:
    return re.findall(r"<p>(?:<a [^>]*>)?<b>([^<]+)</b>", page)


def version_of(app: Flask, garage: MadeGarage) -> int:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return get_version(session, garage.id, garage.workshop.id)


def conflicts_of(app: Flask, garage: MadeGarage) -> list[tuple[int, list[tuple[str, str]]]]:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return [
            (each.view.id, [(reason.kind, reason.name) for reason in each.reasons])
            for each in list_conflicts(session, garage.id)
        ]


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("manager", 200), ("receptionist", 403), ("technician", 403)]
)
def test_the_settings_are_for_managers(
    client: CarefulClient, app: Flask, garage: MadeGarage, role: str, status: int
) -> None:
    desk = signed_in(client, f"{role}@martin.example")
    bay = the(app, garage, "bay", "Bay 1")
    pages = [HOME, BAYS, TECHNICIANS, CARS, f"{BAYS}/new", f"{BAYS}/{bay.id}"]
    assert {desk.get(page).status_code for page in pages} == {status}
    assert (desk.get("/desk/settings").status_code == 302) == (status == 200)
    assert ('href="/desk/settings"' in desk.get("/desk/lyon/day").text) == (status == 200)
    if status == 403:
        posts = [f"{BAYS}/new", *(f"{BAYS}/{bay.id}{act}" for act in ("", "/archive", "/restore", "/shift"))]
        assert {post(desk, each, name="X", version="1").status_code for each in posts} == {403}
        assert [row.name for row in all_of(app, garage, "bay")] == ["Bay 1", "Bay 2"]


def test_a_bay_is_added_last_with_equipment_in_plain_words(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    before = version_of(app, garage)
    answer = post(
        desk, f"{BAYS}/new", name=" Pont 3 ", tags=["lift"], more="Pont 4 colonnes, Géométrie,, lift"
    )
    assert answer.headers["Location"] == BAYS
    assert names_on(desk.get(BAYS).text) == ["Bay 1", "Bay 2", "Pont 3"]
    assert the(app, garage, "bay", "Pont 3").tags == ["lift", "pont-4-colonnes", "geometrie"]
    assert version_of(app, garage) > before
    page = desk.get(f"{BAYS}/new").text
    for word in ("Lift", "Pont 4 colonnes", "Wheel alignment"):
        assert f">{word}</label>" in page  # what one bay has is to be chosen for the next


def test_a_technician_is_added_and_the_way_to_their_leave_is_shown(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    answer = post(desk, f"{TECHNICIANS}/new", name="Nadia", tags=["ev"], own="0", **week())
    nadia = the(app, garage, "technician", "Nadia")
    assert nadia.hours is None
    page = desk.get(answer.headers["Location"]).text
    leave = f"/desk/lyon/closures?of={nadia.id}"
    assert f'<a href="{leave}">Enter leave for Nadia</a>' in page
    assert f'<option value="{nadia.id}" selected>Technician · Nadia' in desk.get(leave).text


def test_a_technicians_own_hours_are_stored_as_the_file_has_them(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    tech = the(app, garage, "technician", "Tech 1")
    form = week(mon=[("8:00", "12h"), ("13:30", "17:00")], sat=[("20:00", "00:00")])
    post(desk, f"{TECHNICIANS}/{tech.id}", name="Tech 1", own="1", version=str(tech.version), **form)
    stored = the(app, garage, "technician", "Tech 1")
    assert stored.hours == {"mon": [[480, 720], [810, 1020]], "sat": [[1200, 1440]]}
    page = desk.get(f"{TECHNICIANS}/{tech.id}").text
    assert 'value="13:30"' in page
    assert "own hours" in desk.get(TECHNICIANS).text
    post(desk, f"{TECHNICIANS}/{tech.id}", name="Tech 1", own="0", version=str(stored.version), **form)
    assert the(app, garage, "technician", "Tech 1").hours is None


def test_mondays_hours_are_copied_to_friday_and_nothing_is_stored(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    tech = the(app, garage, "technician", "Tech 1")
    form = week(mon=[("08:00", "12:00")], sat=[("09:00", "10:00")])
    page = post(
        desk, f"{TECHNICIANS}/{tech.id}", name="Typed", own="1", copy="1", version=str(tech.version), **form
    ).text
    assert page.count('value="08:00"') == 5
    assert page.count('value="09:00"') == 1
    assert 'value="Typed"' in page
    assert the(app, garage, "technician", "Tech 1").version == tech.version


WRONG: list[tuple[str, dict[str, Any], str]] = [
    (BAYS, {"name": ""}, "Please fill this in."),
    (BAYS, {"name": "x" * 61}, "Please keep this under 60 characters."),
    (BAYS, {"name": "A\x07b"}, "Some characters here cannot be read."),
    (BAYS, {"name": "bay 2"}, "There is one of this name already."),
    (BAYS, {"name": "B", "more": "lift, !!!"}, "Please keep to letters, digits and dashes"),
    (BAYS, {"name": "B", "tags": ["no tag"]}, "Please keep to letters, digits and dashes"),
    (CARS, {"name": "Clio", "plate": "AB*12"}, "A number plate has the letters A to Z and digits."),
    (TECHNICIANS, {"name": "N", "own": "1", **week()}, "Type the hours of at least one day"),
    (
        TECHNICIANS,
        {"name": "N", "own": "1", **week(tue=[("12:00", "08:00")])},
        "The end comes before the beginning.",
    ),
    (TECHNICIANS, {"name": "N", "own": "1", **week(tue=[("8:00", "")])}, "A time looks like 14:30."),
    (TECHNICIANS, {"name": "N", "own": "1", **week(tue=[("8:02", "9:00")])}, "Times go in steps of five"),
    (TECHNICIANS, {"name": "N", "own": "1", **week(tue=[("25:00", "26:00")])}, "A time looks like 14:30."),
]


@pytest.mark.parametrize(("kind", "form", "words"), WRONG)
def test_what_the_file_would_refuse_is_refused_at_its_field_and_kept(
    desk: CarefulClient, app: Flask, garage: MadeGarage, kind: str, form: dict[str, Any], words: str
) -> None:
    answer = post(desk, f"{kind}/new", **form)
    assert answer.status_code == 422
    assert words in answer.text
    assert "One thing to fix" in answer.text
    for value in (form["name"].replace("\x07", ""), form.get("more", "")):
        assert not value or value in answer.text.replace("\x07", "")
    if "tue_from" in form:
        assert form["tue_from"][0] in answer.text
    (field,) = re.findall(r'<li><a href="#(\w+)">', answer.text)
    assert f'id="{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    rows = [all_of(app, garage, each) for each in ("bay", "technician", "courtesy_car")]
    assert [len(each) for each in rows] == [2, 2, 1]


def test_the_name_of_an_archived_one_is_said_to_be_its(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        archive(garage, "bay", name="Bay 2")
    answer = post(desk, f"{BAYS}/new", name="Bay 2")
    assert answer.status_code == 422
    assert "One of this name is archived." in answer.text


def test_a_colleagues_change_is_shown_beside_what_was_typed(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    tech = the(app, garage, "technician", "Tech 1")
    first = str(tech.version)
    address = f"{TECHNICIANS}/{tech.id}"
    post(
        desk,
        address,
        name="Tech One",
        more="EV",
        own="1",
        version=first,
        **week(mon=[("08:00", "09:00")]),
    )
    with app.app_context():
        assert len(resources_of(garage, "technician")) == 2
    answer = post(desk, address, name="Typed", own="0", version=first, **week())
    assert answer.status_code == 409
    assert "Someone else has just changed this." in answer.text
    assert "Tech One" in answer.text
    assert "Monday 08:00-09:00" in answer.text
    assert "Electric vehicles" in answer.text
    assert 'value="Typed"' in answer.text
    now = re.search(r'name="version" value="(\d+)"', answer.text)
    assert now is not None
    post(desk, address, name="Typed", own="0", version=now[1], **week())
    assert the(app, garage, "technician", "Typed").hours is None


def test_the_order_goes_up_and_down_one_place_at_a_time(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    post(desk, f"{BAYS}/new", name="Bay 3")

    def press(name: str, way: str) -> list[str]:
        row = the(app, garage, "bay", name)
        post(desk, f"{BAYS}/{row.id}/shift", version=str(row.version), way=way)
        return names_on(desk.get(BAYS).text)

    assert press("Bay 3", "up") == ["Bay 1", "Bay 3", "Bay 2"]
    assert press("Bay 3", "up") == ["Bay 3", "Bay 1", "Bay 2"]
    assert press("Bay 3", "up") == ["Bay 3", "Bay 1", "Bay 2"]
    assert press("Bay 3", "down") == ["Bay 1", "Bay 3", "Bay 2"]
    assert press("Bay 2", "down") == ["Bay 1", "Bay 3", "Bay 2"]


def test_who_looks_at_the_old_order_is_told(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    first, second = all_of(app, garage, "bay")
    for row in (first, second):
        post(desk, f"{BAYS}/{row.id}/shift", version=str(row.version), way="down")
    page = desk.get(BAYS).text
    assert "Someone else has just changed this." in page
    assert names_on(page) == ["Bay 2", "Bay 1"]


def test_what_nobody_is_to_have_is_archived_at_once_and_comes_back_last(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    bay = the(app, garage, "bay", "Bay 1")
    answer = post(desk, f"{BAYS}/{bay.id}/archive", version=str(bay.version))
    assert answer.headers["Location"] == BAYS
    page = desk.get(BAYS).text
    assert names_on(page) == ["Bay 2", "Bay 1"]
    assert "Bring back: Bay 1" in page
    bay = the(app, garage, "bay", "Bay 1")
    post(desk, f"{BAYS}/{bay.id}/restore", version=str(bay.version))
    assert the(app, garage, "bay", "Bay 1").archived_at is None
    page = desk.get(BAYS).text
    assert (names_on(page), "Archived" in page) == (["Bay 2", "Bay 1"], False)


def test_visits_are_shown_before_their_bay_is_archived_and_none_is_lost(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        visit = book(garage, MONDAY)
    bay, before = the(app, garage, "bay", "Bay 1"), version_of(app, garage)
    address = f"{BAYS}/{bay.id}/archive"
    page = post(desk, address, version=str(bay.version)).text
    assert "One visit would be to re-plan" in page
    assert "Camille Perrot" in page
    assert "Bay 1 is no longer in use." in page
    assert (the(app, garage, "bay", "Bay 1").archived_at, version_of(app, garage)) == (None, before)
    assert conflicts_of(app, garage) == []
    form = {"version": str(bay.version), "confirmed": "1", "seen": str(visit)}
    answer = post(desk, address, **form)
    assert answer.headers["Location"] == "/desk/conflicts"
    assert conflicts_of(app, garage) == [(visit, [("archived", "Bay 1")])]
    page = desk.get("/desk/conflicts").text
    assert "One visit is to be re-planned." in page
    assert "Bay 1 is no longer in use." in page
    assert "Bay 1" in desk.get("/desk/lyon/day?on=2026-12-07").text  # its column stays while it has work


def test_a_visit_that_came_meanwhile_is_shown_before_anything_is_stored(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        visit = book(garage, MONDAY)
        book(garage, MONDAY + timedelta(hours=1))
    bay = the(app, garage, "bay", "Bay 1")
    form = {"version": str(bay.version), "confirmed": "1", "seen": str(visit)}
    answer = post(desk, f"{BAYS}/{bay.id}/archive", **form)
    assert answer.status_code == 409
    assert "Meanwhile more visits are touched." in answer.text
    assert "2 visits would be to re-plan" in answer.text
    assert the(app, garage, "bay", "Bay 1").archived_at is None


def test_visits_outside_a_technicians_new_hours_are_shown_first(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        visit = book(garage, MONDAY)
        book(garage, MONDAY + timedelta(days=1))
    tech = the(app, garage, "technician", "Tech 1")
    address = f"{TECHNICIANS}/{tech.id}"
    form: dict[str, Any] = {"name": "Tech 1", "own": "1", **week(tue=[("08:00", "18:00")])}
    form["version"] = str(tech.version)
    page = post(desk, address, **form).text
    assert "Tech 1: new hours" in page
    assert "Tech 1 does not work then." in page
    assert page.count('class="arow"') == 1
    back = post(desk, address, **form, change="1").text
    assert 'value="18:00"' in back
    assert the(app, garage, "technician", "Tech 1").hours is None
    answer = post(desk, address, **form, confirmed="1", seen=str(visit))
    assert answer.headers["Location"] == "/desk/conflicts"
    assert conflicts_of(app, garage) == [(visit, [("off", "Tech 1")])]


def test_pages_cost_as_many_statements_for_many_as_for_one(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    tech = find_in(app, garage)
    pages = [HOME, TECHNICIANS, f"{TECHNICIANS}/new", f"{TECHNICIANS}/{tech}"]

    def counts() -> list[int]:
        found = []
        for page in pages:
            desk.get(page)
            with count_statements(database.engine) as seen:
                assert desk.get(page).status_code == 200
            found.append(seen.count)
        return found

    few = counts()
    with app.app_context():
        add_workshop(garage, "villeurbanne")
    for number in range(6):
        post(desk, f"{TECHNICIANS}/new", name=f"Person {number}", more=f"skill {number}", own="0", **week())
    assert counts() == few


def find_in(app: Flask, garage: MadeGarage) -> int:
    with app.app_context():
        return find(garage, "technician")


def test_a_preview_costs_as_many_statements_for_many_visits_as_for_one(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    bay = the(app, garage, "bay", "Bay 1")
    token = re.search(r'name="csrf_token" value="([^"]+)"', desk.get(BAYS).text)
    assert token is not None
    form = {"csrf_token": token[1], "version": str(bay.version)}

    def cost() -> int:
        desk.post(f"{BAYS}/{bay.id}/archive", data=form)
        with count_statements(database.engine) as seen:
            assert "to re-plan" in desk.post(f"{BAYS}/{bay.id}/archive", data=form).text
        return seen.count

    with app.app_context():
        book(garage, MONDAY)
    few = cost()
    with app.app_context():
        for number in range(4):
            book(garage, MONDAY + timedelta(hours=1, days=number))
    assert cost() == few


def test_a_kind_that_there_is_not_and_a_bay_under_technicians_are_not_found(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    bay = the(app, garage, "bay", "Bay 1")
    for address in (f"{HOME}/resources/cranes", f"{TECHNICIANS}/{bay.id}", f"{BAYS}/0", "/desk/x/settings"):
        assert desk.get(address).status_code == 404


def test_the_overview_says_who_has_set_what(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    assert "Nothing has been set here yet." in desk.get(HOME).text
    post(desk, f"{BAYS}/new", name="Pont 3")
    bay = the(app, garage, "bay", "Pont 3")
    post(desk, f"{BAYS}/{bay.id}", name="Pont 4", version=str(bay.version))
    said = re.findall(r"<li><b>([^<]+)</b><span[^>]*>([^<]+)</span>", desk.get(HOME).text)
    assert [line for line, _ in said] == ["Bay Pont 4: changed", "Bay Pont 3: added"]
    assert all(who.endswith("· Nolwenn") for _, who in said)
