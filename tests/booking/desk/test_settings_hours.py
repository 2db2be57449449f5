"""Opening hours in the settings: the week, dates with other hours, which public holidays are worked on."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.calendar import get_version
from app.tenancy.scope import scoped_to
from booking.appointments.conflicts import list_conflicts
from booking.resources.models import OpeningException, WorkshopRules
from booking.resources.queries import get_rules, list_exceptions
from tests.factories.appointments import book
from tests.factories.closings import closing, store
from tests.factories.garages import OFFICE_HOURS, MadeGarage, add_workshop, make_garage
from tests.factories.settings import post, week
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Eight in the morning in Lyon."""
HOURS = "/desk/lyon/settings/hours"
OFFICE = [("08:00", "12:00"), ("13:30", "18:00")]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


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


def dates_of(app: Flask, garage: MadeGarage) -> list[OpeningException]:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return list_exceptions(session, garage.id, garage.workshop.id)


def version_of(app: Flask, garage: MadeGarage) -> int:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return get_version(session, garage.id, garage.workshop.id)


def kinds_of(app: Flask, garage: MadeGarage) -> dict[int, list[str]]:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        found = list_conflicts(session, garage.id)
        return {each.view.id: [reason.kind for reason in each.reasons] for each in found}


def same_week(**days: list[tuple[str, str]]) -> dict[str, list[str]]:
    return week(**(dict.fromkeys(WEEKDAYS, OFFICE) | days))


def version(app: Flask, garage: MadeGarage) -> str:
    return str(rules_of(app, garage).version)


@pytest.mark.parametrize("role", ["receptionist", "technician"])
def test_hours_are_for_managers(client: CarefulClient, garage: MadeGarage, role: str) -> None:
    desk = signed_in(client, f"{role}@martin.example")
    pages = [HOURS, f"{HOURS}/dates/new", f"{HOURS}/dates/1"]
    assert {desk.get(page).status_code for page in pages} == {403}
    posts = [*pages, f"{HOURS}/dates/1/remove"]
    assert {post(desk, page).status_code for page in posts} == {403}


def test_the_page_shows_the_week_as_it_stands(desk: CarefulClient) -> None:
    page = desk.get(HOURS).text
    assert page.count('name="mon_from" value="08:00"') == 1
    assert page.count('value="13:30"') == 5
    assert re.search(r'name="observe_holidays" value="1" checked', page)


def test_new_hours_are_stored_and_raise_the_calendars_version(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    before = version_of(app, garage)
    form = same_week(sat=[("9", "12h30"), ("14:00", "15:00"), ("20:00", "00:00")])
    answer = post(desk, HOURS, version=version(app, garage), **form)
    assert answer.headers["Location"] == HOURS
    rules = rules_of(app, garage)
    assert rules.hours == OFFICE_HOURS | {"sat": [[540, 750], [840, 900], [1200, 1440]]}
    assert not rules.observe_holidays
    assert rules.slot_minutes == 30
    assert version_of(app, garage) > before
    assert desk.get(HOURS).text.count('name="sat_from"') == 4  # and one more to type into


def test_visits_outside_the_new_hours_are_shown_before_anything_is_stored(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        visit = book(garage, MONDAY)
        book(garage, MONDAY + timedelta(days=1, hours=7))
    form = same_week(mon=[("09:00", "12:00")]) | {"version": version(app, garage), "observe_holidays": "1"}
    page = post(desk, HOURS, **form).text
    assert "New opening hours" in page
    assert "One visit would be to re-plan" in page
    assert "The workshop is closed when the car is to come." in page
    assert rules_of(app, garage).hours == OFFICE_HOURS
    back = post(desk, HOURS, **form, change="1").text
    assert 'name="mon_from" value="09:00"' in back
    answer = post(desk, HOURS, **form, confirmed="1", seen=str(visit))
    assert answer.headers["Location"] == "/desk/conflicts"
    assert kinds_of(app, garage) == {visit: ["arrival", "closed"]}
    assert rules_of(app, garage).hours["mon"] == [[540, 720]]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("12:00", "08:00"), "The end comes before the beginning."),
        (("08:00", ""), "A time looks like 14:30."),
        (("", "8"), "A time looks like 14:30."),
        (("8:03", "9:00"), "Times go in steps of five minutes."),
        (("soon", "later"), "A time looks like 14:30."),
    ],
)
def test_a_wrong_day_is_named_and_all_that_was_typed_stays(
    desk: CarefulClient, app: Flask, garage: MadeGarage, typed: tuple[str, str], words: str
) -> None:
    form = same_week(thu=[typed], sun=[("10:00", "11:00")])
    answer = post(desk, HOURS, version=version(app, garage), **form)
    assert answer.status_code == 422
    assert f'<li><a href="#thu">{words}</a>' in answer.text
    assert 'id="thu-error"' in answer.text
    assert 'name="sun_from" value="10:00"' in answer.text
    assert all(f'value="{each}"' in answer.text for each in typed)
    assert rules_of(app, garage).hours == OFFICE_HOURS


def test_a_colleagues_hours_are_shown_beside_what_was_typed(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    first = version(app, garage)
    post(desk, HOURS, version=first, observe_holidays="1", **same_week(sat=[("09:00", "12:00")]))
    answer = post(desk, HOURS, version=first, **same_week(sat=[("10:00", "12:00")]))
    assert answer.status_code == 409
    assert "Someone else has just changed this." in answer.text
    assert "<dt>Saturday</dt><dd>09:00-12:00</dd>" in answer.text
    assert "<dt>Public holidays</dt><dd>Closed</dd>" in answer.text
    assert 'name="sat_from" value="10:00"' in answer.text


def holidays_on(page: str) -> dict[str, str]:
    """By date and name, the hours and why they are so."""
    section = page.split('id="holidays"')[1]
    return dict(re.findall(r"<p><b>([^<]+)</b> · [^<]+<br><span class=\"small muted\">([^<]+)<", section))


def test_the_holidays_of_a_year_say_which_apply_and_one_can_be_worked_on(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    rows = holidays_on(desk.get(HOURS).text)
    assert len(rows) == 11
    assert rows["Fri 25 December 2026"] == "Closed · public holiday"
    assert rows["Sun 15 August 2027"] == "Closed · as every Sunday"
    new = f"{HOURS}/dates/new?on=2026-12-25&amp;open=1"
    assert new in desk.get(HOURS).text
    form = desk.get(new.replace("&amp;", "&")).text
    assert 'name="hours_from" value="13:30"' in form
    post(
        desk,
        f"{HOURS}/dates/new",
        **{"from": "2026-12-25", "open": "1", "hours_from": ["09:00"], "hours_to": ["12:00"]},
        label="Urgent work",
    )
    page = desk.get(HOURS).text
    assert holidays_on(page)["Fri 25 December 2026"] == "9:00 – 12:00 · Urgent work"
    assert f"{HOURS}/dates/{dates_of(app, garage)[0].id}" in page.split('id="holidays"')[1]


def test_who_works_on_holidays_may_close_on_one(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    post(desk, HOURS, version=version(app, garage), **same_week())
    page = desk.get(HOURS).text
    assert holidays_on(page)["Fri 1 January 2027"] == "8:00 – 12:00, 13:30 – 18:00 · as on any such weekday"
    assert "Close on this day: Fri 1 January 2027" in page
    form = desk.get(f"{HOURS}/dates/new?on=2027-01-01").text
    assert 'value="2027-01-01"' in form
    assert re.search(r'id="own-0" name="open" value="0" checked', form)


def test_the_holidays_are_named_in_french(desk: CarefulClient) -> None:
    assert "Lundi de Pâques" in desk.get(f"{HOURS}?lang=fr").text


def test_dates_are_added_changed_and_taken_back(desk: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    post(
        desk, f"{HOURS}/dates/new", **{"from": "2026-12-24", "to": "2027-01-01", "open": "0"}, label="Closed"
    )
    (row,) = dates_of(app, garage)
    assert (row.first_on, row.last_on, row.hours) == (date(2026, 12, 24), date(2027, 1, 1), [])
    address = f"{HOURS}/dates/{row.id}"
    page = desk.get(address).text
    assert 'value="2026-12-24"' in page
    form = {"from": "2026-12-24", "to": "2026-12-31", "open": "1", "label": "Short days"}
    spans = {"hours_from": ["10:00", "", "22:00"], "hours_to": ["12:00", "", "00:00"]}
    post(desk, address, version=str(row.version), **form, **spans)
    (row,) = dates_of(app, garage)
    assert (row.last_on, row.hours, row.label) == (
        date(2026, 12, 31),
        [[600, 720], [1320, 1440]],
        "Short days",
    )
    page = desk.get(HOURS).text
    assert "10:00 – 12:00, 22:00 – 24:00 · Short days" in page
    post(desk, f"{address}/remove", version=str(row.version))
    assert dates_of(app, garage) == []
    assert "None to come" in desk.get(HOURS).text
    answer = post(desk, address, version=str(row.version + 1), **form, **spans)
    assert answer.status_code == 409
    assert "taken back: the usual hours stand" in answer.text


WRONG: list[tuple[dict[str, str | list[str]], str, str]] = [
    ({}, "from", "Please fill this in."),
    ({"from": "24/12/2026"}, "from", "A date looks like 2026-11-24."),
    ({"from": "2026-12-24", "to": "2026-12-23"}, "to", "The end comes before the beginning."),
    ({"from": "2026-11-30"}, "from", "This day is past."),
    ({"from": "2026-12-24", "to": "9999-12-31"}, "to", "This day is too far ahead."),
    ({"from": "2026-12-24", "open": "1", "hours_from": [""], "hours_to": [""]}, "hours", "Type the hours"),
    (
        {"from": "2026-12-24", "open": "1", "hours_from": ["9:00"], "hours_to": ["8:00"]},
        "hours",
        "The end comes before the beginning.",
    ),
    ({"from": "2026-12-24", "label": "x" * 121}, "label", "Please keep this under 120 characters."),
]


@pytest.mark.parametrize(("form", "field", "words"), WRONG)
def test_wrong_dates_are_refused_at_their_field_and_kept(
    desk: CarefulClient,
    app: Flask,
    garage: MadeGarage,
    form: dict[str, str | list[str]],
    field: str,
    words: str,
) -> None:
    answer = post(desk, f"{HOURS}/dates/new", **form)
    assert answer.status_code == 422
    assert f'<li><a href="#{field}">{words}' in answer.text
    assert f'id="{field}"' in answer.text
    for value in form.values():
        text = value if isinstance(value, str) else value[0]
        assert f'value="{text}"' in answer.text
    assert dates_of(app, garage) == []


def test_visits_on_dates_that_are_closed_are_shown_first_and_when_they_open_again(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        visit = book(garage, MONDAY)
    form = {"from": "2026-12-07", "open": "0"}
    assert "One visit would be to re-plan" in post(desk, f"{HOURS}/dates/new", **form).text
    assert dates_of(app, garage) == []
    post(desk, f"{HOURS}/dates/new", **form, confirmed="1", seen=str(visit))
    (row,) = dates_of(app, garage)
    assert kinds_of(app, garage) == {visit: ["arrival", "closed"]}
    post(desk, f"{HOURS}/dates/{row.id}/remove", version=str(row.version))
    assert kinds_of(app, garage) == {}


def test_a_closing_of_the_desk_stands_over_dates_that_are_added_later(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        store(garage, closing(date(2026, 12, 24)))
    form = {"from": "2026-12-24", "open": "1", "hours_from": ["09:00"], "hours_to": ["12:00"]}
    post(desk, f"{HOURS}/dates/new", **form)
    rows = dates_of(app, garage)
    assert [row.closed is None for row in rows] == [True, False]
    assert desk.get(f"{HOURS}/dates/{rows[1].id}").status_code == 404


def test_the_page_of_closings_leads_managers_to_dates_with_other_hours(
    client: CarefulClient, desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    post(desk, f"{HOURS}/dates/new", **{"from": "2026-12-24", "open": "0"})
    (row,) = dates_of(app, garage)
    assert f'href="{HOURS}/dates/{row.id}"' in desk.get("/desk/lyon/closures").text
    post(desk, "/sign-out")
    page = signed_in(client, "receptionist@martin.example").get("/desk/lyon/closures").text
    assert "are set by a manager, under Settings" in page


def test_the_page_costs_as_many_statements_for_many_dates_as_for_none(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    def cost() -> int:
        desk.get(HOURS)
        with count_statements(database.engine) as seen:
            assert desk.get(HOURS).status_code == 200
        return seen.count

    few = cost()
    with app.app_context():
        add_workshop(garage, "villeurbanne")
    for day in range(10, 20):
        post(desk, f"{HOURS}/dates/new", **{"from": f"2026-12-{day}", "open": "0"})
    assert cost() == few
