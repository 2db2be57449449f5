"""Taking a step back at the desk: the toast after it, for ten seconds, and a manager's step back later."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.auth.roles import Role
from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment
from booking.appointments.queries import get_appointment
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
TOAST = re.compile(r'<div class="toast" data-toast>.*?</div>', re.DOTALL)


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    with app.app_context():
        made = make_garage(garage={"locale": "en"})
        for role in (Role.MANAGER, Role.RECEPTIONIST, Role.TECHNICIAN):
            make_member(made, f"{role}@martin.example", role, name=f"Member {role}")
    return made


@pytest.fixture
def visit(app: Flask, garage: MadeGarage) -> str:
    """The address of the visit's page."""
    with app.app_context():
        return f"/desk/lyon/appointments/{book(garage, MONDAY)}"


@pytest.fixture
def desk(client: CarefulClient, garage: MadeGarage) -> CarefulClient:
    return signed_in(client, "receptionist@martin.example")


@pytest.fixture
def late(client: CarefulClient, visit: str, clock: MovableClock) -> CarefulClient:
    """The desk when the car should have been here for five minutes."""
    clock.move_to(MONDAY + timedelta(minutes=5))
    return signed_in(client, "receptionist@martin.example")


def another(app: Flask) -> CarefulClient:
    """A browser of somebody else."""
    client = app.test_client()
    assert isinstance(client, CarefulClient)
    return client


def send(desk: CarefulClient, visit: str, what: str, **form: str) -> str:
    """Post one of the page's forms from its present version; returns the page that follows."""
    page = desk.get(visit).text
    data = {"csrf_token": csrf_token(page), "version": version_on(page)} | form
    answer = desk.post(f"{visit}/{what}", data=data)
    assert answer.status_code == 303, answer.text
    return desk.get(answer.headers["Location"]).text


def version_on(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    return found.group(1) if found else "1"


def stored(app: Flask, garage: MadeGarage, visit: str) -> Appointment:
    with app.app_context(), scoped_to(garage.id), reading() as session:
        return get_appointment(session, garage.id, int(visit.rpartition("/")[2]))


def toast_on(page: str) -> str:
    found = TOAST.search(page)
    return found.group(0) if found else ""


@pytest.mark.parametrize(
    ("what", "form", "said"),
    [
        ("status", {"target": "arrived"}, "GA-482-QT is checked in."),
        ("status", {"target": "no_show"}, "GA-482-QT did not come; its place is free."),
        ("cancel", {"reason": "Sold"}, "GA-482-QT is cancelled; its place is free."),
        ("move", {"on": "2026-12-08", "at": "09:00"}, "GA-482-QT moved to Bay 1, Tue 8 Dec at 9:00."),
    ],
)
def test_after_each_step_the_page_says_it_and_offers_undo(
    late: CarefulClient,
    app: Flask,
    garage: MadeGarage,
    visit: str,
    what: str,
    form: dict[str, str],
    said: str,
) -> None:
    before = stored(app, garage, visit)
    toast = toast_on(send(late, visit, what, **form))
    assert said in toast
    assert f'action="{visit}/undo"' in toast
    assert "data-undo" in toast
    page = send(late, visit, "undo")
    after = stored(app, garage, visit)
    assert (after.status, after.arrives_at) == (before.status, before.arrives_at)
    assert "Undone: everything is as it was before." in page
    assert "data-undo" not in page


def test_the_toast_is_gone_after_ten_seconds_and_the_server_waits_a_little_longer(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: str, clock: MovableClock
) -> None:
    send(desk, visit, "status", target="arrived")
    clock.advance(seconds=12)
    assert "data-undo" not in desk.get(visit).text
    send(desk, visit, "undo")
    assert stored(app, garage, visit).status == "confirmed"


def test_too_late_is_said_and_nothing_changes(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: str, clock: MovableClock
) -> None:
    send(desk, visit, "status", target="arrived")
    clock.advance(seconds=16)
    assert "This can no longer be undone." in send(desk, visit, "undo")
    assert stored(app, garage, visit).status == "arrived"


def test_a_manager_steps_back_later_what_a_colleague_did(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: str, clock: MovableClock
) -> None:
    send(desk, visit, "status", target="arrived")
    clock.advance(hours=1)
    assert "Back to “Confirmed”" not in desk.get(visit).text
    manager = signed_in(another(app), "manager@martin.example")
    assert "Back to “Confirmed”" in manager.get(visit).text
    page = send(manager, visit, "undo")
    assert stored(app, garage, visit).status == "confirmed"
    assert "“Checked in” undone, back to “Confirmed”, by Member manager" in page
    assert "Back to “" not in page


def test_a_technician_is_not_offered_it(desk: CarefulClient, app: Flask, visit: str) -> None:
    send(desk, visit, "status", target="arrived")
    technician = signed_in(another(app), "technician@martin.example")
    page = technician.get(visit).text
    assert "data-undo" not in page
    form = {"csrf_token": csrf_token(page), "version": "2"}
    assert technician.post(f"{visit}/undo", data=form).status_code == 403


def test_undoing_from_an_old_page_is_a_clear_conflict(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: str
) -> None:
    send(desk, visit, "status", target="arrived")
    assert "Someone else has just changed this" in send(desk, visit, "undo", version="1")
    assert stored(app, garage, visit).status == "arrived"


def test_a_place_that_somebody_has_by_now_is_not_taken_back(
    desk: CarefulClient, app: Flask, garage: MadeGarage, visit: str
) -> None:
    send(desk, visit, "cancel")
    with app.app_context():
        book(garage, MONDAY)
    assert "the place has been given to another car meanwhile" in send(desk, visit, "undo")
    assert stored(app, garage, visit).status == "cancelled"


def test_an_unreadable_version_is_refused(desk: CarefulClient, visit: str) -> None:
    form = {"csrf_token": csrf_token(desk.get(visit).text), "version": "one"}
    answer = desk.post(f"{visit}/undo", data=form)
    assert (answer.status_code, "reload the page" in answer.text) == (422, True)


def test_the_history_tells_moves_and_undoing_in_words(desk: CarefulClient, visit: str) -> None:
    send(desk, visit, "move", on="2026-12-07", at="14:00")
    page = send(desk, visit, "move", on="2026-12-08", at="09:30")
    assert "Moved from Mon 7 Dec, 8:00 to 14:00, by Member receptionist" in page
    assert "Moved from Mon 7 Dec, 14:00 to Tue 8 Dec, 9:30, by Member receptionist" in page
    assert "Move undone, by Member receptionist" in send(desk, visit, "undo")
