"""Leave and blocks that repeat: entered after a preview, listed as one line, ended by a date, all or one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.resources.models import Absence, AbsenceSeries, Occupancy
from tests.factories.appointments import book
from tests.factories.closings import conflicts, resource_id
from tests.factories.customers import rows_of
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Eight o'clock in Lyon."""
LIST = "/desk/lyon/closures"
AFTERNOONS = {
    "from_on": "2026-12-07",
    "from_at": "13:30",
    "to_at": "15:00",
    "every": "1",
    "weekdays": ["mon", "wed"],
    "until_on": "2026-12-31",
    "label": "Training",
}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    with app.app_context():
        made = make_garage(garage={"locale": "en"}, bays=2, technicians=2)
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
        make_member(made, "tech@martin.example", Role.TECHNICIAN)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


@pytest.fixture
def technician(app: Flask, garage: MadeGarage) -> str:
    with app.app_context():
        return str(resource_id(garage, "Tech 1"))


def send(desk: CarefulClient, of: str, **changes: Any) -> TestResponse:
    form = AFTERNOONS | {"of": of, "csrf_token": csrf_token(desk.get(LIST).text)} | changes
    return desk.post(LIST, data=MultiDict({name: value for name, value in form.items() if value is not None}))


def confirm(desk: CarefulClient, preview: TestResponse) -> TestResponse:
    """Send the preview's own form."""
    assert preview.status_code == 200, preview.text
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', preview.text)
    return desk.post(LIST, data={name: unescape(value) for name, value in fields})


def stored(app: Flask, garage: MadeGarage) -> list[str]:
    """When the standing dates begin, in UTC; the engine's rows say the same."""
    with app.app_context(), scoped_to(garage.id), reading() as session:
        absences = session.scalars(
            select(Absence.starts_at)
            .where(Absence.garage_id == garage.id, Absence.removed_at.is_(None))
            .order_by(Absence.starts_at)
        ).all()
        rows = session.scalars(
            select(Occupancy.starts_at)
            .where(Occupancy.garage_id == garage.id, Occupancy.kind.in_(("leave", "block")))
            .order_by(Occupancy.starts_at)
        ).all()
    assert absences == rows
    return [f"{starts_at:%m-%d %H:%M}" for starts_at in absences]


def series_of(app: Flask, garage: MadeGarage) -> AbsenceSeries:
    with app.app_context():
        row: AbsenceSeries = rows_of(garage, AbsenceSeries)[0]
    return row


def press(desk: CarefulClient, what: str, **fields: str) -> str:
    """Send the first form of the list that leads to ``what``; returns the page that follows."""
    page = desk.get(LIST).text
    found = re.search(rf'action="({LIST}/{what}/\d+/end)">.*?name="version" value="(\d+)"', page, re.S)
    assert found is not None, page
    answer = desk.post(
        found[1], data={"csrf_token": csrf_token(page), "version": found[2]} | fields, follow_redirects=True
    )
    return unescape(answer.text)


def test_every_date_of_the_rhythm_is_stored_as_a_row(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    preview = send(desk, technician)
    said = "Tech 1 on leave: every week: Mon, Wed, 13:30 – 15:00, until Thu 31 Dec (8 dates)"
    assert said in unescape(preview.text)
    assert stored(app, garage) == []
    assert confirm(desk, preview).status_code == 303
    days = ("07", "09", "14", "16", "21", "23", "28", "30")
    assert stored(app, garage) == [f"12-{day} 12:30" for day in days]


def test_every_second_week_begins_with_the_one_of_the_first_day(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    confirm(desk, send(desk, technician, every="2", from_on="2026-12-09"))
    assert stored(app, garage) == ["12-09 12:30", "12-21 12:30", "12-23 12:30"]


def test_without_days_it_is_the_weekday_of_the_first_day_and_without_times_the_whole_of_it(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    form = {"weekdays": None, "from_at": None, "to_at": None, "from_on": "2026-12-10"}
    assert "every week: Thu, until Thu 31 Dec (4 dates)" in unescape(send(desk, technician, **form).text)
    confirm(desk, send(desk, technician, **form))
    assert stored(app, garage) == ["12-09 23:00", "12-16 23:00", "12-23 23:00", "12-30 23:00"]


def test_the_clock_on_the_wall_stands_when_the_time_changes(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    confirm(desk, send(desk, technician, from_on="2027-03-22", until_on="2027-03-31", weekdays=["mon"]))
    assert stored(app, garage) == ["03-22 12:30", "03-29 11:30"]


def test_the_preview_names_every_visit_that_a_date_touches_and_moves_those_that_are_accepted(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    with app.app_context():
        touched = [book(garage, MONDAY + timedelta(days=day, hours=6)) for day in (2, 7)]
        beside = book(garage, MONDAY + timedelta(days=3, hours=6))
    preview = send(desk, technician)
    assert "2 visits lie in that time" in preview.text
    assert f'name="seen" value="{touched[0]} {touched[1]}"' in preview.text
    assert f'name="place-{beside}"' not in preview.text
    assert confirm(desk, preview).headers["Location"] == "/desk/conflicts"
    with app.app_context():
        assert conflicts(garage) == {number: [("leave", "Tech 1")] for number in touched}


def test_a_visit_booked_after_the_preview_is_shown_before_anything_is_stored(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    preview = send(desk, technician)
    with app.app_context():
        book(garage, MONDAY + timedelta(days=14, hours=6))
    answer = confirm(desk, preview)
    assert answer.status_code == 409
    assert "One visit lies in that time" in answer.text
    assert stored(app, garage) == []


def test_the_list_shows_it_as_one_line_with_its_dates(desk: CarefulClient, technician: str) -> None:
    confirm(desk, send(desk, technician))
    page = unescape(desk.get(LIST).text)
    line = "Leave · every week: Mon, Wed, 13:30 – 15:00, until Thu 31 Dec (8 dates) · Training"
    assert page.count(line) == 2, "once to read, once for the button"
    assert page.count("Take back: Tech 1") == 8
    assert "Take back: Tech 1, Wed 16 Dec" in page


def test_of_many_dates_the_next_ones_are_listed_and_all_on_demand(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    confirm(desk, send(desk, technician, until_on="2027-12-06"))
    page = desk.get(LIST).text
    assert page.count("Take back: Tech 1") == 8
    number = series_of(app, garage).id
    assert f'href="{LIST}?series={number}"' in page
    assert desk.get(f"{LIST}?series={number}").text.count("Take back: Tech 1") == 105


def test_one_date_is_taken_back_alone(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    confirm(desk, send(desk, technician))
    page = press(desk, "absence")
    assert "Taken back: that time can be booked again." in page
    assert "(7 dates)" in page
    assert stored(app, garage)[0] == "12-09 12:30"


def test_all_that_is_to_come_is_taken_back_and_what_has_been_stands(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str, clock: MovableClock
) -> None:
    confirm(desk, send(desk, technician))
    clock.move_to(MONDAY + timedelta(days=8))
    page = press(signed_in(desk, "desk@martin.example"), "series")
    assert "Nothing to come." in page
    assert stored(app, garage) == ["12-07 12:30", "12-09 12:30", "12-14 12:30"]


def test_it_is_ended_after_a_date(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    confirm(desk, send(desk, technician))
    page = press(desk, "series", last_on="2026-12-16")
    assert "until Wed 16 Dec (4 dates)" in page
    assert stored(app, garage)[-1] == "12-16 12:30"
    with app.app_context():
        kept = [row.removed_at is None for row in rows_of(garage, Absence)]
    assert kept == [True] * 4 + [False] * 4, "what was taken back stays on record"


def test_leave_entered_by_itself_over_a_date_stands_when_the_series_ends(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    alone = {"every": None, "weekdays": None, "until_on": None}
    confirm(desk, send(desk, technician, **alone))
    confirm(desk, send(desk, technician))
    press(desk, "series")
    assert stored(app, garage) == ["12-07 12:30"]


@pytest.mark.parametrize("last_on", ["soon", "2026-12-01"])
def test_an_end_that_is_no_day_to_come_changes_nothing(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str, last_on: str
) -> None:
    confirm(desk, send(desk, technician))
    press(desk, "series", last_on=last_on)
    assert len(stored(app, garage)) == 8


def test_the_second_of_two_who_end_it_is_told(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    confirm(desk, send(desk, technician))
    press(desk, "series", last_on="2026-12-16")
    page = press(desk, "series", version="1")
    assert "Someone else has just changed this" in page
    assert len(stored(app, garage)) == 4


def test_sent_twice_it_is_stored_once(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    preview = send(desk, technician)
    confirm(desk, preview)
    confirm(desk, preview)
    assert len(stored(app, garage)) == 8


def test_a_bay_is_blocked_in_a_rhythm_and_the_board_draws_it(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        bay = str(resource_id(garage, "Bay 2"))
    confirm(desk, send(desk, bay))
    for on in ("2026-12-07", "2026-12-30"):
        assert "Training" in desk.get(f"/desk/lyon/day?on={on}").text
    assert "Training" not in desk.get("/desk/lyon/day?on=2026-12-08").text
    assert "Bay 2 out of use: every week" in unescape(send(desk, bay).text)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"of": "workshop"}, "of", "Hours that repeat are the workshop’s opening hours, under Settings."),
        ({"until_on": None}, "until_on", "Choose the date on which it ends: within two years."),
        ({"until_on": "2026-12-06"}, "until_on", "This day is past."),
        ({"from_on": "2026-12-20", "until_on": "2026-12-19"}, "until_on", "The end comes before"),
        ({"until_on": "2028-12-08"}, "until_on", "It can repeat for two years at most."),
        ({"to_on": "2026-12-08"}, "to_on", "What repeats lies within one day"),
        ({"to_at": "13:00"}, "to_at", "The end comes before the beginning."),
        ({"every": "9"}, "every", "Please choose one of the options."),
        ({"weekdays": ["mon", "day"]}, "weekdays", "Please choose one of the options."),
        ({"weekdays": ["sun"], "until_on": "2026-12-12"}, "weekdays", "None of these weekdays lies between"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    desk: CarefulClient,
    app: Flask,
    garage: MadeGarage,
    technician: str,
    changes: dict[str, Any],
    field: str,
    said: str,
) -> None:
    answer = send(desk, **({"of": technician} | changes))
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert said in page
    assert f'href="#{field}"' in page
    assert f'id="{field}"' in page
    assert 'value="Training"' in page
    assert stored(app, garage) == []


def test_changing_goes_back_to_the_form_with_the_ticked_days(desk: CarefulClient, technician: str) -> None:
    page = send(desk, technician, change="1").text
    assert re.findall(r'name="weekdays" value="(\w+)" checked', page) == ["mon", "wed"]
    assert '<details class="fold repeat" open>' in page


def test_another_garage_and_a_technician_cannot_end_it(
    desk: CarefulClient, app: Flask, garage: MadeGarage, technician: str
) -> None:
    confirm(desk, send(desk, technician))
    number = series_of(app, garage).id
    with app.app_context():
        other = make_garage(slug="other", workshop_slug="lille")
        make_member(other, "desk@other.example", Role.RECEPTIONIST)
    data = {"csrf_token": csrf_token(desk.get(LIST).text), "version": "1"}
    strange = signed_in(app.test_client(), "desk@other.example")  # type: ignore[arg-type]  # the careful one
    token = csrf_token(strange.get("/desk/lille/closures").text)
    answer = strange.post(f"/desk/lille/closures/series/{number}/end", data=data | {"csrf_token": token})
    assert answer.status_code == 404
    worker = signed_in(app.test_client(), "tech@martin.example")  # type: ignore[arg-type]  # the careful one
    token = csrf_token(worker.get("/desk/lyon/day").text)
    answer = worker.post(f"{LIST}/series/{number}/end", data=data | {"csrf_token": token})
    assert answer.status_code == 403
    assert len(stored(app, garage)) == 8


def test_two_years_cost_as_many_statements_as_two_weeks(
    desk: CarefulClient, technician: str, database: Database
) -> None:
    def cost(until_on: str, label: str) -> tuple[int, int, int]:
        preview = send(desk, technician, until_on=until_on, label=label)
        with count_statements(database.engine) as stores:
            assert confirm(desk, preview).status_code == 303
        with count_statements(database.engine) as lists:
            desk.get(LIST)
        page = desk.get(LIST).text
        found = re.search(rf'action="({LIST}/series/\d+/end)"', page)
        assert found is not None
        form = {"csrf_token": csrf_token(page), "version": "1"}
        with count_statements(database.engine) as ends:
            desk.post(found[1], data=form)
        return stores.count, lists.count, ends.count

    cost("2026-12-13", "First")
    few = cost("2026-12-20", "Few")
    assert cost("2028-12-06", "Many") == few
