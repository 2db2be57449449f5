"""The week at the desk: whose row and which day a visit stands in, what is closed, and what it costs."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.customers.operations import VehicleDetails
from calendars.board.lanes import By
from calendars.board.week import BoardWeek, get_board_week
from tests.factories.appointments import book, plan_later
from tests.factories.closings import away, closing, store
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.statements import count_statements

MONDAY_ON = date(2026, 12, 7)
MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
"""Eight in the morning in Paris."""
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WEEK = "/desk/lyon/week?on=2026-12-09"
OTHER = VehicleDetails(plate="AB123CD", country="FR")


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(bays=2, technicians=2, courtesy_cars=1, garage={"locale": "en"})
        make_member(made, "desk@martin.example", Role.RECEPTIONIST)
    return made


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "desk@martin.example")


def week_of(app: Flask, garage: MadeGarage, by: By = "bay") -> BoardWeek:
    with app.test_request_context(), scoped_to(garage.id), reading() as session:
        return get_board_week(session, garage.workshop, monday=MONDAY_ON, by=by)


def table_of(week: BoardWeek) -> dict[tuple[str, str], list[int]]:
    """The visits of each cell that has any, by the row's name and the weekday."""
    return {
        (row.name, f"{load.on:%a}"): [slip.view.id for slip in cell.slips]
        for row in week.rows
        for load, cell in zip(week.days, row.cells, strict=True)
        if cell.slips
    }


def test_a_visit_stands_in_its_row_and_its_day(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        first = book(garage, MONDAY + HOUR)
        second = book(garage, MONDAY + HOUR, vehicle=OTHER)
        early = book(garage, MONDAY, vehicle=OTHER)
        later = book(garage, MONDAY + 2 * DAY)
        next_week = book(garage, MONDAY + 7 * DAY)
    week = week_of(app, garage)
    assert table_of(week) == {
        ("Bay 1", "Mon"): [early, first],
        ("Bay 2", "Mon"): [second],
        ("Bay 1", "Wed"): [later],
    }
    assert [len(visits) for visits in week.visits] == [3, 0, 1, 0, 0]
    assert next_week not in {view.id for visits in week.visits for view in visits}
    assert set(table_of(week_of(app, garage, "technician"))) == {
        ("Tech 1", "Mon"),
        ("Tech 2", "Mon"),
        ("Tech 1", "Wed"),
    }


def test_a_courtesy_car_is_out_in_its_own_row(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        visit = book(garage, MONDAY, mode="drop_off", courtesy_car=True)
        book(garage, MONDAY, vehicle=OTHER)
    assert list(table_of(week_of(app, garage, "courtesy_car")).values()) == [[visit]]


def test_closed_days_are_left_out_unless_somebody_comes(
    app: Flask, garage: MadeGarage, desk: CarefulClient
) -> None:
    with app.app_context():
        store(garage, closing(MONDAY_ON + DAY))
        visit = book(garage, MONDAY + 3 * DAY)
        store(garage, closing(MONDAY_ON + 3 * DAY))
    week = week_of(app, garage)
    assert [f"{load.on:%a}" for load in week.days] == ["Mon", "Wed", "Thu", "Fri"]
    assert table_of(week) == {("Bay 1", "Thu"): [visit]}
    assert {cell.off for cell in (row.cells[2] for row in week.rows)} == {"Closed"}
    assert set(re.findall(r"/desk/lyon/day\?on=([0-9-]+)", desk.get(WEEK).text)) == {
        f"{load.on}" for load in week.days
    }


def test_a_week_that_is_closed_says_so(app: Flask, garage: MadeGarage, desk: CarefulClient) -> None:
    with app.app_context():
        store(garage, closing(MONDAY_ON, MONDAY_ON + 6 * DAY))
    assert week_of(app, garage).days == ()
    assert "The workshop is closed all week." in desk.get(WEEK).text


def test_leave_is_named_whole_or_with_its_hours(app: Flask, garage: MadeGarage) -> None:
    with app.app_context():
        store(garage, away(garage, "Tech 1", MONDAY - HOUR, MONDAY + 12 * HOUR, "Training"))
        store(garage, away(garage, "Tech 1", MONDAY + DAY, MONDAY + DAY + 2 * HOUR))
    row = week_of(app, garage, "technician").rows[0]
    (whole,), (part,) = row.cells[0].away, row.cells[1].away
    assert (whole.label, whole.is_whole) == ("Training", True)
    assert (part.label, part.is_whole) == ("Leave", False)
    assert (part.starts_at, part.ends_at) == (MONDAY + DAY, MONDAY + DAY + 2 * HOUR)


def test_what_has_no_place_stands_below(app: Flask, garage: MadeGarage, desk: CarefulClient) -> None:
    with app.app_context():
        visit = plan_later(garage, MONDAY + HOUR, is_wish=False)
        wish = plan_later(garage, MONDAY + DAY, vehicle=OTHER)
    week = week_of(app, garage)
    assert [[view.id for view in views] for views in week.unplanned] == [[visit], [wish], [], [], []]
    assert [len(visits) for visits in week.visits] == [1, 0, 0, 0, 0]
    assert "To place" in desk.get(WEEK).text


def test_a_stay_over_the_night_is_seen_on_both_days(app: Flask, clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    clutch = {"code": "clutch", "minutes": 600, "stay_days": 2, "modes": ["drop_off"]}
    with app.app_context():
        garage = make_garage(services=[clutch])
        visit = book(garage, MONDAY, mode="drop_off", services=("clutch",))
    week = week_of(app, garage)
    # Counted where the day's own page shows it, listed where it arrives.
    assert [len(views) for views in week.there[:3]] == [1, 1, 0]
    assert [len(views) for views in week.visits[:3]] == [1, 0, 0]
    slips = [cell.slips for row in week.rows for cell in row.cells if cell.slips]
    marks = [(slip.view.id, slip.is_carried_over, slip.goes_on) for (slip,) in slips]
    assert marks == [(visit, False, True), (visit, True, False)]


def test_the_number_of_statements_does_not_grow_with_the_week(
    desk: CarefulClient, app: Flask, garage: MadeGarage, database: Database
) -> None:
    with app.app_context():
        book(garage, MONDAY)
    with count_statements(database.engine) as few:
        desk.get(WEEK)
    with app.app_context():
        for number in range(1, 5):
            book(garage, MONDAY + number * DAY, vehicle=OTHER)
    with count_statements(database.engine) as many:
        desk.get(WEEK)
    assert many.count == few.count, many
    assert many.count <= 25, many


def test_an_odd_date_shows_the_present_week(desk: CarefulClient) -> None:
    for on in ("", "soon", "2026-13-40", "9999-12-31"):
        assert "30 Nov" in desk.get(f"/desk/lyon/week?on={on}").text


def test_another_garages_week_is_not_there(app: Flask, desk: CarefulClient) -> None:
    with app.app_context():
        other = make_garage(slug="other", workshop_slug="nantes")
        book(other, MONDAY, vehicle=VehicleDetails(plate="ZZ999ZZ", country="FR"))
    assert desk.get("/desk/nantes/week").status_code == 404
    assert "ZZ-999-ZZ" not in desk.get(WEEK).text


def test_a_visit_leads_back_to_the_week_it_was_opened_from(
    desk: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    with app.app_context():
        visit = book(garage, MONDAY)
    page = desk.get(f"/desk/lyon/appointments/{visit}?on=2026-12-09&by=technician&as=week").text
    assert "/desk/lyon/week?by=technician&amp;as=week&amp;on=2026-12-09" in page


def test_the_rail_leads_to_the_week_of_this_workshop(desk: CarefulClient, garage: MadeGarage) -> None:
    assert 'href="/desk/lyon/week"' in desk.get("/desk/lyon/day").text
    assert desk.get("/desk/week").headers["Location"].endswith("/desk/lyon/week")
